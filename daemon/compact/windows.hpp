// Lists that memory holds, and where the row of an asset stands in them.
//
// Thread-safe. Holds no list itself: what memory has let go is forgotten, once nobody else holds it
// either, and what was purged at once. A list is read when it is
// first looked through, so lists cost nothing while nobody asks for rows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "cache/entry.hpp"
#include "cache/memory_tier.hpp"
#include "compact/source.hpp"

namespace quotecached::compact {

class Window {
 public:
  Window(const cache::Item& item, const catalog::Endpoint& endpoint);

  [[nodiscard]] const std::string& key() const noexcept { return key_; }
  [[nodiscard]] const Source& source() const noexcept { return source_; }
  [[nodiscard]] cache::EntryPtr entry() const { return entry_.lock(); }
  [[nodiscard]] bool has_convert(std::string_view convert) const;
  // The object of the asset in the list; empty: it is not there. Requires: `list` is entry().
  [[nodiscard]] std::string_view find(const cache::Entry& list, std::uint64_t id) const;

 private:
  struct Place {
    std::uint64_t id;
    std::uint32_t begin;
    std::uint32_t end;
  };
  void read(const cache::Entry& list) const REQUIRES(mutex_);

  std::string key_;
  std::weak_ptr<const cache::Entry> entry_;
  Source source_;
  std::vector<std::string> converts_;
  mutable Mutex mutex_;
  mutable bool is_read_ GUARDED_BY(mutex_) = false;
  mutable std::vector<Place> places_ GUARDED_BY(mutex_);  // by id
};
using WindowPtr = std::shared_ptr<const Window>;

class Windows {
 public:
  // `memory`, of which the lists are, must outlive it; null: nothing is ever purged.
  explicit Windows(const Endpoints& endpoints, const cache::MemoryTier* memory = nullptr)
      : endpoints_(endpoints), memory_(memory) {}

  // An entry was filed; what is no list is passed over.
  void note(const cache::Item& item);
  // The last ones first.
  [[nodiscard]] std::vector<WindowPtr> all() const;

 private:
  static constexpr std::size_t kMost = 16;

  void drop_purged() const REQUIRES(mutex_);

  const Endpoints& endpoints_;
  const cache::MemoryTier* memory_;
  mutable Mutex mutex_;
  mutable std::vector<WindowPtr> windows_ GUARDED_BY(mutex_);  // the last one last
  mutable std::uint64_t purges_seen_ GUARDED_BY(mutex_) = 0;
};

}  // namespace quotecached::compact
