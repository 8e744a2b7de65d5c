#include "validation.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api_error.hpp"

namespace cmcsim {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// One or more items of the wanted characters, with single commas between them.
template <typename Wanted>
bool is_list_of(std::string_view text, Wanted wanted) {
  if (text.empty() || text.front() == ',' || text.back() == ',') return false;
  if (text.find(",,") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [&](char c) { return c == ',' || wanted(c); });
}

[[noreturn]] void fail(const ParamRule& rule, std::string_view what) {
  throw bad_request(fmt::format("\"{}\" {}", rule.name, what));
}

void check_pattern(const ParamRule& rule,
                   std::string_view value,
                   bool matches,
                   const char* pattern) {
  if (matches) return;
  fail(rule,
       fmt::format("with value \"{}\" fails to match the required pattern: /{}/", value, pattern));
}

void check_number(const ParamRule& rule, std::string_view value) {
  double number = 0;
  const auto* const end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) {
    fail(rule, "must be a number");
  }
  if (rule.kind == ParamKind::Whole && number != std::floor(number)) {
    fail(rule, "must be an integer");
  }
  if (number < rule.least) {
    fail(rule, fmt::format("must be larger than or equal to {}", rule.least));
  }
  if (number > rule.most) fail(rule, fmt::format("must be less than or equal to {}", rule.most));
}

void check_choices(const ParamRule& rule, std::string_view value) {
  const auto allowed = split_list(rule.choices);
  const auto chosen =
      rule.kind == ParamKind::Choice ? std::vector{std::string(value)} : split_list(value);
  const bool known = std::ranges::all_of(
      chosen, [&](const std::string& item) { return std::ranges::count(allowed, item) > 0; });
  if (known && !chosen.empty()) return;
  if (rule.kind == ParamKind::Choice) {
    fail(rule, fmt::format("must be one of [{}]", fmt::join(allowed, ", ")));
  }
  const auto choices = fmt::format("({})", fmt::join(allowed, "|"));
  check_pattern(rule, value, false, fmt::format("^{0}+(?:,{0}+)*$", choices).c_str());
}

void check_value(const ParamRule& rule, std::string_view value) {
  if (value.empty()) fail(rule, "is not allowed to be empty");
  switch (rule.kind) {
    case ParamKind::Ids: return check_pattern(rule, value, is_id_list(value), R"(^\d+(?:,\d+)*$)");
    case ParamKind::Slugs:
      return check_pattern(rule, value, is_slug_list(value), "^[0-9a-z-]+(?:,[0-9a-z-]+)*$");
    case ParamKind::Symbols:
      return check_pattern(
          rule, value, is_symbol_list(value), R"(^[0-9A-Za-z$@\-,]+(?:,[0-9A-Za-z$@\-]+)*$)");
    case ParamKind::Text: return;
    case ParamKind::Whole:
    case ParamKind::Number: return check_number(rule, value);
    case ParamKind::Flag:
      if (value != "true" && value != "false") fail(rule, "must be a boolean");
      return;
    case ParamKind::Choice:
    case ParamKind::ChoiceList: return check_choices(rule, value);
  }
}

void require_one_of(const Query& query, std::initializer_list<std::string_view> names) {
  if (std::ranges::any_of(names, [&](std::string_view name) { return query.has(name); })) return;
  throw bad_request(
      fmt::format("\"value\" must contain at least one of [{}]", fmt::join(names, ", ")));
}

void check_peers(const Endpoint& endpoint, const Query& query) {
  switch (endpoint.call) {
    case Call::Quotes:
    case Call::SimplePrice: require_one_of(query, {"id", "symbol", "slug"}); break;
    case Call::Info: require_one_of(query, {"id", "symbol", "slug", "address"}); break;
    case Call::PriceConversion:
      if (!query.has("amount")) throw bad_request("\"amount\" is required");
      require_one_of(query, {"id", "symbol"});
      break;
    default: break;
  }
  if (query.has("convert") && query.has("convert_id")) {
    throw bad_request(
        "\"value\" contains a conflict between optional exclusive peers [convert, convert_id]");
  }
}

}  // namespace

bool is_id_list(std::string_view text) { return is_list_of(text, is_digit); }

bool is_slug_list(std::string_view text) {
  return is_list_of(text, [](char c) { return is_digit(c) || is_lower(c) || c == '-'; });
}

// The documented pattern allows commas anywhere, so empty items pass.
bool is_symbol_list(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_digit(c) || is_lower(c) || is_upper(c) || c == '$' || c == '@' || c == '-' ||
           c == ',';
  });
}

void validate(const Endpoint& endpoint,
              const Query& query,
              std::span<const std::string> new_names) {
  const auto rule_of = [&endpoint](std::string_view name) {
    return std::ranges::find(endpoint.rules, name, &ParamRule::name);
  };
  for (const auto& [name, value] : query.all()) {
    const auto rule = rule_of(name);
    if (rule != endpoint.rules.end()) check_value(*rule, value);
  }
  for (const auto& [name, value] : query.all()) {
    const bool is_known =
        rule_of(name) != endpoint.rules.end() || std::ranges::count(new_names, name) > 0;
    if (!is_known) throw bad_request(fmt::format("\"{}\" is not allowed", name));
  }
  check_peers(endpoint, query);
}

}  // namespace cmcsim
