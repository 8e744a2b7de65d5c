#include "provider/cmc_unknown_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quotecached::provider::cmc {
namespace {

// Takes the text between the next two quotation marks off `rest`.
std::string_view take_quoted(std::string_view& rest) {
  const auto open = rest.find('"');
  if (open == std::string_view::npos) return {};
  const auto close = rest.find('"', open + 1);
  if (close == std::string_view::npos) return {};
  const auto quoted = rest.substr(open + 1, close - open - 1);
  rest.remove_prefix(close + 1);
  return quoted;
}

}  // namespace

UnknownNames read_unknown_names(std::string_view message) {
  UnknownNames unknown;
  if (!message.starts_with("Invalid value")) return unknown;
  unknown.parameter = take_quoted(message);
  std::string_view list = take_quoted(message);
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (comma != 0) unknown.names.emplace_back(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return unknown;
}

std::string unknown_names_message(std::string_view parameter,
                                  const std::vector<std::string_view>& names) {
  return fmt::format(R"(Invalid value{} for "{}": "{}")",
                     names.size() == 1 ? "" : "s",
                     parameter,
                     fmt::join(names, ","));
}

}  // namespace quotecached::provider::cmc
