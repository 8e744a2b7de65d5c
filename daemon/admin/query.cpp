#include "admin/query.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "catalog/query.hpp"

namespace quotecached::admin {
namespace {

using Pairs = std::vector<catalog::Pair>;

std::string listed(std::span<const std::string_view> names) {
  if (names.empty()) return "no parameters";
  return fmt::format("{}", fmt::join(names, ", "));
}

// The parameters, each one of `known` and given once.
Result<Pairs> read_pairs(std::string_view query, std::span<const std::string_view> known) {
  Pairs pairs;
  catalog::Pair pair;
  while (catalog::next_pair(query, pair)) {
    if (std::ranges::find(known, pair.name) == known.end()) {
      return fail(
          ErrorCode::Invalid,
          fmt::format("unknown parameter '{}': this route takes {}", pair.name, listed(known)));
    }
    if (std::ranges::find(pairs, pair.name, &catalog::Pair::name) != pairs.end())
      return fail(ErrorCode::Invalid, fmt::format("{} is given twice", pair.name));
    pairs.push_back(pair);
  }
  return pairs;
}

template <class T>
Result<T> read_number(const catalog::Pair& pair, T most) {
  T value{};
  const auto* const end = pair.value.data() + pair.value.size();
  const auto read = std::from_chars(pair.value.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end || value < 1 || value > most) {
    return fail(ErrorCode::Invalid,
                fmt::format("{} takes a whole number from 1 to {}", pair.name, most));
  }
  return value;
}

Result<std::int64_t> read_cursor(const catalog::Pair& pair) {
  auto cursor = read_number(pair, std::numeric_limits<std::int64_t>::max());
  if (!cursor) return fail(ErrorCode::Invalid, "cursor takes the \"next\" of the page before");
  return cursor;
}

}  // namespace

Result<usage::ReportQuery> parse_report_query(std::string_view query) {
  constexpr std::string_view kKnown[] = {"days", "by"};
  auto pairs = read_pairs(query, kKnown);
  if (!pairs) return std::move(pairs).failure();
  usage::ReportQuery wanted;
  for (const auto& pair : *pairs) {
    if (pair.name == "days") {
      auto days = read_number(pair, usage::kMostReportDays);
      if (!days) return std::move(days).failure();
      wanted.days = *days;
    } else {
      const auto by = usage::parse_report_by(pair.value);
      if (!by) return fail(ErrorCode::Invalid, "by takes endpoint, client, asset, cause or day");
      wanted.by = *by;
    }
  }
  return wanted;
}

Result<usage::PageQuery> parse_page_query(usage::PageQuery::Of of, std::string_view query) {
  constexpr std::string_view kKnown[] = {"limit", "cursor"};
  auto pairs = read_pairs(query, kKnown);
  if (!pairs) return std::move(pairs).failure();
  usage::PageQuery wanted;
  wanted.of = of;
  for (const auto& pair : *pairs) {
    if (pair.name == "limit") {
      auto limit = read_number(pair, usage::kMostPageRows);
      if (!limit) return std::move(limit).failure();
      wanted.limit = *limit;
    } else {
      auto before = read_cursor(pair);
      if (!before) return std::move(before).failure();
      wanted.before = *before;
    }
  }
  return wanted;
}

Result<void> parse_no_query(std::string_view query) {
  auto pairs = read_pairs(query, {});
  if (!pairs) return std::move(pairs).failure();
  return {};
}

}  // namespace quotecached::admin
