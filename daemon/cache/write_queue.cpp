#include "cache/write_queue.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace quotecached::cache {
namespace {

std::uint64_t size_of(const Item& item) {
  return item.key.size() + item.entry->fragment.text.size();
}

}  // namespace

std::size_t WriteQueue::push(Item item) {
  bytes_ += size_of(item);
  items_.push_back(std::move(item));
  std::size_t dropped = 0;
  while (!items_.empty() && (items_.size() > max_items_ || bytes_ > max_bytes_.count)) {
    pop();
    ++dropped;
  }
  return dropped;
}

std::vector<Item> WriteQueue::take(std::size_t count) {
  std::vector<Item> taken;
  taken.reserve(std::min(count, items_.size()));
  while (!items_.empty() && taken.size() < count) {
    taken.push_back(items_.front());
    pop();
  }
  return taken;
}

void WriteQueue::remove(const std::vector<std::string>& keys) {
  const std::unordered_set<std::string_view> gone(keys.begin(), keys.end());
  std::erase_if(items_, [&](const Item& item) {
    if (!gone.contains(item.key)) return false;
    bytes_ -= size_of(item);
    return true;
  });
}

std::size_t WriteQueue::clear() {
  bytes_ = 0;
  return std::exchange(items_, {}).size();
}

void WriteQueue::pop() {
  bytes_ -= size_of(items_.front());
  items_.pop_front();
}

}  // namespace quotecached::cache
