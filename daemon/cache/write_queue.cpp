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

std::size_t WriteQueue::push(Item item, Haste haste) {
  bytes_ += size_of(item);
  (haste == Haste::Usual ? items_ : unhurried_).push_back(std::move(item));
  std::size_t dropped = 0;
  while (!is_empty() && (size() > max_items_ || bytes_ > max_bytes_.count)) {
    pop(unhurried_.empty() ? items_ : unhurried_);
    ++dropped;
  }
  return dropped;
}

std::vector<Item> WriteQueue::take(std::size_t count) {
  auto& items = items_.empty() ? unhurried_ : items_;
  std::vector<Item> taken;
  taken.reserve(std::min(count, items.size()));
  while (!items.empty() && taken.size() < count) {
    taken.push_back(items.front());
    pop(items);
  }
  return taken;
}

void WriteQueue::remove(const std::vector<std::string>& keys) {
  const std::unordered_set<std::string_view> gone(keys.begin(), keys.end());
  const auto is_gone = [&](const Item& item) {
    if (!gone.contains(item.key)) return false;
    bytes_ -= size_of(item);
    return true;
  };
  std::erase_if(items_, is_gone);
  std::erase_if(unhurried_, is_gone);
}

std::size_t WriteQueue::clear() {
  const auto count = size();
  bytes_ = 0;
  items_.clear();
  unhurried_.clear();
  return count;
}

void WriteQueue::pop(std::deque<Item>& items) {
  bytes_ -= size_of(items.front());
  items.pop_front();
}

}  // namespace quotecached::cache
