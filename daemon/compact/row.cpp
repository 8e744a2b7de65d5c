#include "compact/row.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "quote/members.hpp"

namespace quotecached::compact {
namespace {

using quote::Elements;
using quote::Members;

// In quotes of v3 and of simple/price stand `symbol` and `id` of the convert.
constexpr std::array<std::string_view, 3> kNoField{"id", "symbol", "last_updated"};

constexpr std::size_t kMostNames = 256;  // far more than any quote has

std::string_view member_of(std::string_view object, std::string_view name) {
  for (Members members(object); members.next();) {
    if (members.name() == name) return members.value();
  }
  return {};
}

std::string_view quote_in(std::string_view container, std::string_view convert) {
  for (Members members(container); members.next();) {
    if (equal_ignoring_case(members.name(), convert)) return members.value();
  }
  for (Elements elements(container); elements.next();) {
    const auto symbol = quote::plain_text(member_of(elements.value(), "symbol"));
    if (!symbol.empty() && equal_ignoring_case(symbol, convert)) return elements.value();
  }
  return {};
}

bool is_nest(std::string_view value) { return value.front() == '{' || value.front() == '['; }

void take(Row& row, std::string_view name, std::string_view value, std::string_view convert) {
  if (name == "id") {
    row.id = quote::whole_number(value).value_or(0);
  } else if (name == "symbol") {
    row.symbol = value;
  } else if (name == "name") {
    row.name = value;
  } else if (name == "slug") {
    row.slug = value;
  } else if (name == "cmc_rank") {
    row.rank = value;
  } else if (name == "last_updated") {
    row.last_updated = value;
  } else if (name == "quote" || name == "quotes") {
    row.quote = quote_in(value, convert);
  }
}

void take_figures(std::string_view object,
                  std::span<const std::string> fields,
                  std::vector<std::string_view>& out) {
  for (Members members(object); members.next();) {
    const auto value = members.value();
    const auto found = std::ranges::find(fields, members.name());
    if (found == fields.end() || is_nest(value)) continue;
    auto& place = out[static_cast<std::size_t>(found - fields.begin())];
    if (place.empty()) place = value;
  }
}

}  // namespace

std::optional<Row> read_row(std::string_view object, std::string_view convert) {
  Row row;
  row.asset = object;
  Members members(object);
  while (members.next()) take(row, members.name(), members.value(), convert);
  if (!members.end() || row.id == 0) return std::nullopt;
  if (!row.quote.starts_with('{')) row.quote = {};
  const auto updated = member_of(row.quote, "last_updated");
  if (!updated.empty()) row.last_updated = updated;
  return row;
}

std::string_view object_in(std::string_view fragment) noexcept {
  const auto begin = fragment.find('{');
  return begin == std::string_view::npos ? std::string_view() : fragment.substr(begin);
}

void read_figures(const Row& row,
                  std::span<const std::string> fields,
                  std::vector<std::string_view>& out) {
  out.assign(fields.size(), {});
  take_figures(row.quote, fields, out);
  if (std::ranges::any_of(out, &std::string_view::empty)) take_figures(row.asset, fields, out);
}

void add_field_names(const Row& row, std::vector<std::string>& names) {
  for (Members members(row.quote); members.next();) {
    const auto name = members.name();
    if (std::ranges::count(kNoField, name) > 0 || std::ranges::count(names, name) > 0) continue;
    if (names.size() < kMostNames && !is_nest(members.value())) names.emplace_back(name);
  }
}

}  // namespace quotecached::compact
