#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>

#include "base/ascii.hpp"
#include "base/iso_time.hpp"
#include "base/tier_kind.hpp"
#include "settings/address.hpp"
#include "settings/draft.hpp"

namespace quotecached::settings {
namespace {

// Wrong spellings are reported; returns the first address that others than this machine can reach.
std::string check_listen(Draft& draft) {
  std::string open_to_all;
  for (const std::string& text : draft.settings.listen.address) {
    const auto address = parse_address(text);
    if (!address) {
      draft.wrong("listen.address", "\"" + text + "\": " + address.error().message);
    } else if (!address->is_unix() && !is_numeric(address->host)) {
      draft.wrong("listen.address",
                  "\"" + text + "\": must be an address of this machine, not a name but localhost");
    } else if (!address->is_unix() && !is_loopback(address->host) && open_to_all.empty()) {
      open_to_all = text;
    }
  }
  return open_to_all;
}

// Figures that keep the daemon's own user out, or mean more than permissions, are a slip.
void check_unix_mode(Draft& draft) {
  constexpr std::string_view key = "listen.unix_mode";
  Listen& listen = draft.settings.listen;
  unsigned mode = 0;
  const char* const end = listen.unix_mode.data() + listen.unix_mode.size();
  const auto read = std::from_chars(listen.unix_mode.data(), end, mode, 8);
  const bool is_mode = read.ec == std::errc() && read.ptr == end && listen.unix_mode.size() >= 3 &&
                       listen.unix_mode.size() <= 4;
  if (!is_mode || mode > 0777 || (mode & 0600) != 0600)
    return draft.wrong(key, "must be from \"0600\" to \"0777\", such as \"0660\"");
  listen.unix_permissions = mode;
}

void check_hosts(Draft& draft) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  for (const std::string& host : draft.settings.listen.hosts) {
    if (host.empty() || host.find_first_not_of(kLetters) != std::string::npos)
      draft.wrong("listen.hosts", "\"" + host + "\" must be a name such as quotes.example.com");
  }
}

void check_auth(Draft& draft, const std::string& open_to_all) {
  const Auth& auth = draft.settings.auth;
  const bool is_open = auth.mode == AuthMode::Open;
  if (!draft.are_sound({"auth.mode", "listen.address"})) return;
  if (is_open && !open_to_all.empty())
    draft.wrong("listen.address",
                "\"" + open_to_all +
                    "\" can be reached by others, who would spend your credits: listen on loopback "
                    "or a Unix socket, or set auth.mode = \"tokens\"");
  if (!is_open && auth.tokens_file.empty())
    draft.wrong("auth.tokens_file", "must be set when auth.mode = \"tokens\"");
  if (draft.settings.test.clock && !open_to_all.empty())
    draft.wrong("test.clock", "must be false when others can reach " + open_to_all);
}

void check_clock(Draft& draft) {
  constexpr std::string_view key = "test.clock_at";
  Test& test = draft.settings.test;
  if (!draft.are_sound({key}) || test.clock_at.empty()) return;
  test.clock_stands_at = parse_iso_time(test.clock_at);
  if (!test.clock_stands_at)
    draft.wrong(key, "must be a moment in UTC such as \"2026-11-01T00:00:00Z\"");
  if (!test.clock) draft.wrong(key, "needs test.clock = true");
}

// "memory, redis, memcached and sqlite"
std::string tier_names() {
  std::string names(kTiers.front().name);
  for (std::size_t i = 1; i < kTiers.size(); ++i)
    names.append(i + 1 < kTiers.size() ? ", " : " and ").append(kTiers[i].name);
  return names;
}

void check_order(Draft& draft) {
  const auto& order = draft.settings.tiers.order;
  std::set<std::string_view> seen;
  for (const std::string& tier : order) {
    if (!tier_kind(tier))
      draft.wrong("tiers.order", "\"" + tier + "\" is no tier: " + tier_names() + " are");
    if (!seen.insert(tier).second)
      draft.wrong("tiers.order", "\"" + tier + "\" stands there twice");
  }
  constexpr auto first = to_string(TierKind::Memory);  // asked without leaving the I/O thread
  if (order.empty() || order.front() != first)
    draft.wrong("tiers.order", "must start with \"" + std::string(first) + "\"");
}

void check_base_url(Draft& draft) {
  constexpr std::string_view key = "upstream.base_url";
  const auto url = parse_url(draft.settings.upstream.base_url);
  if (!url) return draft.wrong(key, url.error().message);
  if (url->has_user) return draft.wrong(key, "must not hold a user name or password");
  if (url->rest.find_first_of("?#") != std::string::npos)
    return draft.wrong(key, "must end before any '?' or '#'");
  if (url->scheme == "https") return;
  if (url->scheme != "http") return draft.wrong(key, "must start with https://");
  if (!is_loopback(url->host))
    draft.wrong(key, "must be https://: over plain http everyone on the way reads the API key");
}

void check_redis(Draft& draft) {
  constexpr std::string_view key = "tiers.redis.url";
  const std::string& text = draft.settings.tiers.redis.url;
  const std::string_view wanted =
      "must be \"redis://host:port\", \"redis://host:port/database\" or \"unix:/path\"";
  if (text.starts_with("unix:")) {
    const auto address = parse_address(text);
    if (!address) draft.wrong(key, address.error().message);
    return;
  }
  const auto url = parse_url(text);
  if (!url || url->scheme != "redis") return draft.wrong(key, std::string(wanted));
  if (url->has_user)
    return draft.wrong(key, "must not hold a password: use tiers.redis.password_file");
  const std::size_t slash = std::min(url->rest.find('/'), url->rest.size());
  const std::string host = url->host.find(':') == std::string::npos ? url->host : "[::1]";
  const auto address = parse_address(host + url->rest.substr(0, slash));
  const std::string database = url->rest.substr(slash == url->rest.size() ? slash : slash + 1);
  const bool is_number = database.find_first_not_of("0123456789") == std::string::npos;
  const bool has_port = slash == 0 || (address && address->port != 0);
  if (!has_port || !is_number || database.size() > 4) draft.wrong(key, std::string(wanted));
}

void check_memcached(Draft& draft) {
  for (const std::string& server : draft.settings.tiers.memcached.servers) {
    const auto address = parse_address(server);
    if (!address || (!address->is_unix() && address->port == 0))
      draft.wrong("tiers.memcached.servers",
                  "\"" + server + "\" must be \"host:port\" or \"unix:/path\"");
  }
}

void check_windows(Draft& draft) {
  const Upstream& upstream = draft.settings.upstream;
  if (!draft.are_sound({"upstream.batch_window", "upstream.batch_window_max"})) return;
  if (upstream.batch_window > upstream.batch_window_max)
    draft.wrong("upstream.batch_window", "must not be longer than upstream.batch_window_max");
}

bool is_asset_name(std::string_view text) {
  return !text.empty() && text.size() <= 200 &&
         std::ranges::all_of(text, [](char c) { return is_visible(c) && c != ','; });
}

void check_tags(Draft& draft) {
  for (const auto& [tag, assets] : draft.settings.tags) {
    for (const auto& asset : assets) {
      if (!is_asset_name(asset))
        draft.wrong(std::string(kTagPrefix) + tag,
                    "\"" + asset + "\" is no id, symbol or slug of an asset");
    }
  }
}

}  // namespace

void check(Draft& draft) {
  const std::string open_to_all = check_listen(draft);
  check_unix_mode(draft);
  check_hosts(draft);
  check_auth(draft, open_to_all);
  check_clock(draft);
  if (draft.are_sound({"tiers.order"})) check_order(draft);
  if (draft.are_sound({"upstream.base_url"})) check_base_url(draft);
  if (draft.are_sound({"tiers.redis.url"})) check_redis(draft);
  if (draft.are_sound({"tiers.memcached.servers"})) check_memcached(draft);
  check_windows(draft);
  check_tags(draft);
}

}  // namespace quotecached::settings
