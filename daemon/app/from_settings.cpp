#include "app/from_settings.hpp"

#include <algorithm>
#include <chrono>

#include "ledger/plan.hpp"

namespace quotecached::app {

catalog::Catalogue catalogue_of(const settings::Settings& settings) {
  auto catalogue = catalog::Catalogue::built_in();
  for (const auto& [family, wanted] : settings.freshness.families) {
    for (const auto& endpoint : catalogue.endpoints()) {
      if (endpoint.family != family) continue;
      auto freshness = endpoint.freshness;
      freshness.fresh = wanted.fresh.value_or(freshness.fresh);
      freshness.stale_while_revalidate =
          wanted.stale_while_revalidate.value_or(freshness.stale_while_revalidate);
      freshness.stale_if_error = wanted.stale_if_error.value_or(freshness.stale_if_error);
      catalogue.set_freshness(family, freshness);
      break;
    }
  }
  return catalogue;
}

ledger::Ledger::Options ledger_options(const settings::Credits& wanted) {
  const ledger::Caps own{.requests_per_minute = wanted.requests_per_minute,
                         .per_day = {wanted.per_day},
                         .per_month = {wanted.per_month}};
  ledger::Ledger::Options options;
  options.caps = both_caps(own, ledger::caps_of_plan(wanted.plan).value_or(ledger::Caps{}));
  options.anchor = {wanted.anchor.day, wanted.anchor.time};
  options.foreground_reserve = wanted.foreground_reserve;
  return options;
}

credit::Governor::Options governor_options(const settings::Settings& settings) {
  const auto& wanted = settings.credits;
  credit::Governor::Options options;
  std::ranges::copy(wanted.thresholds, options.modes.thresholds.begin());
  options.pacing.max_stretch = wanted.max_stretch;
  options.alarms.warning = wanted.thresholds[0];
  options.alarms.critical = wanted.thresholds[1];
  options.alarms.exhausted = wanted.thresholds[2];
  options.alarms.unreachable_after =
      std::chrono::duration_cast<std::chrono::seconds>(settings.alerts.unreachable_after);
  return options;
}

}  // namespace quotecached::app
