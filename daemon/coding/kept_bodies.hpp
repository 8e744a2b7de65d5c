// Encoded bodies of whole answers, kept beside the copies that they were made of.
//
// What is kept is found by the copy itself, not by its entity tag: two copies with one tag have the
// same data and may differ in the status beside it, and nobody gets bytes that are not those of the
// copy that answers. A copy that is gone takes its bodies along when room is needed or new ones
// come. Bounded in bytes; who was not asked for longest goes first. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/mutex.hpp"
#include "base/types.hpp"
#include "coding/coding.hpp"

namespace quotecached::coding {

using Body = std::shared_ptr<const std::string>;

class KeptBodies {
 public:
  // What a body was made of: a copy, and the cost that its status tells.
  struct Source {
    std::shared_ptr<const void> copy;
    std::int64_t cost = 0;
  };
  struct Load {
    std::size_t bodies = 0;
    std::size_t bytes = 0;
    std::uint64_t hits = 0;
  };

  explicit KeptBodies(Bytes most) : most_(most) {}

  // Null when there is none.
  [[nodiscard]] Body find(const Source& source, Coding coding);
  // Not kept when it alone is more than there is room for.
  void keep(const Source& source, Coding coding, Body body);
  [[nodiscard]] Load load() const;

 private:
  struct Key {
    const void* copy;
    std::int64_t cost;
    Coding coding;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Kept {
    Key key;
    std::weak_ptr<const void> copy;  // of an address that was used again the first is expired
    Body body;
  };
  using Order = std::list<Kept>;  // last asked for first

  [[nodiscard]] static Key key_of(const Source& source, Coding coding) noexcept {
    return {source.copy.get(), source.cost, coding};
  }
  void drop(Order::iterator kept) REQUIRES(mutex_);

  const Bytes most_;
  mutable Mutex mutex_;
  Order order_ GUARDED_BY(mutex_);
  std::unordered_map<Key, Order::iterator, Hash> places_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::uint64_t hits_ GUARDED_BY(mutex_) = 0;
};

}  // namespace quotecached::coding
