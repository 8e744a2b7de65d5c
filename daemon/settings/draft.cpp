#include "settings/draft.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "settings/suggest.hpp"

namespace quotecached::settings {
namespace {

std::string last_part(std::string_view key) {
  std::string out(key.substr(key.rfind('.') + 1));
  std::ranges::transform(out, out.begin(), to_lower);
  return out;
}

constexpr std::size_t kMostTags = 100;
constexpr std::size_t kLongestTag = 64;

constexpr std::array<std::string_view, 3> kKeyNames = {"api_key", "apikey", "cmc_api_key"};

// "key" alone names many things elsewhere.
bool names_api_key(std::string_view key) {
  const auto name = last_part(key);
  if (std::ranges::find(kKeyNames, name) != kKeyNames.end()) return true;
  return name == "key" && (key.size() == name.size() || key.starts_with("upstream."));
}

}  // namespace

Draft::Draft(std::span<const std::string_view> families) : rows(make_rows(families)) {
  for (const std::string_view family : families) settings.freshness.families[std::string(family)];
  for (const Row& row : rows) {
    keys.push_back(row.key);
    origins.push_back({row.key, "", 0});
  }
}

const Row* Draft::find(std::string_view key) const {
  const auto row = std::ranges::find(rows, key, &Row::key);
  return row == rows.end() ? nullptr : &*row;
}

const Row* Draft::add_tag(std::string_view key) {
  if (!key.starts_with(kTagPrefix)) return nullptr;
  const auto tag = key.substr(kTagPrefix.size());
  const bool is_plain =
      !tag.empty() && tag.size() <= kLongestTag &&
      std::ranges::all_of(tag, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
  if (!is_plain || settings.tags.size() == kMostTags) return nullptr;
  const Row& row = rows.emplace_back(tag_row(tag));
  keys.push_back(row.key);
  origins.push_back({row.key, "", 0});
  return &row;
}

void Draft::apply(const SourceValue& given) {
  const Row* row = find(given.key);
  if (!row) row = add_tag(given.key);
  if (!row) {
    problems.push_back({given.file, given.line, given.key, explain_unknown(*this, given.key)});
    return;
  }
  origins[static_cast<std::size_t>(row - rows.data())] = {given.key, given.file, given.line};
  const auto fine = assign(row->field(settings), row->bounds, given.value);
  if (!fine) wrong(given.key, fine.error().message);
}

void Draft::wrong(std::string_view key, std::string text) {
  const auto origin = std::ranges::find(origins, key, &Origin::key);
  if (origin == origins.end()) {
    problems.push_back({"", 0, std::string(key), std::move(text)});
  } else {
    problems.push_back({origin->file, origin->line, std::string(key), std::move(text)});
  }
}

bool Draft::are_sound(std::initializer_list<std::string_view> checked) const {
  return std::ranges::none_of(problems, [&](const Problem& problem) {
    return std::ranges::find(checked, problem.key) != checked.end();
  });
}

std::string explain_unknown(const Draft& draft, std::string_view key) {
  if (names_api_key(key))
    return "the API key must not stand here, where it is copied, committed and shown around: put "
           "it into the environment as CMC_API_KEY, into a file named by upstream.api_key_file, or "
           "into the systemd credential cmc_api_key";
  if (last_part(key) == "password")
    return "a password must not stand here: put it into a file named by tiers.redis.password_file";
  if (key.starts_with("tokens.") || key.starts_with("auth.tokens."))
    return "tokens must not stand here: put them into a file named by auth.tokens_file";
  if (key.starts_with(kTagPrefix))
    return "a tag is named by up to 64 letters, digits, '_' and '-', and there are up to 100";
  const auto is_inside = [&](const std::string& known) {
    return known.starts_with(std::string(key) + ".");
  };
  if (std::ranges::any_of(draft.keys, is_inside)) return "is a section, not a key";
  return "unknown key" + suggestion(key, draft.keys);
}

}  // namespace quotecached::settings
