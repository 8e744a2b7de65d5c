#include "cache/sqlite_tier.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "cache/key_cap.hpp"
#include "cache/read_time.hpp"
#include "cache/sqlite_rows.hpp"
#include "io/handoff.hpp"
#include "io/offload.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

namespace quotecached::cache {
namespace {

constexpr Bytes kWeightless;

Bytes weight_of(const std::vector<Item>& items) {
  Bytes sum;
  for (const Item& item : items) sum.count += item.key.size() + item.entry->fragment.text.size();
  return sum;
}

// What is read with all else of its lookup; more than that is given time by its size.
constexpr Bytes kSmallValue = kibibytes(256);
constexpr Bytes kAnySize{std::numeric_limits<std::int32_t>::max()};

// Never younger than it is: past the cap an entry comes back stale.
EntryPtr capped(EntryPtr entry, milliseconds cap) {
  if (!entry || entry->fresh_until <= entry->fetched_at + cap) return entry;
  auto older = std::make_shared<Entry>(*entry);
  older->fresh_until = entry->fetched_at + cap;
  return older;
}

// A read on a pool thread, which owns all it touches.
struct ReadWork {
  std::shared_ptr<store::ReaderPool> readers;
  std::vector<std::string> keys;
  TimePoint now;
  SqliteTier::Options options;
  Bytes max_value;

  Result<RowsRead> operator()() const {
    auto read = readers->read([&](store::Reader& reader) {
      return read_entries(reader, keys, now, options.codec, max_value);
    });
    if (!read) return read;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto cap = cap_of(keys[i], options.fresh_cap, options.fresh_times.get());
      read->found.entries[i] = capped(std::move(read->found.entries[i]), cap);
    }
    return read;
  }
};

// Runs one job on the writer and waits for its commit.
asio::awaitable<Result<void>> written(store::Writer* writer,
                                      store::Writer::Job job,
                                      Bytes weight,
                                      milliseconds limit) {
  const io::Handoff<void> handoff;
  auto done = [handoff](Result<void> end) { handoff.deliver(std::move(end)); };
  if (!writer->submit(std::move(job), std::move(done), weight)) {
    co_return fail(ErrorCode::Exhausted, "too many database writes queued");
  }
  co_return co_await handoff.receive(limit);
}

// One chunk, and the next one behind what was queued meanwhile. `chunks` bounds the chain.
void queue_prune(store::Writer& writer, TimePoint now, Bytes max_bytes, int chunks) {
  auto job = [&writer, now, max_bytes, chunks](SQLite::Database& database) {
    const bool has_more = prune_entries(database, now, max_bytes);
    if (has_more && chunks > 1) queue_prune(writer, now, max_bytes, chunks - 1);
  };
  writer.submit(std::move(job));  // a full queue: the next round prunes
}

}  // namespace

SqliteTier::SqliteTier(store::Writer& writer,
                       std::shared_ptr<store::ReaderPool> readers,
                       io::OffloadPool& pool,
                       const Options& options)
    : writer_(writer), readers_(std::move(readers)), pool_(pool), options_(options) {}

asio::awaitable<Result<Found>> SqliteTier::lookup(std::vector<std::string> keys, TimePoint now) {
  ReadWork work{readers_, keys, now, options_, kSmallValue};
  auto read = co_await io::offload(pool_, std::move(work), options_.lookup_timeout);
  if (!read) co_return std::move(read).failure();
  Found found = std::move(read->found);
  if (read->large.empty()) co_return found;
  std::vector<std::string> large;
  for (const std::size_t place : read->large) large.push_back(std::move(keys[place]));
  const milliseconds limit = time_to_read(read->large_size, options_.lookup_timeout);
  ReadWork rest{readers_, std::move(large), now, options_, kAnySize};
  auto large_read = co_await io::offload(pool_, std::move(rest), limit);
  if (!large_read) co_return std::move(large_read).failure();
  for (std::size_t i = 0; i < read->large.size(); ++i)
    found.entries[read->large[i]] = std::move(large_read->found.entries[i]);
  found.undecodable += large_read->found.undecodable;
  co_return found;
}

asio::awaitable<Result<void>> SqliteTier::store(std::vector<Item> items, TimePoint now) {
  std::erase_if(items, [now](const Item& item) { return !is_usable(*item.entry, now); });
  if (now < last_prune_ || now >= last_prune_ + options_.prune_every) prune(now);
  if (items.empty()) co_return Result<void>();
  const Bytes weight = weight_of(items);
  store::Writer::Job job =
      [items = std::move(items), now, limits = options_.codec](SQLite::Database& database) {
        upsert_entries(database, items, now, limits);
      };
  co_return co_await written(&writer_, std::move(job), weight, options_.store_timeout);
}

asio::awaitable<Result<void>> SqliteTier::remove(std::vector<std::string> keys) {
  store::Writer::Job job = [keys = std::move(keys)](SQLite::Database& database) {
    delete_entries(database, keys);
  };
  co_return co_await written(&writer_, std::move(job), kWeightless, options_.store_timeout);
}

asio::awaitable<Result<void>> SqliteTier::probe() {
  auto read = [readers = readers_]() -> Result<void> {
    auto found = readers->read([](store::Reader& reader) {
      return read_entries(reader, {"probe"}, TimePoint(), CodecLimits(), kSmallValue);
    });
    if (!found) return std::move(found).failure();
    return {};
  };
  auto readable = co_await io::offload(pool_, std::move(read), options_.lookup_timeout);
  if (!readable || writer_.health().works) co_return readable;
  store::Writer::Job job = write_and_delete;
  co_return co_await written(&writer_, std::move(job), kWeightless, options_.store_timeout);
}

asio::awaitable<Result<void>> SqliteTier::try_out(std::string key, TimePoint now) {
  const auto writer = writer_.health();
  const bool is_due =
      now < last_write_trial_ || now >= last_write_trial_ + options_.write_trial_every;
  const bool is_doubtful = writer.failed_jobs != failed_jobs_ || writer.queued_jobs > 0;
  if (writer.works && !is_due && !is_doubtful) co_return co_await probe();
  auto how = co_await Tier::try_out(std::move(key), now);
  last_write_trial_ = how ? now : TimePoint();
  failed_jobs_ = writer.failed_jobs;
  co_return how;
}

void SqliteTier::prune(TimePoint now) {
  constexpr int kMaxChunks = 100;
  last_prune_ = now;
  queue_prune(writer_, now, options_.max_bytes, kMaxChunks);
}

}  // namespace quotecached::cache
