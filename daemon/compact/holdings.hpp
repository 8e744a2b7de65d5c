// What is held at a moment: copies of assets, what names lead to, and what is known not to exist.
//
// Reads memory through a function and touches nothing else: pure where that is. Beside memory it
// has what answers have just brought, since a small memory may not keep it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cache/entry.hpp"
#include "catalog/request.hpp"
#include "compact/choice.hpp"
#include "compact/purchase.hpp"
#include "compact/source.hpp"
#include "compact/windows.hpp"

namespace quotecached::compact {

// What a name leads to.
struct Lead {
  enum class State : std::uint8_t { Unknown, Nowhere, Found };
  State state = State::Unknown;
  std::vector<std::uint64_t> ids;  // as the provider lists them
  bool is_believed = false;        // said lately enough
};

class Holdings {
 public:
  // The entry under a key, whose hash is given.
  using Lookup = std::function<cache::EntryPtr(std::string_view key, std::uint64_t hash)>;

  Holdings(Lookup lookup,
           const Endpoints& endpoints,
           SourcesPtr sources,
           std::vector<WindowPtr> windows);

  // Offers `choice` all copies of the asset in the convert.
  void offer(std::uint64_t id, std::string_view convert, Choice& choice) const;
  // The provider has just said that it knows no such asset, when asked as `lot` asks it.
  [[nodiscard]] bool is_unknown(std::uint64_t id,
                                std::string_view convert,
                                const Lot& lot,
                                TimePoint now) const;
  [[nodiscard]] Lead lead(const Asked& asked,
                          std::string_view convert,
                          const Lot& by_symbol,
                          const Lot& by_slug,
                          TimePoint now) const;

  // Takes what the proxy's answer to `request` was made of.
  void add(const catalog::Request& request, const std::vector<cache::EntryPtr>& entries);
  // The lists that are held by now.
  void set_windows(std::vector<WindowPtr> windows) { windows_ = std::move(windows); }

  // The keys below which the tiers may hold something of the asset, by id or by name.
  void append_keys(std::uint64_t id,
                   std::string_view convert,
                   std::vector<std::string>& keys) const;
  void append_alias_keys(const Asked& asked, std::vector<std::string>& keys) const;

 private:
  struct Brought {
    cache::EntryPtr entry;
    std::string_view object;
    const Source* source;
  };
  void bring(const cache::EntryPtr& entry, const Source* source, std::vector<std::uint64_t>& ids);

  Lookup lookup_;
  const Endpoints& endpoints_;
  SourcesPtr sources_;
  std::vector<WindowPtr> windows_;
  std::deque<Source> brought_sources_;
  std::unordered_multimap<std::uint64_t, Brought> brought_;  // by id
  std::unordered_set<std::uint64_t> unknown_;
  std::map<std::pair<catalog::KeyKind, std::string>, std::vector<std::uint64_t>> led_;
};

}  // namespace quotecached::compact
