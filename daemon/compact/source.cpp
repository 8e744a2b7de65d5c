#include "compact/source.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "compact/purchase.hpp"

namespace quotecached::compact {
namespace {

constexpr std::string_view kPrefix = "qc1:";

struct KeyParts {
  std::string_view endpoint;
  std::string_view kind;
  std::string_view variant;
};

// Of a key as catalog/key.cpp spells it; parts that it has not are empty.
KeyParts parts_of(std::string_view key) {
  KeyParts parts;
  if (!key.starts_with(kPrefix)) return parts;
  key.remove_prefix(kPrefix.size());
  const auto end = std::min(key.find(':'), key.size());
  parts.endpoint = key.substr(0, end);
  key.remove_prefix(std::min(end + 1, key.size()));
  parts.kind = key.substr(0, key.find(':'));
  const auto last = key.rfind(':');
  if (last != std::string_view::npos) parts.variant = key.substr(last + 1);
  return parts;
}

}  // namespace

std::vector<const catalog::Endpoint*> Endpoints::by_asset() const {
  std::vector<const catalog::Endpoint*> all{quotes, simple};
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

const catalog::Endpoint* Endpoints::list_of_key(std::string_view key) const {
  const auto parts = parts_of(key);
  if (parts.kind != "query") return nullptr;
  const auto found = std::ranges::find(lists, parts.endpoint, &catalog::Endpoint::name);
  return found == lists.end() ? nullptr : *found;
}

std::uint64_t asset_of_key(std::string_view key) noexcept {
  const auto parts = parts_of(key);
  if (parts.kind != "id") return 0;
  const auto begin = kPrefix.size() + parts.endpoint.size() + parts.kind.size() + 2;
  if (begin >= key.size()) return 0;
  const auto asset = key.substr(begin, key.find(':', begin) - begin);
  std::uint64_t id = 0;
  const auto* const end = asset.data() + asset.size();
  const auto [stop, error] = std::from_chars(asset.data(), end, id);
  return error == std::errc{} && stop == end ? id : 0;
}

Endpoints endpoints_of(const catalog::Catalogue& catalogue) {
  Endpoints endpoints;
  endpoints.simple = catalogue.by_name("v2.simple_price");
  endpoints.quotes = catalogue.by_name("v2.quotes");
  endpoints.listings = catalogue.by_name("v1.listings");
  assert(endpoints.simple != nullptr && endpoints.quotes != nullptr &&
         endpoints.listings != nullptr);
  for (const auto* name : {"v1.quotes", "v3.quotes"}) {
    if (const auto* endpoint = catalogue.by_name(name)) endpoints.others.push_back(endpoint);
  }
  for (const auto* name : {"v1.listings", "v3.listings"}) {
    if (const auto* endpoint = catalogue.by_name(name)) endpoints.lists.push_back(endpoint);
  }
  return endpoints;
}

SourceBook::SourceBook(const Endpoints& endpoints, const std::vector<const Lot*>& lots)
    : endpoints_(endpoints.by_asset()) {
  Sources sources;
  for (const auto* endpoint : endpoints_)
    sources.push_back({endpoint, "-", endpoint != endpoints.simple});
  for (const auto* lot : lots) {
    if (lot->variant != "-") sources.push_back({lot->endpoint, lot->variant, false});
  }
  fixed_ = std::ssize(sources);
  sources_ = std::make_shared<const Sources>(std::move(sources));
}

void SourceBook::note(std::string_view key) {
  const auto parts = parts_of(key);
  if (parts.kind != "id" || parts.variant.empty()) return;
  const auto endpoint = std::ranges::find(endpoints_, parts.endpoint, &catalog::Endpoint::name);
  if (endpoint == endpoints_.end()) return;
  const auto is_it = [&](const Source& one) {
    return one.endpoint == *endpoint && one.variant == parts.variant;
  };
  const MutexLock lock(mutex_);
  if (std::ranges::any_of(*sources_, is_it)) return;
  auto sources = std::make_shared<Sources>(*sources_);
  const auto is_of_it = [&](const Source& one) { return one.endpoint == *endpoint; };
  const std::ranges::subrange learned(sources->begin() + fixed_, sources->end());
  if (std::ranges::count_if(learned, is_of_it) >= kMostLearned)
    sources->erase(std::ranges::find_if(learned, is_of_it));
  sources->push_back({*endpoint, std::string(parts.variant), false});
  sources_ = std::move(sources);
}

SourcesPtr SourceBook::sources() const {
  const MutexLock lock(mutex_);
  return sources_;
}

}  // namespace quotecached::compact
