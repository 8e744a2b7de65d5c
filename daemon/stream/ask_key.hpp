// Reads asks to listen, and makes one of those that ask for the same rows.
//
// Pure.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "compact/ask.hpp"

namespace quotecached::stream {

inline constexpr std::size_t kMostRows = 2'000;  // of one ask: assets times currencies

struct ReadAsk {
  std::shared_ptr<const compact::Ask> ask;  // names and currencies in one order, whatever the query
  std::string key;                          // equal for asks for the same rows
  std::string since;  // the parameter last_event_id, of who cannot send the header
};

// Reads parameters as they stand in a query.
[[nodiscard]] std::variant<ReadAsk, compact::Problem> read_ask(std::string_view query);

}  // namespace quotecached::stream
