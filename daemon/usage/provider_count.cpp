#include "usage/provider_count.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "ledger/closure.hpp"

namespace quotecached::usage {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;

constexpr std::string_view kOfDays =
    "SELECT SUM(credits) FROM usage_calls_days "
    "WHERE starts_at >= ?1 AND starts_at < ?2 AND account = ?3";
constexpr std::string_view kOfCalls =
    "SELECT SUM(credits) FROM upstream_calls "
    "WHERE started_at >= ?1 AND started_at < ?2 AND account = ?3 AND state <> 0";

std::int64_t credits_in(store::Reader& reader,
                        std::string_view sql,
                        const ledger::Window& window,
                        const std::string& account) {
  if (window.start >= window.end) return 0;
  auto& rows = reader.statement(sql);
  rows.bind(1, std::int64_t{window.start.time_since_epoch().count()});
  rows.bind(2, std::int64_t{window.end.time_since_epoch().count()});
  rows.bind(3, account);
  const auto sum = rows.executeStep() ? rows.getColumn(0).getInt64() : 0;
  rows.reset();
  return sum;
}

// A period that is running and begins as the window does.
bool is_window(const ReportPeriod& period, const ledger::Window& window, ledger::WindowKind kind) {
  if (period.kind == PeriodKind::Billing) return kind == ledger::WindowKind::Month;
  return period.from == window.start && !period.is_cut;
}

std::optional<std::int64_t> count_of(const ledger::ProviderUse& use, ledger::WindowKind kind) {
  const auto& credits =
      kind == ledger::WindowKind::Day ? use.credits_today : use.credits_this_month;
  return credits ? std::optional(credits->count) : std::nullopt;
}

}  // namespace

std::optional<ProviderWindow> window_counted(const ReportPeriod& period,
                                             const AccountFacts& account,
                                             TimePoint now) {
  if (!account.counted || period.to < now) return std::nullopt;
  const TimePoint read_at = account.counted->asked_at;
  for (const auto kind : {ledger::WindowKind::Day, ledger::WindowKind::Month}) {
    const auto window = ledger::window_of(kind, now, account.anchor);
    const auto counted = count_of(account.counted->use, kind);
    if (!counted || !is_window(period, window, kind)) continue;
    if (read_at < window.start + ledger::kClockSkew || read_at >= window.end) continue;
    return ProviderWindow{kind, window.start, read_at, *counted};
  }
  return std::nullopt;
}

ProviderCount read_provider_count(store::Reader& reader,
                                  const ProviderWindow& window,
                                  const std::string& account) {
  const TimePoint end = window.read_at;
  const TimePoint first = std::min<TimePoint>(ceil<days>(window.starts_at), end);
  const TimePoint last = std::max<TimePoint>(floor<days>(end), first);
  ProviderCount count{window, 0};
  count.recorded = credits_in(reader, kOfCalls, {window.starts_at, first}, account) +
                   credits_in(reader, kOfDays, {first, last}, account) +
                   credits_in(reader, kOfCalls, {last, end}, account);
  return count;
}

}  // namespace quotecached::usage
