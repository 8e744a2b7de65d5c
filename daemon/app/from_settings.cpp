#include "app/from_settings.hpp"

#include <algorithm>
#include <chrono>

#include "ledger/plan.hpp"

namespace quotecached::app {

std::map<std::string, catalog::Freshness, std::less<>> freshness_of(
    const settings::Freshness& wanted) {
  std::map<std::string, catalog::Freshness, std::less<>> families;
  for (const auto& endpoint : catalog::Catalogue::built_in().endpoints())
    families.emplace(endpoint.family, endpoint.freshness.get());
  for (const auto& [family, its] : wanted.families) {
    const auto known = families.find(family);
    if (known == families.end()) continue;
    auto& times = known->second;
    times.fresh = its.fresh.value_or(times.fresh);
    times.stale_while_revalidate =
        its.stale_while_revalidate.value_or(times.stale_while_revalidate);
    times.stale_if_error = its.stale_if_error.value_or(times.stale_if_error);
  }
  return families;
}

catalog::Catalogue catalogue_of(const settings::Settings& settings) {
  auto catalogue = catalog::Catalogue::built_in();
  for (const auto& [family, times] : freshness_of(settings.freshness))
    catalogue.set_freshness(family, times);
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

credit::ClientBook::Caps client_caps(const settings::Auth& wanted) {
  credit::ClientBook::Caps caps;
  for (const auto& token : wanted.tokens)
    caps[token.name] = {.per_day = {token.credits_per_day}, .per_month = {token.credits_per_month}};
  return caps;
}

Result<std::shared_ptr<const routing::Auth>> make_auth(const settings::Auth& wanted,
                                                       const routing::Auth* before) {
  if (wanted.mode == settings::AuthMode::Open)
    return std::shared_ptr<const routing::Auth>(routing::Auth::open());
  std::vector<routing::Token> tokens;
  for (const auto& token : wanted.tokens) {
    tokens.push_back({.name = token.name,
                      .secret = token.secret.reveal(),
                      .is_admin = token.admin,
                      .requests_per_minute = static_cast<std::uint32_t>(token.requests_per_minute),
                      .max_concurrent = static_cast<std::uint32_t>(token.max_concurrent)});
  }
  auto auth = routing::Auth::with_tokens(tokens, before);
  if (!auth) return std::move(auth).failure("auth.tokens_file");
  return std::shared_ptr<const routing::Auth>(std::move(*auth));
}

http::AccessLog::Options access_options(const settings::Logging& wanted) {
  return {
      wanted.access.empty() ? "off" : wanted.access, wanted.access_format, wanted.access_sample};
}

std::vector<warm::Window> windows_of(const settings::Warm& wanted) {
  std::vector<warm::Window> windows;
  for (const auto& window : wanted.windows) {
    windows.push_back({.name = window.name,
                       .from = window.from,
                       .to = window.to,
                       .days = window.weekdays,
                       .zone = window.zone,
                       .assets = window.assets,
                       .popular = static_cast<std::size_t>(window.popular)});
  }
  return windows;
}

warm::Lists lists_of(const settings::Warm& wanted) {
  return {windows_of(wanted), wanted.pinned, static_cast<std::size_t>(wanted.popular)};
}

}  // namespace quotecached::app
