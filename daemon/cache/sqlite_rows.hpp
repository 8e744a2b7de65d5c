// The entries table: what the SQLite tier does to it, statement by statement. Blocks; throws
// SQLite::Exception.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "cache/codec.hpp"
#include "cache/tier.hpp"

namespace SQLite {
class Database;
}
namespace quotecached::store {
class Reader;
}

namespace quotecached::cache {

// What a read found, and the places of the keys whose values were left alone for their size.
struct RowsRead {
  Found found;
  std::vector<std::size_t> large;
  Bytes large_size;  // of all of them
};

// All keys from one snapshot of the database; entries past their stale_until are misses. Values
// (as they are stored) larger than `max_value` are not read.
RowsRead read_entries(store::Reader& reader,
                      const std::vector<std::string>& keys,
                      TimePoint now,
                      const CodecLimits& limits,
                      Bytes max_value);

// The keys of entries that may still be used and that `matches`. Goes through all of them: seconds,
// where there are many.
std::vector<std::string> find_keys(
    store::Reader& reader,
    TimePoint now,
    const CodecLimits& limits,
    const std::function<bool(const std::string& key, const Entry&)>& matches);

// A row stays when it is younger than the item, unless it claims to come from the future.
void upsert_entries(SQLite::Database& database,
                    const std::vector<Item>& items,
                    TimePoint now,
                    const CodecLimits& limits);

void delete_entries(SQLite::Database& database, const std::vector<std::string>& keys);

// Deletes up to a chunk of rows that have expired or, when the database holds more than
// `max_bytes`, of those that end first, and gives free pages back to the file system. True when
// there is more.
bool prune_entries(SQLite::Database& database, TimePoint now, Bytes max_bytes);

// Proves that the database can be written: files a row and deletes it.
void write_and_delete(SQLite::Database& database);

}  // namespace quotecached::cache
