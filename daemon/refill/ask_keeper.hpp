// Keeps what clients ask for in the database, so that a restart need not learn it again.
#pragma once

#include <chrono>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "refill/renewals.hpp"

namespace quotecached::store {
class ReaderPool;
class Writer;
}  // namespace quotecached::store

namespace quotecached::refill {

// Owned by the app and used on the engine's loop only.
class AskKeeper {
 public:
  // Both must outlive it.
  AskKeeper(store::Writer& writer, const Renewals& renewals, TimePoint now, Log log)
      : writer_(writer), renewals_(renewals), kept_at_(now), log_(std::move(log)) {}

  // Writes down what was asked for since the last time, about every ten minutes. To be called about
  // once a second.
  void tick(TimePoint now);

  // ... at once; for the stop. Written behind, a few hundred rows at a time, so that holds of calls
  // never wait long for it; what nobody has asked for within AskCount::kIdleAfter is dropped.
  // What cannot be written is told to the log and left: it is learned again.
  void keep(TimePoint now);

 private:
  store::Writer& writer_;
  const Renewals& renewals_;
  TimePoint kept_at_;
  Log log_;
};

// What was kept. Blocks. Fails with Unavailable.
Result<std::vector<Renewals::Kept>> load_asks(store::ReaderPool& readers, TimePoint now);

}  // namespace quotecached::refill
