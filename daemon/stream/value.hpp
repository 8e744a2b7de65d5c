// What a row is told as, and what becomes of that when memory has another copy of it.
//
// Pure. A value is replaced by a younger copy alone, so that no listener goes back in time; a copy
// that memory has lost meanwhile stays told, for as long as it may be shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compact/standing_rows.hpp"

namespace quotecached::stream {

using Value = std::optional<compact::StandingRow>;

enum class Step : std::uint8_t {
  Keep,     // listeners have it as it is
  Reword,   // the same from a younger call: told to who comes later
  Tell,     // listeners are told
  Withdraw  // it may not be shown any more
};

// Makes `value` what listeners are to have, `seen` being what memory has.
[[nodiscard]] Step follow(Value& value, Value seen, TimePoint now);

// As JSON in one line.
[[nodiscard]] std::string json_of(const compact::StandingRow& row);

}  // namespace quotecached::stream
