#include "app/reload.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <fmt/format.h>

#include "app/build.hpp"
#include "app/from_settings.hpp"
#include "app/parts.hpp"
#include "app/service_manager.hpp"
#include "base/json_writer.hpp"
#include "base/on_exit.hpp"
#include "catalog/catalogue.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "credit/governor.hpp"
#include "http/access_log.hpp"
#include "http/server.hpp"
#include "proxy/open_requests.hpp"
#include "proxy/proxy.hpp"
#include "purge/desk.hpp"
#include "routing/admin.hpp"
#include "routing/auth.hpp"
#include "warm/runs.hpp"
#include "warm/warmer.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

namespace {

using settings::Change;
using settings::Changed;

// Is a live setting of the section among them?
bool touches(const std::vector<Changed>& changed, std::string_view section) {
  return std::ranges::any_of(changed, [section](const Changed& one) {
    return one.change == Change::Live && one.key.starts_with(section);
  });
}

std::string keys_of(const std::vector<Changed>& changed, Change change) {
  std::string keys;
  for (const Changed& one : changed)
    if (one.change == change) keys += (keys.empty() ? "" : ",") + one.key;
  return keys;
}

void write_changes(JsonWriter& json, const std::vector<Changed>& changed, Change change) {
  json.begin_array();
  for (const Changed& one : changed) {
    if (one.change != change) continue;
    json.begin_object().key("key").text(one.key).key("before").text(one.before);
    json.key("after").text(one.after).end_object();
  }
  json.end_array();
}

// longest_hold() reads what no reload changes and what the catalogue has by then.
void change_freshness(Parts& parts, const settings::Settings& now) {
  for (const auto& [family, times] : freshness_of(now.freshness))
    parts.catalogue->set_freshness(family, times);
  set_fresh_times(parts);
  parts.purge->lengthen_hold(longest_hold(parts));
}

void change_warm_lists(Parts& parts, const settings::Warm& wanted) {
  parts.warmer->change(windows_of(wanted), wanted.pinned);
  parts.warm_runs->change(lists_of(wanted));
}

asio::awaitable<Result<std::string>> answer_reload(Parts* parts) {
  if (!parts->reloader) co_return fail(ErrorCode::Unavailable, "the daemon is just starting");
  if (parts->reloader->is_over()) co_return fail(ErrorCode::Unavailable, "the daemon is stopping");
  const Reload reload = parts->reloader->reload("POST /admin/reload");
  if (reload.is_refused())
    co_return fail(ErrorCode::Invalid,
                   "nothing was changed:\n" + settings::to_string(reload.problems));
  co_return to_json(reload);
}

}  // namespace

std::string to_json(const Reload& reload) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("changed");
  write_changes(json, reload.changed, Change::Live);
  json.key("needs_restart");
  write_changes(json, reload.changed, Change::Restart);
  json.end_object();
  return text;
}

std::string summary_of(const Reload& reload) {
  if (reload.is_refused())
    return fmt::format("Settings were refused, nothing changed: {}",
                       settings::to_string(reload.problems.front()));
  const auto waiting = keys_of(reload.changed, Change::Restart);
  if (!waiting.empty()) return "Settings were read anew; a restart is needed for " + waiting;
  return reload.changed.empty() ? "Settings were read anew: nothing changed"
                                : "Settings were read anew";
}

Reloader::Reloader(Parts& parts, settings::LoadInput input, LogOutput& output)
    : parts_(parts), input_(std::move(input)), output_(output) {}

Reload Reloader::reload(std::string_view by) {
  if (is_over_) return {{}, {{"", 0, "", "the daemon is stopping"}}};
  notify_reloading();
  const OnExit ready([] { notify_ready(); });  // else the service manager waits, and ends us
  parts_.access->reopen();  // whatever comes of the rest: it may have been renamed
  Reload reload = reload_or_refuse();
  tell(reload, by);
  notify_status(summary_of(reload));
  return reload;
}

// The daemon goes on with what it has, whatever is thrown on the way.
Reload Reloader::reload_or_refuse() {
  try {
    return try_reload();
  } catch (const std::exception& error) {
    return {{}, {{"", 0, "", error.what()}}};
  }
}

Reload Reloader::try_reload() {
  auto loaded = settings::load(input_);
  if (!loaded) return {{}, std::move(loaded.error())};
  const auto& wanted = loaded->settings;
  Reload reload{settings::changes(parts_.settings, wanted), {}};
  std::shared_ptr<const routing::Auth> auth;
  if (touches(reload.changed, "auth.")) {
    auto made = make_auth(wanted.auth, parts_.auth->get().get());
    if (!made) return {{}, {{"", 0, "", made.error().message}}};
    auth = std::move(*made);
  }
  auto now = parts_.settings;
  settings::take_live(now, wanted, reload.changed);
  switch_parts(now, reload.changed);
  if (auth) {
    parts_.server->expect_clients(auth->client_names());
    parts_.auth->publish(std::move(auth));
  }
  // Last: what is thrown before leaves a difference, which the next reload takes up again.
  settings::take_live(parts_.settings, wanted, reload.changed);
  return reload;
}

// No mistake of a file gets here, only want of memory may. Giving a part the same twice is the
// same as once.
void Reloader::switch_parts(const settings::Settings& now, const std::vector<Changed>& changed) {
  if (touches(changed, "log.level")) output_.set_level(now.log.level);
  if (touches(changed, "log.access")) parts_.access->change(access_options(now.log));
  if (touches(changed, "log.slow_request"))
    parts_.proxy->open_requests().change_slow(now.log.slow_request);
  if (touches(changed, "freshness.")) change_freshness(parts_, now);
  if (touches(changed, "tags.")) parts_.purge->change_tags(now.tags);
  if (touches(changed, "auth.")) parts_.clients->change(client_caps(now.auth));
  if (touches(changed, "credits.")) parts_.book->change(ledger_options(now.credits));
  if (touches(changed, "warm.")) change_warm_lists(parts_, now.warm);
  if (touches(changed, "credits.") || touches(changed, "alerts.") || touches(changed, "auth."))
    parts_.governor->change(governor_options(now));
}

void Reloader::tell(const Reload& reload, std::string_view by) const {
  const auto& log = parts_.log;
  if (reload.is_refused()) {
    for (const auto& problem : reload.problems)
      log.error("setting_refused", {{"problem", settings::to_string(problem)}});
    log.error("settings_not_reloaded", {{"by", by}, {"problems", reload.problems.size()}});
    return;
  }
  const auto waiting = keys_of(reload.changed, Change::Restart);
  log.info(
      "settings_reloaded",
      {{"by", by}, {"changed", keys_of(reload.changed, Change::Live)}, {"needs_restart", waiting}});
  if (!waiting.empty()) log.warn("settings_need_a_restart", {{"settings", waiting}});
}

void add_reload_action(Parts& parts, routing::AdminActions& actions) {
  actions.reload = [&parts] { return answer_reload(&parts); };
}

}  // namespace quotecached::app
