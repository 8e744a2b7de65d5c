// Looks at what takes time to look at: the database and its disk, and all copies there are.
// Blocks: for pool threads, each look owning what it touches.
#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "health/facts.hpp"

namespace quotecached {
namespace cache {
class MemoryTier;
}
namespace store {
class ReaderPool;
}
}  // namespace quotecached

namespace quotecached::app {

struct DiskRoom {
  Bytes free;
  Bytes used;  // by the database and its log; what of them is not there is empty
};

// Fails with Unavailable, saying why.
struct DiskLook {
  std::string database;  // the file

  Result<DiskRoom> operator()() const;
};

struct CopiesLook {
  const cache::MemoryTier* memory;             // outlives the pool
  std::shared_ptr<store::ReaderPool> readers;  // null: there is no database
  TimePoint now;

  // `has_lower_copies` is about the database alone.
  health::RunwayFacts operator()() const;
};

}  // namespace quotecached::app
