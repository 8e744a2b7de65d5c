// Why memory alone could not answer a request: a closed set, as metrics, log and list name it.
//
// Ordered: of a request's entries the last of these speaks for all of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cache/entry.hpp"

namespace quotecached::proxy {

enum class MissReason : std::uint8_t {
  Filled,           // it was not there when the client asked; it was when the engine looked
  AnotherName,      // it was held under another name, by id mostly, and spelled anew
  Unjoinable,       // the copies are fresh, of different calls, and do not fit together
  Stale,            // a copy is not fresh any more, though it may still be shown
  NegativeExpired,  // "no such asset" was said too long ago to be believed
  Expired,          // a copy is too old to be shown at all
  Absent,           // memory has no copy: it was never fetched, or had to make room
  NotCached,        // answers of its kind are not kept: they are passed on
};
inline constexpr std::size_t kMissReasons = 8;

[[nodiscard]] std::string_view to_string(MissReason reason) noexcept;  // in snake_case

// Of one entry as memory has it, null when it has none. Filled when it is fresh.
[[nodiscard]] MissReason miss_reason(const cache::Entry* entry, TimePoint now) noexcept;

}  // namespace quotecached::proxy
