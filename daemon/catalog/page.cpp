#include "catalog/page.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "catalog/parameter_of.hpp"
#include "catalog/query.hpp"

namespace quotecached::catalog {
namespace {

constexpr std::uint64_t kLastStart = 1'000'000'000;  // far behind the end of any list

// Halvings of the grid: an eighth of a credit step at least.
constexpr int kGrids = 4;

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool names_assets(Role role) noexcept {
  return role == Role::Ids || role == Role::Symbols || role == Role::Slugs;
}

bool is_page_part(Role role) noexcept { return role == Role::Start || role == Role::Limit; }

std::optional<std::uint64_t> default_limit(const Endpoint& endpoint) {
  const auto& text = parameter_of(endpoint, Role::Limit)->default_value;
  return text.empty() ? 0 : number_in(text);
}

void append_pair(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += '&';
  out.append(name).append("=").append(value);
}

void append_number(std::string& out, const Parameter& parameter, std::uint64_t number) {
  const fmt::format_int digits(number);
  const std::string_view text(digits.data(), digits.size());
  if (text != parameter.default_value) append_pair(out, parameter.name, text);
}

// The page of whole steps of `grid` around `asked`; where it crosses a line of the grid, from its
// own start on.
Page on_grid(const Page& asked, std::uint64_t grid, std::uint64_t most) {
  Page page;
  page.limit = std::min(most, (asked.limit + grid - 1) / grid * grid);
  page.start = (asked.start - 1) / grid * grid + 1;
  if (!spans(page, asked)) page.start = asked.start;
  return page;
}

}  // namespace

std::optional<Page> page_of(const Request& request) {
  const auto* endpoint = request.endpoint;
  if (endpoint == nullptr || !endpoint->pages || !request.unlisted.empty()) return std::nullopt;
  const auto limit = default_limit(*endpoint);
  if (!limit) return std::nullopt;
  Page page{1, *limit};
  std::string_view query = request.query;
  for (Pair pair; next_pair(query, pair);) {
    const auto known = std::ranges::find(endpoint->parameters, pair.name, &Parameter::name);
    if (known == endpoint->parameters.end() || names_assets(known->role)) return std::nullopt;
    if (!is_page_part(known->role)) continue;
    const auto number = number_in(pair.value);
    if (!number || *number == 0 || *number > kLastStart) return std::nullopt;
    (known->role == Role::Start ? page.start : page.limit) = *number;
  }
  return page;
}

std::string series_of(const Request& request) {
  std::string series;
  std::string_view query = request.query;
  for (Pair pair; next_pair(query, pair);) {
    const auto known = std::ranges::find(request.endpoint->parameters, pair.name, &Parameter::name);
    if (!is_page_part(known->role)) append_pair(series, pair.name, pair.value);
  }
  return series;
}

std::string query_for(const Endpoint& endpoint, std::string_view series, const Page& page) {
  std::string query;
  auto rest = series;
  Pair next;
  bool has_next = next_pair(rest, next);
  for (const auto& parameter : endpoint.parameters) {  // by name, as in the query
    if (parameter.role == Role::Start) {
      append_number(query, parameter, page.start);
    } else if (parameter.role == Role::Limit) {
      if (page.limit > 0) append_number(query, parameter, page.limit);
    } else if (has_next && next.name == parameter.name) {
      append_pair(query, next.name, next.value);
      has_next = next_pair(rest, next);
    }
  }
  return query;
}

std::vector<Page> wider_pages(const Endpoint& endpoint, const Page& asked) {
  std::vector<Page> pages;
  const auto* limit = endpoint.pages ? parameter_of(endpoint, Role::Limit) : nullptr;
  if (limit == nullptr || asked.limit == 0) return pages;
  const auto most = static_cast<std::uint64_t>(limit->maximum);
  auto grid = endpoint.price.step > 0 ? static_cast<std::uint64_t>(endpoint.price.step) : most;
  for (int i = 0; i < kGrids; ++i, grid /= 2) {
    const Page page = on_grid(asked, grid, most);
    if (!spans(page, asked) || page == asked) break;
    if (pages.empty() || page.limit < pages.back().limit) pages.push_back(page);
    if (grid % 2 != 0) break;  // halves that do not add up could cross a credit step
  }
  return pages;
}

std::vector<Page> pages_to_the_end(const Endpoint& endpoint, const Page& asked) {
  std::vector<Page> pages;
  const auto* limit = endpoint.pages ? parameter_of(endpoint, Role::Limit) : nullptr;
  if (limit == nullptr) return pages;
  const auto most = static_cast<std::uint64_t>(limit->maximum);
  if (endpoint.price.step == 0) pages.push_back({(asked.start - 1) / most * most + 1, most});
  if (limit->default_value.empty()) pages.push_back({1, 0});
  std::erase(pages, asked);
  return pages;
}

bool spans(const Page& outer, const Page& inner) noexcept {
  if (outer.start > inner.start) return false;
  if (outer.limit == 0 || inner.limit == 0) return outer.limit == 0;
  return outer.start + outer.limit >= inner.start + inner.limit;
}

}  // namespace quotecached::catalog
