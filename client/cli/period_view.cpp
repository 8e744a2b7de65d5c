#include "cli/period_view.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

#include "cli/figures.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;

bool goes_on(const Report& report) { return report.period_ends_at > report.to; }

// The last that is counted: that of the moment the report was made in, or the one that ended then.
sys_days last_of(const Report& report) {
  return goes_on(report) ? floor<days>(report.to) : ceil<days>(report.to) - days(1);
}

// Those that are counted, which may be fewer than were asked for: what is older is not kept.
std::int64_t days_of(const Report& report) {
  return (last_of(report) - floor<days>(report.from)).count() + 1;
}

std::string first_day(const Report& report) { return date_text(report.from); }

std::string last_day(const Report& report) { return date_text(last_of(report)); }

std::string billing_text(const Report& report) {
  const std::string ends = minute_text(report.period_ends_at);
  if (goes_on(report)) return fmt::format("the billing month so far, until {} UTC", ends);
  return fmt::format("the billing month before, until {} UTC", ends);
}

std::string kind_text(const Report& report) {
  const std::int64_t count = days_of(report);
  if (report.period.starts_with("billing")) return billing_text(report);
  const std::string spelled = count == 1 ? "1 day" : grouped(count) + " days";
  if (report.period == "dates") return goes_on(report) ? spelled + " so far" : spelled;
  return count == 1 ? "today" : "the last " + spelled;
}

}  // namespace

std::string period_text(const Report& report) {
  const std::string first = first_day(report);
  const std::string last = last_day(report);
  const std::string span = first == last ? first : first + " to " + last;
  return fmt::format("{} ({})", span, kind_text(report));
}

std::string when_text(const Report& report) {
  if (report.period == "days") return (days_of(report) == 1 ? "" : "in ") + kind_text(report);
  const std::string first = first_day(report);
  const std::string last = last_day(report);
  return first == last ? "on " + first : fmt::format("from {} to {}", first, last);
}

std::string period_notes(const Report& report, const Look& look) {
  std::string text;
  const bool is_billing = report.period.starts_with("billing");
  if (is_billing && report.period_starts_at != floor<days>(report.period_starts_at))
    text += fmt::format(" The billing month began at {} UTC; days are counted whole.",
                        minute_text(report.period_starts_at));
  if (!report.is_complete)
    text += report.records_from
                ? fmt::format(" Not all of the period is recorded: records are whole from {} on.",
                              date_text(*report.records_from))
                : " Nothing is recorded yet.";
  return text.empty() ? text : '\n' + paragraph("Period:" + text, 0, look);
}

std::string provider_note(const Report& report, const Look& look) {
  if (!report.provider) return {};
  const ProviderCount& count = *report.provider;
  const std::string by_how_much = count.difference == 0
                                      ? "as many"
                                      : fmt::format("{} {}",
                                                    grouped(std::abs(count.difference)),
                                                    count.difference > 0 ? "fewer" : "more");
  const std::string text =
      fmt::format("Provider: It counted {} credits this {} at {} UTC, our records {} ({}).",
                  grouped(count.counted),
                  clean(count.window, look),
                  minute_text(count.read_at),
                  grouped(count.recorded),
                  by_how_much);
  return '\n' + paragraph(text, 0, look);
}

}  // namespace quotecache::cli
