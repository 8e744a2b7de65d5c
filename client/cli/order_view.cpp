#include "cli/order_view.hpp"

#include <fmt/format.h>

#include "cli/csv.hpp"
#include "cli/json_text.hpp"

namespace quotecache::cli {

// As the daemon's answer has it.
std::string order_json(const ModeState& ordered) {
  const auto until = ordered.manual_until ? in_quotes(to_iso8601(*ordered.manual_until)) : "null";
  return fmt::format("{{\"name\":{},\"since\":{},\"reason\":{},\"manual_until\":{}}}\n",
                     in_quotes(to_string(ordered.mode)),
                     in_quotes(to_iso8601(ordered.since)),
                     in_quotes(ordered.reason),
                     until);
}

std::string order_csv(const ModeState& ordered) {
  Csv csv({"mode", "since", "reason", "manual_until"});
  csv.field(to_string(ordered.mode)).field(ordered.since).field(std::string_view(ordered.reason));
  csv.field(ordered.manual_until).end_line();
  return std::move(csv).text();
}

}  // namespace quotecache::cli
