#include "coding/kept_bodies.hpp"

#include <functional>
#include <utility>

namespace quotecached::coding {
namespace {

// Beside the text: the node of the list, its place in the table, the string and its count.
constexpr std::size_t kOverhead = 256;

std::size_t cost_of(const Body& body) noexcept { return body->capacity() + kOverhead; }

}  // namespace

std::size_t KeptBodies::Hash::operator()(const Key& key) const noexcept {
  constexpr std::size_t kSpread = 0x9e3779b97f4a7c15;
  auto hash = std::hash<const void*>()(key.copy);
  hash = hash * kSpread + std::hash<std::int64_t>()(key.cost);
  return hash * kSpread + index_of(key.coding);
}

Body KeptBodies::find(const Source& source, Coding coding) {
  const MutexLock lock(mutex_);
  const auto place = places_.find(key_of(source, coding));
  if (place == places_.end()) return nullptr;
  const auto kept = place->second;
  if (kept->copy.expired()) {
    drop(kept);
    return nullptr;
  }
  order_.splice(order_.begin(), order_, kept);
  ++hits_;
  return kept->body;
}

void KeptBodies::keep(const Source& source, Coding coding, Body body) {
  const auto cost = cost_of(body);
  const MutexLock lock(mutex_);
  const auto key = key_of(source, coding);
  if (const auto place = places_.find(key); place != places_.end()) drop(place->second);
  while (!order_.empty() && order_.back().copy.expired()) drop(std::prev(order_.end()));
  if (cost > most_.count) return;
  while (!order_.empty() && bytes_ + cost > most_.count) drop(std::prev(order_.end()));
  order_.push_front({key, source.copy, std::move(body)});
  try {
    places_.emplace(key, order_.begin());
  } catch (...) {
    order_.pop_front();  // neither found nor counted, it could not be dropped
    throw;
  }
  bytes_ += cost;
}

KeptBodies::Load KeptBodies::load() const {
  const MutexLock lock(mutex_);
  return {order_.size(), bytes_, hits_};
}

void KeptBodies::drop(Order::iterator kept) {
  bytes_ -= cost_of(kept->body);
  places_.erase(kept->key);
  order_.erase(kept);
}

}  // namespace quotecached::coding
