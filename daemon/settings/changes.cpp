#include "settings/changes.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace quotecached::settings {
namespace {

constexpr std::string_view kTokenPrefix = "auth.tokens.";

// Rows of all that either has.
std::vector<Row> rows_of(const Settings& one, const Settings& other) {
  std::set<std::string_view> families;
  std::set<std::string_view> tags;
  for (const auto* settings : {&one, &other}) {
    for (const auto& [family, times] : settings->freshness.families) families.insert(family);
    for (const auto& [tag, assets] : settings->tags) tags.insert(tag);
  }
  auto rows = make_rows(std::vector<std::string_view>(families.begin(), families.end()));
  for (const auto tag : tags) rows.push_back(tag_row(tag));
  return rows;
}

// Of a webhook only the host may be told, see print.cpp.
bool is_secret_url(std::string_view key) { return key == "alerts.webhook"; }

std::string shown(const Row& row, const std::string& value) {
  if (!is_secret_url(row.key) || value == "\"\"") return value;
  const auto host = value.find("://");
  const auto end = value.find_first_of("/?", host == std::string::npos ? 0 : host + 3);
  return value.substr(0, std::min(end, value.size() - 1)) + "/***\"";
}

// A tag that is not there has no value, not even an empty one.
std::string value_of(const Row& row, Settings& settings) {
  if (row.key.starts_with(kTagPrefix)) {
    const auto tag = settings.tags.find(row.key.substr(kTagPrefix.size()));
    return tag == settings.tags.end() ? std::string() : to_toml(row.field(settings));
  }
  return to_toml(row.field(settings));
}

void compare_secret(std::string_view key,
                    const Secret& before,
                    const Secret& after,
                    std::vector<Changed>& changed) {
  if (before == after) return;
  const auto word = [](const Secret& secret) { return secret.empty() ? "" : "a secret"; };
  changed.push_back({std::string(key),
                     word(before),
                     before.empty() || after.empty() ? word(after) : "another secret",
                     Change::Restart});
}

// What a token allows. Nothing of its secret.
std::string in_words(const Token& token) {
  return fmt::format("{} a minute, {} at once, {} credits a day, {} a month{}",
                     token.requests_per_minute,
                     token.max_concurrent,
                     token.credits_per_day,
                     token.credits_per_month,
                     token.admin ? ", admin" : "");
}

const Token* find_token(const std::vector<Token>& tokens, std::string_view name) {
  const auto token = std::ranges::find(tokens, name, &Token::name);
  return token == tokens.end() ? nullptr : &*token;
}

void compare_tokens(const Auth& before, const Auth& after, std::vector<Changed>& changed) {
  const Change when = before.mode == after.mode ? Change::Live : Change::Restart;
  std::set<std::string_view> names;
  for (const auto* auth : {&before, &after})
    for (const auto& token : auth->tokens) names.insert(token.name);
  for (const auto name : names) {
    const Token* was = find_token(before.tokens, name);
    const Token* is = find_token(after.tokens, name);
    Changed one{std::string(kTokenPrefix) + std::string(name), "", "", when};
    if (was != nullptr) one.before = in_words(*was);
    if (is != nullptr) one.after = in_words(*is);
    if (was != nullptr && is != nullptr && was->secret != is->secret)
      one.after += ", another secret";
    if (one.before != one.after) changed.push_back(std::move(one));
  }
}

// Puts the value of a field into another of the same type.
struct Copy {
  const Field& from;
  template <class T>
  void operator()(T* to) const {
    *to = *std::get<T*>(from);
  }
};

void take_field(const Row& row, Settings& running, Settings& wanted) {
  if (row.key.starts_with(kTagPrefix)) {
    const auto tag = row.key.substr(kTagPrefix.size());
    const auto known = wanted.tags.find(tag);
    if (known == wanted.tags.end()) {
      running.tags.erase(tag);
      return;
    }
  }
  const Field from = row.field(wanted);
  std::visit(Copy{from}, row.field(running));
}

// A live setting that means nothing without one that waits: tokens without who may ask at all, the
// caps of one plan under another (they would be gone before the plan brings its own).
Change change_of(const Row& row, const Settings& before, const Settings& after) {
  static constexpr std::string_view kCaps[] = {
      "credits.per_day", "credits.per_month", "credits.requests_per_minute"};
  const bool waits = (before.auth.mode != after.auth.mode && row.key == "auth.tokens_file") ||
                     (before.credits.plan != after.credits.plan &&
                      std::ranges::find(kCaps, row.key) != std::end(kCaps));
  return waits ? Change::Restart : row.change;
}

}  // namespace

std::vector<Changed> changes(const Settings& before, const Settings& after) {
  Settings was = before;  // a row's field is writable
  Settings is = after;
  std::vector<Changed> changed;
  for (const Row& row : rows_of(before, after)) {
    const std::string from = value_of(row, was);
    const std::string to = value_of(row, is);
    if (from == to) continue;
    changed.push_back({row.key, shown(row, from), shown(row, to), change_of(row, before, after)});
  }
  compare_secret("upstream.api_key", was.upstream.api_key, is.upstream.api_key, changed);
  compare_secret(
      "tiers.redis.password", was.tiers.redis.password, is.tiers.redis.password, changed);
  compare_secret(
      "alerts.webhook_secret", was.alerts.webhook_secret, is.alerts.webhook_secret, changed);
  compare_tokens(was.auth, is.auth, changed);
  return changed;
}

void take_live(Settings& running, const Settings& wanted, const std::vector<Changed>& changed) {
  Settings from = wanted;
  const auto rows = rows_of(running, wanted);
  for (const Changed& one : changed) {
    if (one.change != Change::Live) continue;
    const auto row = std::ranges::find(rows, one.key, &Row::key);
    if (row != rows.end()) {
      take_field(*row, running, from);
    } else {
      running.auth.tokens = wanted.auth.tokens;  // the only live ones without a row
    }
  }
}

}  // namespace quotecached::settings
