// What the listeners of one ask are told: of each row the last event alone, in the order in which
// rows changed last; and where one listener stands in that.
//
// Pure. A listener is nothing but its place in the order, so a slow one skips values that others
// have replaced meanwhile, and always comes to the last of each row. One thread's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "stream/event.hpp"

namespace quotecached::stream {

// The last event of a slot: a row, or the lists of what has no row.
struct Change {
  std::uint64_t slot = 0;
  std::uint64_t version = 0;  // every event has one of its own, younger ones a higher one
  TextPtr text;
  bool is_gone = false;  // the row has left: who never had it need not be told
};

// The lists' own slot.
inline constexpr std::uint64_t kLists = 0;

class Feed {
 public:
  struct Item {
    std::uint64_t slot = 0;
    TextPtr text;
    std::uint64_t position = 0;  // among all events that the feed was ever given
    bool is_gone = false;
  };
  using Items = std::map<std::uint64_t, Item>;  // by version

  // Takes changes by ascending versions, none below what was taken before; one whose version its
  // slot has already says the same in other words, and takes the place of it unseen.
  void take(std::span<const Change> changes);

  // Who has everything up to there and is told what is younger misses nothing.
  void set_complete_since(std::uint64_t version) noexcept { complete_since_ = version; }
  [[nodiscard]] std::uint64_t complete_since() const noexcept { return complete_since_; }

  [[nodiscard]] const Items& items() const noexcept { return items_; }
  [[nodiscard]] std::uint64_t given() const noexcept { return given_; }

 private:
  Items items_;
  std::unordered_map<std::uint64_t, std::uint64_t> versions_;  // by slot
  std::uint64_t given_ = 0;
  std::uint64_t complete_since_ = 0;
};

// Where a listener stands.
class Cursor {
 public:
  // One that has all up to `since`, or nothing. True: it is told all that there is.
  bool start(const Feed& feed, std::uint64_t since);

  // What it has not yet, the oldest change first, as many as `out` takes.
  [[nodiscard]] std::size_t next(const Feed& feed, std::span<const Feed::Items::value_type*> out);
  // It has `item` now. Returns the values before it that it never got, others having come in their
  // place.
  std::uint64_t took(const Feed::Items::value_type& item) noexcept;
  [[nodiscard]] bool has_all(const Feed& feed) const noexcept {
    return feed.items().empty() || feed.items().rbegin()->first <= up_to_;
  }

 private:
  std::uint64_t up_to_ = 0;        // the version of the last event it has
  std::uint64_t snapshot_to_ = 0;  // versions up to there it is told as what is, not as news
  std::uint64_t position_ = 0;     // of the last event that it has or has passed
};

}  // namespace quotecached::stream
