// Entries waiting to be written to a tier, bounded by number and by bytes; the oldest go first, to
// the tier or, when there are too many, nowhere. What has no haste goes to the tier after all else,
// and nowhere before it. Pure; owned by the chain's loop.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/types.hpp"
#include "cache/entry.hpp"

namespace quotecached::cache {

enum class Haste : std::uint8_t { Usual, None };

class WriteQueue {
 public:
  WriteQueue(std::size_t max_items, Bytes max_bytes)
      : max_items_(max_items), max_bytes_(max_bytes) {}

  // Returns how many were dropped to make room; `item` itself when it alone is too large.
  std::size_t push(Item item, Haste haste = Haste::Usual);

  // The oldest of one haste, at most `count`.
  [[nodiscard]] std::vector<Item> take(std::size_t count);

  void remove(const std::vector<std::string>& keys);

  // Returns how many there were.
  std::size_t clear();

  [[nodiscard]] bool is_empty() const noexcept { return size() == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size() + unhurried_.size(); }
  // Does anything wait that has haste?
  [[nodiscard]] bool has_haste() const noexcept { return !items_.empty(); }

 private:
  void pop(std::deque<Item>& items);

  std::size_t max_items_;
  Bytes max_bytes_;
  std::uint64_t bytes_ = 0;
  std::deque<Item> items_;
  std::deque<Item> unhurried_;
};

}  // namespace quotecached::cache
