#include "stream/feed.hpp"

namespace quotecached::stream {

void Feed::take(std::span<const Change> changes) {
  for (const auto& change : changes) {
    auto& version = versions_[change.slot];
    if (version == change.version) {
      items_[version].text = change.text;
      continue;
    }
    if (change.version < version) continue;  // told already, and something younger since
    items_.erase(version);
    version = change.version;
    items_.emplace(version, Item{change.slot, change.text, ++given_, change.is_gone});
  }
}

bool Cursor::start(const Feed& feed, std::uint64_t since) {
  const auto last = feed.items().empty() ? 0 : feed.items().rbegin()->first;
  const bool is_whole = since == 0 || since < feed.complete_since() || since > last;
  up_to_ = is_whole ? 0 : since;
  snapshot_to_ = is_whole ? last : 0;
  position_ = feed.given();
  return is_whole;
}

std::size_t Cursor::next(const Feed& feed, std::span<const Feed::Items::value_type*> out) {
  std::size_t count = 0;
  for (auto it = feed.items().upper_bound(up_to_); it != feed.items().end() && count < out.size();
       ++it) {
    const bool is_old_news = it->second.is_gone && it->first <= snapshot_to_;
    if (!is_old_news) {
      out[count++] = &*it;
    } else if (count == 0) {
      up_to_ = it->first;
    }
  }
  return count;
}

std::uint64_t Cursor::took(const Feed::Items::value_type& item) noexcept {
  up_to_ = item.first;
  const auto position = item.second.position;
  if (position <= position_) return 0;
  const auto skipped = position - position_ - 1;
  position_ = position;
  return skipped;
}

}  // namespace quotecached::stream
