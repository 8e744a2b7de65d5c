#include "refill/asked_names.hpp"

#include <algorithm>
#include <utility>

namespace quotecached::refill {
namespace {

const AskedNames::Names kNone;

}  // namespace

AskedName& AskedNames::at(const LanePtr& lane, std::string_view text, std::uint64_t key) {
  auto& name = names_[key];
  if (!name) {
    name = std::make_unique<AskedName>();
    name->key = key;
    name->lane = lane;
    name->text = text;
    lanes_[lane->name()].push_back(name.get());
  }
  return *name;
}

AskedName* AskedNames::find(std::uint64_t key) {
  const auto found = names_.find(key);
  return found == names_.end() ? nullptr : found->second.get();
}

const AskedName* AskedNames::find(std::uint64_t key) const {
  const auto found = names_.find(key);
  return found == names_.end() ? nullptr : found->second.get();
}

void AskedNames::lead(AskedName& name, std::span<const std::uint64_t> parts) {
  if (std::ranges::equal(name.parts, parts)) return;
  unlead(name);
  name.parts.assign(parts.begin(), parts.end());
  for (const auto part : name.parts) parts_[part].push_back(&name);
}

const AskedNames::Names& AskedNames::of(const Lane& lane) const {
  const auto found = lanes_.find(lane.name());
  return found == lanes_.end() ? kNone : found->second;
}

const AskedNames::Names& AskedNames::leading_to(std::uint64_t part) const {
  const auto found = parts_.find(part);
  return found == parts_.end() ? kNone : found->second;
}

void AskedNames::for_each(const std::function<void(const AskedName&)>& visit) const {
  for (const auto& [key, name] : names_) visit(*name);
}

void AskedNames::forget_least(std::size_t keep, TimePoint now) {
  if (names_.size() <= keep) return;
  Names all;
  all.reserve(names_.size());
  for (const auto& [key, name] : names_) all.push_back(name.get());
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(keep);
  std::ranges::nth_element(all, first, [now](const AskedName* a, const AskedName* b) {
    return a->asks.daily(now) > b->asks.daily(now);
  });
  for (auto least = first; least != all.end(); ++least) forget(**least);
}

void AskedNames::unlead(const AskedName& name) {
  for (const auto part : name.parts) {
    const auto found = parts_.find(part);
    std::erase(found->second, &name);
    if (found->second.empty()) parts_.erase(found);
  }
}

void AskedNames::forget(const AskedName& name) {
  unlead(name);
  const auto lane = lanes_.find(name.lane->name());
  std::erase(lane->second, &name);
  if (lane->second.empty()) lanes_.erase(lane);
  names_.erase(std::uint64_t{name.key});
}

}  // namespace quotecached::refill
