#include <cerrno>
#include <optional>

#include <grp.h>

#include "settings/draft.hpp"
#include "settings/secret_file.hpp"

namespace quotecached::settings {
namespace {

std::string_view variable(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

// The secret in the file that setting `key` names.
Secret secret_from(Draft& draft, std::string_view key, const std::string& path) {
  auto text = read_private_file(path);
  if (!text) {
    draft.wrong(key, text.error().message);
    return {};
  }
  auto secret = make_secret(*text);
  if (secret) return *std::move(secret);
  draft.wrong(key, "the secret in " + path + " " + secret.error().message);
  return {};
}

Secret key_from_environment(Draft& draft, std::string_view text) {
  auto secret = make_secret(text);
  if (secret) return *std::move(secret);
  draft.problems.push_back(
      {"environment CMC_API_KEY", 0, "upstream.api_key", secret.error().message});
  return {};
}

Secret key_from_credentials(Draft& draft, const std::string& path, Origin& origin) {
  auto text = read_file(path);  // systemd guards it
  if (!text && text.error().code == ErrorCode::NotFound) return {};
  origin.file = path;
  auto secret = text ? make_secret(*text) : Result<Secret>(std::move(text).failure());
  if (secret) return *std::move(secret);
  draft.problems.push_back({path, 0, "upstream.api_key", secret.error().message});
  return {};
}

void resolve_api_key(Draft& draft, const Environment& environment, Origin& origin) {
  Upstream& upstream = draft.settings.upstream;
  const std::string_view directory = variable(environment, "CREDENTIALS_DIRECTORY");
  if (const auto given = environment.find("CMC_API_KEY"); given != environment.end()) {
    origin.file = "environment CMC_API_KEY";
    upstream.api_key = key_from_environment(draft, given->second);
  } else if (!upstream.api_key_file.empty()) {
    origin.file = upstream.api_key_file;
    upstream.api_key = secret_from(draft, "upstream.api_key_file", upstream.api_key_file);
  } else if (!directory.empty()) {
    upstream.api_key = key_from_credentials(draft, std::string(directory) + "/cmc_api_key", origin);
  }
}

void resolve_tokens(Draft& draft) {
  Auth& auth = draft.settings.auth;
  if (auth.mode != AuthMode::Tokens || auth.tokens_file.empty()) return;
  auto text = read_private_file(auth.tokens_file);
  if (text) {
    auth.tokens = parse_tokens(*text, auth.tokens_file, draft.problems);
  } else {
    draft.wrong("auth.tokens_file", text.error().message);
  }
}

// Where the database goes when nobody said.
std::string state_directory(const Environment& environment) {
  const std::string_view systemd = variable(environment, "STATE_DIRECTORY");
  if (systemd.starts_with('/')) return std::string(systemd.substr(0, systemd.find(':')));
  const std::string_view xdg = variable(environment, "XDG_STATE_HOME");
  if (xdg.starts_with('/')) return std::string(xdg) + "/quotecached";
  const std::string_view home = variable(environment, "HOME");
  if (home.starts_with('/')) return std::string(home) + "/.local/state/quotecached";
  return {};
}

void resolve_database(Draft& draft, const Environment& environment) {
  std::string& path = draft.settings.tiers.sqlite.path;
  if (!path.empty()) return;
  const std::string directory = state_directory(environment);
  if (directory.empty()) {
    draft.wrong("tiers.sqlite.path",
                "must be set: neither STATE_DIRECTORY, XDG_STATE_HOME nor HOME says where state "
                "belongs");
    return;
  }
  path = directory + "/quotecached.db";
}

// Nothing when this machine knows no such group.
std::optional<std::uint32_t> group_id(const std::string& name) {
  group entry{};
  group* found = nullptr;
  std::vector<char> room(1024);  // for the names of its members
  constexpr std::size_t kMostRoom = std::size_t{1} << 20;
  while (getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found) == ERANGE &&
         room.size() < kMostRoom)
    room.resize(room.size() * 4);
  if (found == nullptr) return std::nullopt;
  return found->gr_gid;
}

void resolve_group(Draft& draft) {
  Listen& listen = draft.settings.listen;
  if (listen.unix_group.empty()) return;
  listen.unix_gid = group_id(listen.unix_group);
  if (!listen.unix_gid)
    draft.wrong("listen.unix_group", "this machine has no group \"" + listen.unix_group + "\"");
}

}  // namespace

void resolve(Draft& draft, const Environment& environment, Origin& api_key_origin) {
  resolve_api_key(draft, environment, api_key_origin);
  RedisTier& redis = draft.settings.tiers.redis;
  if (!redis.password_file.empty())
    redis.password = secret_from(draft, "tiers.redis.password_file", redis.password_file);
  Alerts& alerts = draft.settings.alerts;
  if (!alerts.webhook_secret_file.empty())
    alerts.webhook_secret =
        secret_from(draft, "alerts.webhook_secret_file", alerts.webhook_secret_file);
  resolve_tokens(draft);
  resolve_database(draft, environment);
  resolve_group(draft);
}

}  // namespace quotecached::settings
