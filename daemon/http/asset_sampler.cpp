#include "http/asset_sampler.hpp"

#include <utility>

namespace quotecached::http {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"", "id", "symbol", "slug"};
static_assert(static_cast<std::size_t>(catalog::KeyKind::Slug) == kKinds.size() - 1);

}  // namespace

AssetSampler::AssetSampler(std::uint32_t seed) : random_(seed), left_(next_distance()) {}

// From 1 to 31, kOneIn on average.
std::uint32_t AssetSampler::next_distance() {
  return std::uniform_int_distribution<std::uint32_t>(1, 2 * kOneIn - 1)(random_);
}

void AssetSampler::sample(const catalog::Request* request) {
  left_ = next_distance();
  if (request == nullptr || request->kind == catalog::KeyKind::None) return;
  const MutexLock lock(mutex_);
  auto& counts = counts_[static_cast<std::size_t>(request->kind)];
  for (const auto asset : request->assets) count(counts, asset);
}

void AssetSampler::add(std::span<const std::uint64_t> ids) {
  const MutexLock lock(mutex_);
  auto& counts = counts_[static_cast<std::size_t>(catalog::KeyKind::Id)];
  for (const auto id : ids) count(counts, std::to_string(id));
}

void AssetSampler::count(Counts& counts, std::string_view asset) {
  auto at = counts.find(asset);
  if (at == counts.end()) {
    const bool has_room = assets_ < kMostAssets;
    if (has_room) ++assets_;
    at = counts.try_emplace(has_room ? std::string(asset) : std::string(), 0).first;
  }
  at->second += kOneIn;
}

std::vector<usage::AssetSample> AssetSampler::take() {
  std::array<Counts, 4> taken;
  {
    const MutexLock lock(mutex_);
    std::swap(taken, counts_);
    assets_ = 0;
  }
  std::vector<usage::AssetSample> samples;
  for (std::size_t kind = 0; kind < taken.size(); ++kind) {
    for (const auto& [asset, requests] : taken[kind])
      samples.push_back({std::string(kKinds[kind]), asset, requests});
  }
  return samples;
}

}  // namespace quotecached::http
