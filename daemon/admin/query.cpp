#include "admin/query.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/iso_time.hpp"
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

// What the parameters of a report say, before it is known how they go together.
struct ReportWords {
  std::optional<int> days;
  std::optional<std::chrono::sys_days> from, to;
  std::optional<usage::BillingMonth> billing;
  usage::ReportBy by = usage::ReportBy::Endpoint;
};

Result<void> read_day(const catalog::Pair& pair, std::optional<std::chrono::sys_days>& into) {
  into = parse_iso_day(pair.value);
  if (into) return {};
  return fail(ErrorCode::Invalid,
              fmt::format("{} takes a day of the calendar such as 2026-10-05", pair.name));
}

Result<void> read_report_word(const catalog::Pair& pair, ReportWords& words) {
  if (pair.name == "from") return read_day(pair, words.from);
  if (pair.name == "to") return read_day(pair, words.to);
  if (pair.name == "days") {
    auto days = read_number(pair, usage::kMostReportDays);
    if (!days) return std::move(days).failure();
    words.days = *days;
  } else if (pair.name == "period") {
    if (pair.value == "billing") words.billing = usage::BillingMonth::Current;
    if (pair.value == "billing_previous") words.billing = usage::BillingMonth::Previous;
    if (!words.billing) return fail(ErrorCode::Invalid, "period takes billing or billing_previous");
  } else {
    const auto by = usage::parse_report_by(pair.value);
    if (!by) return fail(ErrorCode::Invalid, "by takes endpoint, client, asset, cause or day");
    words.by = *by;
  }
  return {};
}

// One period is asked for, not several.
Result<usage::ReportQuery> query_of(const ReportWords& words) {
  const bool has_span = words.from || words.to;
  if (int{words.days.has_value()} + int{has_span} + int{words.billing.has_value()} > 1)
    return fail(ErrorCode::Invalid, "days, from with to, and period exclude each other");
  usage::ReportQuery wanted;
  wanted.by = words.by;
  wanted.days = words.days.value_or(wanted.days);
  wanted.billing = words.billing;
  if (!has_span) return wanted;
  if (!words.from || !words.to) return fail(ErrorCode::Invalid, "from and to go together");
  if (*words.from > *words.to) return fail(ErrorCode::Invalid, "from is after to");
  wanted.span = usage::DaySpan{*words.from, *words.to};
  if ((*words.to - *words.from).count() >= usage::kMostReportDays)
    return fail(ErrorCode::Invalid,
                fmt::format("from and to span more than {} days", usage::kMostReportDays));
  return wanted;
}

}  // namespace

Result<usage::ReportQuery> parse_report_query(std::string_view query) {
  constexpr std::string_view kKnown[] = {"days", "from", "to", "period", "by"};
  auto pairs = read_pairs(query, kKnown);
  if (!pairs) return std::move(pairs).failure();
  ReportWords words;
  for (const auto& pair : *pairs) {
    if (auto read = read_report_word(pair, words); !read) return std::move(read).failure();
  }
  return query_of(words);
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
