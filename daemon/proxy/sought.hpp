// What a request looks up in the lower tiers at once: entries, and the aliases of its names.
//
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "proxy/gather.hpp"
#include "proxy/translation.hpp"

namespace quotecached::proxy {

struct Sought {
  struct Place {
    Gather* gather;
    std::size_t at;
  };
  std::vector<std::string> keys;  // of the slots, of answers that hold a page, then of the aliases
  std::vector<Place> slots;
  Gather* paged = nullptr;           // whose page they may hold
  std::size_t sources = 0;           // how many of those answers there are
  std::vector<std::size_t> aliases;  // of assets (positions)

  void add(Gather& gather) {
    for (const auto at : gather.not_fresh()) {
      keys.emplace_back(gather.slots()[at].key);
      slots.push_back({&gather, at});
    }
  }
};

// What is not fresh, by name and by id, and the aliases that are not known.
[[nodiscard]] inline Sought seek(Gather& by_name, Translation& translation, TimePoint now) {
  Sought sought;
  sought.add(by_name);
  if (auto* ids = translation.by_id()) sought.add(*ids);
  if (by_name.page() != nullptr && !by_name.not_fresh().empty()) {
    sought.paged = &by_name;
    for (const auto& source : by_name.page()->sources()) sought.keys.push_back(source.key);
    sought.sources = sought.keys.size() - sought.slots.size();
  }
  sought.aliases = translation.unlearned(by_name, now);
  for (const auto asset : sought.aliases) sought.keys.push_back(translation.alias_key(asset));
  return sought;
}

// What is not fresh by id.
[[nodiscard]] inline Sought seek_ids(Translation& translation) {
  Sought sought;
  if (auto* ids = translation.by_id()) sought.add(*ids);
  return sought;
}

}  // namespace quotecached::proxy
