#include "purge/known_ids.hpp"

#include <algorithm>
#include <utility>

#include "purge/rule_text.hpp"

namespace quotecached::purge {
namespace {

using cache::PurgePattern;
using Words = std::vector<std::string>;

bool have_common(const Words& some, const Words& sorted) {
  return std::ranges::any_of(
      some, [&](const std::string& word) { return std::ranges::binary_search(sorted, word); });
}

std::size_t words_in(const PurgePattern& pattern) {
  return pattern.symbols.size() + pattern.slugs.size() + pattern.ids.size();
}

}  // namespace

void add_ids(const PurgePattern& known, PurgePattern& pattern) {
  if (have_common(known.slugs, pattern.slugs) || have_common(known.symbols, pattern.symbols))
    pattern.ids.insert(pattern.ids.end(), known.ids.begin(), known.ids.end());
}

void KnownIds::note(const cache::PurgeRule& rule) {
  PurgePattern told;
  told.symbols = rule.pattern.symbols;
  told.slugs = rule.pattern.slugs;
  if (!told.names_assets() || rule.pattern.ids.empty()) return;
  auto names = to_text(told);
  told.ids = rule.pattern.ids;
  auto until = rule.until;
  if (const auto same = known_.find(names); same != known_.end()) {
    add_ids(same->second.pattern, told);
    told.normalise();
    until = std::max(until, same->second.until);
    erase(same);
  }
  words_ += words_in(told);
  known_.emplace(std::move(names), Known{std::move(told), until});
  const auto end = [](const auto& one) { return one.second.until; };
  while (words_ > most_) erase(std::ranges::min_element(known_, {}, end));
}

void KnownIds::add_to(PurgePattern& pattern) const {
  for (const auto& [names, known] : known_) add_ids(known.pattern, pattern);
}

void KnownIds::expire(TimePoint now) {
  for (auto at = known_.begin(); at != known_.end();)
    at = at->second.until <= now ? erase(at) : std::next(at);
}

KnownIds::ByNames::iterator KnownIds::erase(ByNames::iterator at) {
  words_ -= words_in(at->second.pattern);
  return known_.erase(at);
}

}  // namespace quotecached::purge
