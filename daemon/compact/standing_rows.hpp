// Rows and assets as they stand at a moment, for those who follow them instead of asking for an
// answer again and again.
//
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "compact/format.hpp"
#include "compact/picture.hpp"

namespace quotecached::compact {

struct StandingRow {
  std::string begin;  // of the JSON object, up to its times: see append_row_begin()
  TimePoint fetched_at;
  TimePoint fresh_until;
  TimePoint stale_until;
  bool is_stale = false;
};

// Nothing when the choice has no row.
[[nodiscard]] std::optional<StandingRow> standing_row(const Choice& choice,
                                                      std::string_view convert,
                                                      const Fields& fields);

// What the names of an ask lead to.
struct Census {
  // By position in the ask: the id; 0: the asset has no row of its own (there is none, several
  // share the name, or another name in the ask leads to the same); nothing: it is not known yet.
  std::vector<std::optional<std::uint64_t>> ids;
  std::string lists;                // see lists_of()
  bool has_lists = false;           // they are not empty
  bool is_enough = false;           // nothing need be bought
  std::vector<std::uint64_t> keys;  // of all copies, stale ones too, each hash once
};

// `unavailable`: what could not be had when that was tried last, where rows are wanting still.
[[nodiscard]] Census census_of(const Ask& ask, const Picture& picture, Unanswered unavailable);

}  // namespace quotecached::compact
