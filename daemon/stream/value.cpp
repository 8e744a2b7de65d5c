#include "stream/value.hpp"

#include <utility>

#include "cache/entry.hpp"
#include "compact/format.hpp"

namespace quotecached::stream {
namespace {

// A copy from the future (a clock was set back) would keep out all others until its time comes.
bool may_replace(const compact::StandingRow& held,
                 const compact::StandingRow& seen,
                 TimePoint now) {
  return seen.fetched_at >= held.fetched_at || held.fetched_at > now + cache::kClockTolerance;
}

Step replace(compact::StandingRow& held, compact::StandingRow seen) {
  const bool is_same = held.begin == seen.begin && held.is_stale == seen.is_stale;
  const bool is_same_call = held.fetched_at == seen.fetched_at;
  held = std::move(seen);
  if (!is_same) return Step::Tell;
  return is_same_call ? Step::Keep : Step::Reword;
}

}  // namespace

Step follow(Value& value, Value seen, TimePoint now) {
  if (!value) {
    value = std::move(seen);
    return value ? Step::Tell : Step::Keep;
  }
  if (seen && may_replace(*value, *seen, now)) return replace(*value, *std::move(seen));
  if (now >= value->stale_until) {
    value.reset();
    return Step::Withdraw;
  }
  const bool is_stale = now >= value->fresh_until;
  return std::exchange(value->is_stale, is_stale) == is_stale ? Step::Keep : Step::Tell;
}

std::string json_of(const compact::StandingRow& row) {
  auto text = row.begin;
  compact::append_row_end(text, row.fetched_at, row.is_stale);
  return text;
}

}  // namespace quotecached::stream
