#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "settings/secret_file.hpp"
#include "settings/suggest.hpp"
#include "settings/toml_source.hpp"

namespace quotecached::settings {
namespace {

constexpr std::size_t kShortestSecret = 16;
constexpr std::size_t kLongestName = 64;
constexpr std::string_view kTokens = "tokens.";

struct Parser {
  const std::string& file;
  Problems& problems;
  std::map<std::string, Token> tokens;
  std::map<std::string, std::size_t> lines;  // of the first key of each token

  void wrong(const SourceValue& given, std::string text) {
    problems.push_back({file, given.line, given.key, std::move(text)});
  }

  // The token that `given` belongs to and the name of its field, or null.
  Token* find(const SourceValue& given, std::string& field) {
    const std::string_view key = given.key;
    const std::size_t dot = key.rfind('.');
    if (!key.starts_with(kTokens) || dot < kTokens.size() || dot == std::string_view::npos) {
      wrong(given, "only [tokens.NAME] sections belong here");
      return nullptr;
    }
    const std::string name(key.substr(kTokens.size(), dot - kTokens.size()));
    field = key.substr(dot + 1);
    if (name.size() > kLongestName || name.find_first_of("\".") != std::string::npos) {
      wrong(given, "a token's name is up to 64 letters, digits, '-' and '_'");
      return nullptr;
    }
    lines.emplace(name, given.line);
    Token& token = tokens[name];
    token.name = name;
    return &token;
  }

  void set_secret(const SourceValue& given, Token& token) {
    const auto* text = std::get_if<std::string>(&given.value);
    auto secret = make_secret(text ? std::string_view(*text) : std::string_view());
    if (!text || !secret || secret->reveal().size() < kShortestSecret) {
      wrong(
          given,
          fmt::format("must be a string of at least {} visible ASCII characters", kShortestSecret));
      return;
    }
    token.secret = *std::move(secret);
  }

  void set(const SourceValue& given) {
    std::string field;
    Token* token = find(given, field);
    if (!token) return;
    Result<void> fine;
    if (field == "secret") {
      set_secret(given, *token);
    } else if (field == "requests_per_minute") {
      fine = assign(&token->requests_per_minute, {0, 10'000'000}, given.value);
    } else if (field == "max_concurrent") {
      fine = assign(&token->max_concurrent, {0, 1'000'000}, given.value);
    } else if (field == "credits_per_day") {
      fine = assign(&token->credits_per_day, {0, 1e12}, given.value);
    } else if (field == "credits_per_month") {
      fine = assign(&token->credits_per_month, {0, 1e12}, given.value);
    } else if (field == "admin") {
      fine = assign(&token->admin, {}, given.value);
    } else {
      const std::array<std::string, 6> known = {"secret",
                                                "requests_per_minute",
                                                "max_concurrent",
                                                "credits_per_day",
                                                "credits_per_month",
                                                "admin"};
      wrong(given, "unknown key" + suggestion(field, known));
    }
    if (!fine) wrong(given, fine.error().message);
  }

  [[nodiscard]] bool was_told(const std::string& key) const {
    return std::ranges::any_of(problems,
                               [&](const Problem& problem) { return problem.key == key; });
  }

  void check_whole() {
    std::map<std::string, std::string> owners;  // secret -> name
    for (const auto& [name, token] : tokens) {
      const SourceValue given{std::string(kTokens) + name, file, lines[name], {}};
      if (token.secret.empty()) {
        if (!was_told(given.key + ".secret")) wrong(given, "has no secret");
        continue;
      }
      const auto [owner, is_new] = owners.emplace(token.secret.reveal(), name);
      if (!is_new) wrong(given, "has the same secret as tokens." + owner->second);
    }
  }
};

}  // namespace

std::vector<Token> parse_tokens(std::string_view toml,
                                const std::string& file,
                                Problems& problems) {
  const std::size_t problems_before = problems.size();
  const Flat flat = flatten_toml(toml, file, problems);
  Parser parser{file, problems, {}, {}};
  for (const SourceValue& given : flat.values) parser.set(given);
  for (const SourceValue& section : flat.sections) {
    if (section.key != "tokens") parser.wrong(section, "an empty section: a token needs a secret");
  }
  parser.check_whole();
  std::vector<Token> out;
  if (problems.size() != problems_before) return out;
  for (auto& [name, token] : parser.tokens) out.push_back(std::move(token));
  if (out.empty()) problems.push_back({file, 0, "", "holds no token"});
  return out;
}

}  // namespace quotecached::settings
