#include "purge/census.hpp"

#include <utility>
#include <vector>

#include "cache/codec.hpp"
#include "cache/sqlite_rows.hpp"
#include "io/offload.hpp"
#include "store/reader.hpp"

namespace quotecached::purge {
namespace {

using cache::Entry;

// On a pool thread, which owns all it touches.
struct Reading {
  std::shared_ptr<store::ReaderPool> readers;
  std::shared_ptr<const cache::PurgeRules> rules;
  cache::PurgePattern pattern;
  TimePoint now;

  Result<std::vector<std::string>> operator()() const {
    return readers->read([this](store::Reader& reader) {
      return cache::find_keys(
          reader, now, cache::CodecLimits{}, [this](const std::string& key, const Entry& entry) {
            return !cache::covers(*rules, key, entry) && cache::covers(pattern, key, entry);
          });
    });
  }
};

}  // namespace

std::set<std::string> covered_keys(const cache::MemoryTier& memory,
                                   const cache::PurgePattern& pattern,
                                   TimePoint now) {
  std::set<std::string> keys;
  memory.visit([&](const cache::Item& item) {
    if (!cache::is_usable(*item.entry, now) || !cache::covers(pattern, item.key, *item.entry))
      return;
    keys.insert(item.key);
  });
  return keys;
}

asio::awaitable<Census> count_entries(Places places,
                                      cache::PurgePattern pattern,
                                      std::set<std::string> in_memory,
                                      TimePoint now,
                                      std::chrono::milliseconds limit) {
  Census census;
  auto keys = std::move(in_memory);
  census.memory = keys.size();
  if (places.readers && places.pool != nullptr) {
    Reading reading{places.readers, places.memory.purges().rules(), std::move(pattern), now};
    const auto found = co_await io::offload(*places.pool, std::move(reading), limit);
    if (found) {
      census.sqlite = found->size();
      keys.insert(found->begin(), found->end());
    }
  }
  census.entries = keys.size();
  co_return census;
}

}  // namespace quotecached::purge
