#include "catalog/catalogue.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "embedded.hpp"

namespace quotecached::catalog {

Catalogue::Catalogue(std::vector<Endpoint> endpoints, std::string credential)
    : endpoints_(std::move(endpoints)), credential_(std::move(credential)) {
  std::ranges::transform(credential_, credential_.begin(), to_lower);
  std::ranges::sort(endpoints_, {}, &Endpoint::path);
  slots_.resize(std::bit_ceil(endpoints_.size() * 4 + 1));
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    endpoints_[i].position = i;
    std::size_t slot = hash64(endpoints_[i].path) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<std::uint16_t>(i + 1);
  }
}

const Catalogue& Catalogue::built_in() {
  static const Catalogue catalogue = [] {
    auto parsed = parse(k_endpoints_toml, "endpoints.toml");
    if (!parsed) throw std::logic_error(parsed.error().message);
    return std::move(*parsed);
  }();
  return catalogue;
}

const Endpoint* Catalogue::find(std::string_view path) const noexcept {
  std::size_t slot = hash64(path) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const Endpoint& endpoint = endpoints_[slots_[slot] - 1U];
    if (endpoint.path == path) return &endpoint;
  }
  return nullptr;
}

const Endpoint* Catalogue::by_name(std::string_view name) const noexcept {
  const auto it = std::ranges::find(endpoints_, name, &Endpoint::name);
  return it == endpoints_.end() ? nullptr : &*it;
}

std::size_t Catalogue::index_of(const Endpoint& endpoint) const noexcept {
  assert(endpoint.position < endpoints_.size());
  return endpoint.position;
}

bool Catalogue::is_credential(std::string_view name) const noexcept {
  return !name.empty() && name.size() == credential_.size() &&
         std::ranges::equal(name, credential_, {}, to_lower);
}

bool Catalogue::has_family(std::string_view family) const noexcept {
  return std::ranges::find(endpoints_, family, &Endpoint::family) != endpoints_.end();
}

std::vector<std::string_view> Catalogue::families() const {
  std::vector<std::string_view> names;
  for (const auto& endpoint : endpoints_) names.emplace_back(endpoint.family);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void Catalogue::set_freshness(std::string_view family, const Freshness& freshness) {
  if (!has_family(family)) throw std::logic_error("no such family: " + std::string(family));
  for (auto& endpoint : endpoints_) {
    if (endpoint.family == family) endpoint.freshness.set(freshness);
  }
}

}  // namespace quotecached::catalog
