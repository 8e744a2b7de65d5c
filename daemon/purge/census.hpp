// Counts what a pattern covers, where entries can be looked through: in memory and SQLite.
//
// Redis is shared with other data, and Memcached cannot list what it holds: what only they have is
// not counted, and is purged all the same.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "cache/memory_tier.hpp"
#include "cache/purge_pattern.hpp"

namespace quotecached::io {
class OffloadPool;
}
namespace quotecached::store {
class ReaderPool;
}

namespace quotecached::purge {

namespace asio = boost::asio;

struct Census {
  std::size_t memory = 0;
  std::optional<std::size_t> sqlite;  // empty: there is none, or it could not be read in time
  std::size_t entries = 0;            // distinct keys
};

// What it reads from. `readers` may be null: there is no database.
struct Places {
  const cache::MemoryTier& memory;
  std::shared_ptr<store::ReaderPool> readers;
  io::OffloadPool* pool = nullptr;
};

// The keys of what memory has that may still be served. Any thread; looks at all of memory.
[[nodiscard]] std::set<std::string> covered_keys(const cache::MemoryTier& memory,
                                                 const cache::PurgePattern& pattern,
                                                 TimePoint now);

// What is purged already is not counted again. `in_memory`: the covered_keys() there. On the
// engine's loop; the database is read on a thread of the pool, for `limit` at most.
asio::awaitable<Census> count_entries(Places places,
                                      cache::PurgePattern pattern,
                                      std::set<std::string> in_memory,
                                      TimePoint now,
                                      std::chrono::milliseconds limit);

}  // namespace quotecached::purge
