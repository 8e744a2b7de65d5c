#include "purge/rule_text.hpp"

#include <array>
#include <utility>
#include <vector>

#include "catalog/query.hpp"

namespace quotecached::purge {
namespace {

using cache::PurgePattern;

struct Member {
  std::string_view name;
  std::vector<std::string> PurgePattern::* words;
};
constexpr std::array<Member, 7> kMembers{{{"endpoint", &PurgePattern::endpoints},
                                          {"convert", &PurgePattern::converts},
                                          {"id", &PurgePattern::ids},
                                          {"symbol", &PurgePattern::symbols},
                                          {"slug", &PurgePattern::slugs},
                                          {"glob", &PurgePattern::globs},
                                          {"quoted", &PurgePattern::quoted}}};

}  // namespace

std::string to_text(const PurgePattern& pattern) {
  std::string text;
  for (const auto& member : kMembers) {
    for (const auto& word : pattern.*member.words) {
      if (!text.empty()) text += '&';
      text.append(member.name).append("=");
      catalog::append_encoded(text, word);
    }
  }
  return text;
}

std::optional<PurgePattern> parse_pattern(std::string_view text) {
  PurgePattern pattern;
  std::vector<char> storage;
  catalog::Pair pair;
  while (catalog::next_pair(text, pair)) {
    const Member* found = nullptr;
    for (const auto& member : kMembers)
      if (member.name == pair.name) found = &member;
    catalog::Arena arena(storage, pair.value.size());
    const auto word = catalog::decode(pair.value, arena);
    if (found == nullptr || !word || word->empty()) return std::nullopt;
    (pattern.*found->words).emplace_back(*word);
  }
  if (pattern.is_empty()) return std::nullopt;
  pattern.normalise();
  return pattern;
}

}  // namespace quotecached::purge
