#include "usage/pruner.hpp"

#include <array>
#include <cstddef>

#include "store/writer.hpp"
#include "usage/usage_rows.hpp"

namespace quotecached::usage {
namespace {

struct Kept {
  KeptTable table;
  milliseconds Pruner::Options::* how_long;
};
constexpr std::string_view kAll = "true";

constexpr std::array<Kept, 10> kKept{{
    {{"usage_minutes", "starts_at", kAll}, &Pruner::Options::keep_minutes},
    {{"usage_hits_minutes", "starts_at", kAll}, &Pruner::Options::keep_minutes},
    {{"usage_hours", "starts_at", kAll}, &Pruner::Options::keep_hours},
    {{"usage_hits_hours", "starts_at", kAll}, &Pruner::Options::keep_hours},
    {{"usage_days", "starts_at", kAll}, &Pruner::Options::keep_days},
    {{"usage_hits_days", "starts_at", kAll}, &Pruner::Options::keep_days},
    {{"usage_calls_days", "starts_at", kAll}, &Pruner::Options::keep_days},
    {{"usage_ages_days", "starts_at", kAll}, &Pruner::Options::keep_days},
    {{"usage_assets_days", "starts_at", kAll}, &Pruner::Options::keep_days},
    // A call that is held is still to be settled.
    {{"upstream_calls", "started_at", "state <> 0"}, &Pruner::Options::keep_days},
}};

// Takes a chunk of the first table that has something old. False when none has.
bool prune_chunk(SQLite::Database& database, const Pruner::Options& options, TimePoint now) {
  for (const auto& kept : kKept) {
    const auto end = now - options.*kept.how_long;
    if (drop_rows(database, kept.table, end, options.chunk) > 0) return true;
  }
  return false;
}

// One chunk, and the next one behind what was queued meanwhile.
void queue_chunk(store::Writer& writer, const Pruner::Options& options, TimePoint now, int chunks) {
  auto job = [&writer, options, now, chunks](SQLite::Database& database) {
    if (prune_chunk(database, options, now) && chunks > 1)
      queue_chunk(writer, options, now, chunks - 1);
  };
  writer.submit(std::move(job));  // a full queue: the next round prunes
}

}  // namespace

Pruner::Pruner(store::Writer& writer, Options options) : writer_(writer), options_(options) {}

void Pruner::tick(TimePoint now) {
  const bool is_due = !last_round_ || now < *last_round_ || now >= *last_round_ + options_.every;
  if (!is_due) return;
  last_round_ = now;
  queue_chunk(writer_, options_, now, options_.most_chunks);
}

}  // namespace quotecached::usage
