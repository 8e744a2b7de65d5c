#include "app/health_facts.hpp"

#include <algorithm>
#include <utility>

#include "app/parts.hpp"
#include "base/tier_kind.hpp"
#include "cache/chain.hpp"
#include "credit/governor.hpp"
#include "ledger/closure.hpp"
#include "refill/refill.hpp"
#include "store/writer.hpp"

namespace quotecached::app {
namespace {

milliseconds since(Moment then, Moment now) { return std::chrono::floor<milliseconds>(now - then); }

health::UpstreamFacts upstream_facts(const Parts& parts, const credit::CreditView* credits) {
  auto upstream = parts.refill->upstream_health();
  health::UpstreamFacts facts;
  facts.is_stopped = upstream.breaker != Breaker::State::Closed;
  facts.is_key_refused = credits != nullptr && credits->book.key_error.has_value();
  facts.error = std::move(upstream.last_error);
  facts.recent = upstream.recent;
  return facts;
}

std::optional<health::Trial> trial_of(const std::optional<TrialSeen>& seen, Moment now) {
  if (!seen) return std::nullopt;
  return health::Trial{seen->at, since(seen->ended, now), seen->took, seen->error};
}

std::vector<health::TierFacts> tier_facts(const Parts& parts, const Watched& watched, Moment now) {
  std::vector<health::TierFacts> tiers(1);
  tiers.front().name = to_string(TierKind::Memory);
  tiers.front().is_vital = true;
  for (auto& report : parts.chain->report()) {
    auto& tier = tiers.emplace_back();
    tier.name = report.name;
    tier.is_up = report.state == Breaker::State::Closed;
    tier.error = std::move(report.last_error);
  }
  const auto count = std::min(tiers.size(), watched.trials.size());
  for (std::size_t i = 0; i < count; ++i) tiers[i].trial = trial_of(watched.trials[i], now);
  return tiers;
}

// Nothing of one without a cap, unless the provider has closed it.
std::optional<health::WindowFacts> window_facts(const credit::BookView& book,
                                                ledger::WindowKind kind,
                                                TimePoint now) {
  const auto& use = book.uses[ledger::index_of(kind)];
  const auto& closed = book.closed[ledger::index_of(ledger::closure_of(kind))];
  health::WindowFacts facts;
  facts.name = to_string(kind);
  facts.is_closed = closed.has_value();
  if (use.cap <= 0 && !facts.is_closed) return std::nullopt;
  facts.used = use.cap > 0 ? static_cast<double>(use.spent) / static_cast<double>(use.cap) : 1;
  const std::chrono::duration<double> length = use.window.end - use.window.start;
  const std::chrono::duration<double> passed = now - use.window.start;
  if (length.count() > 0) facts.passed = std::clamp(passed / length, 0.0, 1.0);
  return facts;
}

health::LedgerFacts ledger_facts(const Parts& parts, const credit::CreditView* credits) {
  health::LedgerFacts facts;
  facts.stops_calls = parts.settings.credits.on_ledger_failure == settings::OnLedgerFailure::Stop;
  facts.error = parts.database_error;
  if (parts.writer) {
    auto writer = parts.writer->health();
    if (!writer.works) facts.error = std::move(writer.last_error);
    if (writer.renewals > 0) facts.renewed_for = std::move(writer.renewed_for);
  }
  if (facts.error.empty() && credits != nullptr) facts.error = credits->book.ledger_error;
  return facts;
}

std::optional<health::DiskFacts> disk_facts(const std::optional<DiskSeen>& seen, Moment now) {
  if (!seen) return std::nullopt;
  health::DiskFacts facts;
  facts.at = seen->at;
  facts.ago = since(seen->ended, now);
  if (seen->room) {
    facts.free = seen->room->free;
  } else {
    facts.error = seen->room.error().message;
  }
  return facts;
}

// Of Redis and Memcached nobody knows what they hold.
std::optional<health::RunwayFacts> runway_facts(std::optional<health::RunwayFacts> runway,
                                                const std::vector<health::TierFacts>& tiers) {
  if (!runway) return runway;
  const bool has_rows = runway->has_lower_copies;
  runway->has_lower_copies = std::ranges::any_of(tiers, [has_rows](const auto& tier) {
    if (tier.is_vital || !tier.is_up) return false;
    return has_rows || tier.name != to_string(TierKind::Sqlite);
  });
  return runway;
}

}  // namespace

health::Facts gather_facts(const Parts& parts, const Watched& watched, Moment now) {
  const auto credits = parts.governor->view();
  health::Facts facts;
  facts.now = parts.clock->now();
  facts.upstream = upstream_facts(parts, credits.get());
  facts.tiers = tier_facts(parts, watched, now);
  facts.has_credits = credits != nullptr;
  if (credits) {
    for (const auto kind : {ledger::WindowKind::Day, ledger::WindowKind::Month}) {
      auto window = window_facts(credits->book, kind, facts.now);
      if (window) facts.windows.push_back(std::move(*window));
    }
  }
  facts.ledger = ledger_facts(parts, credits.get());
  facts.disk = disk_facts(watched.disk, now);
  facts.jump = watched.clock.jump(now);
  facts.runway = runway_facts(watched.runway, facts.tiers);
  return facts;
}

}  // namespace quotecached::app
