#include "health/checks.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "health/thresholds.hpp"

namespace quotecached::health {
namespace {

// Past an open breaker of upstream a call may be tried again by then.
constexpr milliseconds kTriedAgainAfter{30000};

template <class T>
Status by(T value, T warns_past, T fails_past) {
  if (value > fails_past) return Status::Fail;
  return value > warns_past ? Status::Warn : Status::Pass;
}

// "45 s", "3 min", "2 h", "4 d": the largest unit of which there are two.
std::string in_words(milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  if (seconds < 172800) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86400);
}

bool is_failing(const UpstreamFacts& upstream) {
  return upstream.is_stopped || upstream.is_key_refused ||
         upstream.recent.failed_in_row >= kFailedInRow;
}

Check upstream_check(const UpstreamFacts& upstream) {
  const auto& recent = upstream.recent;
  Check check{.name = "upstream"};
  check.detail = fmt::format("{} of {} recent calls failed", recent.failed, recent.calls);
  // What the last call met with. While the key is refused that is the same.
  auto met = upstream.is_key_refused ? "the provider refuses the key" : upstream.error;
  if (met.ends_with('.')) met.pop_back();
  if (!met.empty()) check.detail = met + "; " + check.detail;
  if (is_failing(upstream)) {
    check.status = Status::Fail;
  } else if (!upstream.error.empty()) {
    check.status = Status::Warn;
  }
  return check;
}

Check latency_check(const UpstreamFacts& upstream) {
  const auto& recent = upstream.recent;
  Check check{.name = "upstream:responseTime", .detail = "no recent answer", .unit = "ms"};
  if (!recent.median) return check;
  check.status = by(*recent.median, kSlowCalls, kVerySlowCalls);
  check.observed = recent.median->count();
  check.detail =
      fmt::format("median of the recent answers; the slowest took {} ms", recent.slowest.count());
  return check;
}

// What is wrong with it; empty: nothing.
std::string trouble(const TierFacts& tier) {
  if (!tier.is_up) return tier.error.empty() ? "it is down" : tier.error;
  if (!tier.trial) return tier.error;
  if (!tier.trial->error.empty()) return tier.trial->error;
  return tier.trial->ago > kTrialIsOld ? "a write, read and delete do not end" : "";
}

// Without a lower tier requests fall through to the next.
Check tier_check(const TierFacts& tier) {
  Check check{.name = tier.name + ":responseTime", .unit = "ms"};
  check.detail = trouble(tier);
  if (!check.detail.empty()) {
    check.status = tier.is_vital ? Status::Fail : Status::Warn;
  } else {
    check.detail = tier.trial ? "wrote, read and deleted a copy" : "not tried yet";
  }
  if (tier.trial) {
    check.at = tier.trial->at;
    if (tier.trial->error.empty()) check.observed = tier.trial->took.count();
  }
  return check;
}

Status status_of(const WindowFacts& window) {
  const bool is_ahead = window.used > window.passed;
  if (window.is_closed || (window.used > kNearlyUsed && is_ahead)) return Status::Fail;
  return window.used > kMuchUsed ? Status::Warn : Status::Pass;
}

Check window_check(const WindowFacts& window) {
  const auto percent = [](double part) { return static_cast<std::int64_t>(part * 100); };
  Check check{.name = "credits:" + window.name, .status = status_of(window), .unit = "percent"};
  check.observed = percent(window.used);
  check.detail = fmt::format("{} % of its credits used in {} % of the {}",
                             percent(window.used),
                             percent(window.passed),
                             window.name);
  if (window.is_closed) check.detail = "the provider says that it is spent; " + check.detail;
  return check;
}

void add_credits(const Facts& facts, std::vector<Check>& checks) {
  for (const auto& window : facts.windows) checks.push_back(window_check(window));
  if (!facts.windows.empty()) return;
  checks.push_back(
      {.name = "credits", .detail = facts.has_credits ? "no window has a cap" : "not known yet"});
}

Check ledger_check(const LedgerFacts& ledger) {
  Check check{.name = "ledger", .detail = "it is written"};
  if (!ledger.renewed_for.empty()) check.detail = "made anew: " + ledger.renewed_for;
  if (ledger.error.empty()) return check;
  check.status = ledger.stops_calls ? Status::Fail : Status::Warn;
  check.detail = ledger.error;
  return check;
}

Check disk_check(const std::optional<DiskFacts>& disk) {
  Check check{.name = "disk:free", .detail = "not looked at yet", .unit = "bytes"};
  if (!disk) return check;
  check.at = disk->at;
  if (!disk->error.empty() || disk->ago > kTrialIsOld) {
    check.status = Status::Warn;
    check.detail = disk->error.empty() ? "it does not tell" : disk->error;
    return check;
  }
  check.observed = static_cast<std::int64_t>(disk->free.count);
  check.detail = fmt::format("{} MiB free for the database", disk->free.count / mebibytes(1).count);
  if (disk->free < kLittleRoom) check.status = Status::Warn;
  if (disk->free < kNoRoom) check.status = Status::Fail;
  return check;
}

// One jump, or what several came to: a clock that jumped on and back may be right.
std::string jump_in_words(const ClockWatch::Jump& jump) {
  const auto ago = in_words(jump.ago);
  if (jump.times == 1) return fmt::format("it jumped by {} ms, {} ago", jump.by.count(), ago);
  return fmt::format("it jumped {} times, by {} ms in all; the last time by {} ms, {} ago",
                     jump.times,
                     jump.in_all.count(),
                     jump.by.count(),
                     ago);
}

// A clock that is wrong makes copies fresh or stale that are not: prices stay what they were.
Check clock_check(const Facts& facts) {
  Check check{.name = "clock", .detail = "it goes evenly", .unit = "ms"};
  if (facts.jump) {
    check.status = Status::Warn;
    check.observed = facts.jump->by.count();
    check.detail = jump_in_words(*facts.jump);
  }
  if (facts.runway && facts.runway->from_future > kClockTolerance) {
    check.status = Status::Warn;
    check.observed = facts.runway->from_future.count();
    check.detail = fmt::format("it is behind: the youngest copy was fetched {} from now",
                               in_words(facts.runway->from_future));
  }
  return check;
}

Status status_of(const RunwayFacts& runway, bool is_needed) {
  if (!is_needed) return Status::Pass;
  if (runway.copies == 0 && !runway.has_lower_copies) return Status::Fail;
  return runway.half < kShortRunway ? Status::Warn : Status::Pass;
}

Check runway_check(const Facts& facts) {
  Check check{.name = "copies:runway", .detail = "not looked at yet", .unit = "s"};
  if (!facts.runway) return check;
  const auto& runway = *facts.runway;
  check.status = status_of(runway, is_failing(facts.upstream));
  check.observed = std::chrono::floor<std::chrono::seconds>(runway.half).count();
  check.detail =
      runway.copies == 0
          ? "no copies in memory"
          : fmt::format("without upstream half of {} copies in memory last {}, the last {}",
                        runway.copies,
                        in_words(runway.half),
                        in_words(runway.last));
  return check;
}

}  // namespace

std::string_view to_string(Status status) noexcept {
  switch (status) {
    case Status::Pass: return "pass";
    case Status::Warn: return "warn";
    case Status::Fail: break;
  }
  return "fail";
}

std::vector<Check> checks_of(const Facts& facts) {
  std::vector<Check> checks;
  checks.push_back(upstream_check(facts.upstream));
  checks.push_back(latency_check(facts.upstream));
  add_credits(facts, checks);
  for (const auto& tier : facts.tiers) checks.push_back(tier_check(tier));
  checks.push_back(ledger_check(facts.ledger));
  checks.push_back(disk_check(facts.disk));
  checks.push_back(clock_check(facts));
  checks.push_back(runway_check(facts));
  return checks;
}

Check engine_check(milliseconds since) {
  Check check{.name = "engine:responseTime", .unit = "ms"};
  check.status = by(since, kEngineLate, kEngineHangs);
  check.observed = since.count();
  check.detail = fmt::format("it looked at all parts {} ago", in_words(since));
  return check;
}

Status status_of(const std::vector<Check>& checks) noexcept {
  auto worst = Status::Pass;
  for (const auto& check : checks) worst = std::max(worst, check.status);
  return worst;
}

bool can_serve(const Facts& facts) noexcept {
  if (!facts.upstream.is_stopped || !facts.runway) return true;
  if (facts.runway->copies > 0 || facts.runway->has_lower_copies) return true;
  const auto since = facts.upstream.recent.since_last;
  return !since || *since > kTriedAgainAfter;
}

}  // namespace quotecached::health
