// Drops usage that was kept for long enough: minutes first, then hours, then days and single calls.
// Months stay.
//
// Works in small chunks, each a job of its own, so that other writes go between them. Owned by the
// engine and used on its loop only. A round goes on without the pruner.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.hpp"

namespace quotecached::store {
class Writer;
}

namespace quotecached::usage {

class Pruner {
 public:
  struct Options {
    milliseconds keep_minutes{std::chrono::days(7)};
    milliseconds keep_hours{std::chrono::days(90)};
    milliseconds keep_days{std::chrono::days(400)};  // and single calls
    milliseconds every{std::chrono::hours(1)};
    int chunk = 500;        // rows a job
    int most_chunks = 400;  // a round; what is left waits for the next
  };

  Pruner(store::Writer& writer, Options options);

  // Starts a round when one is due: at the first call, and then by `every`. Never blocks.
  void tick(TimePoint now);

 private:
  store::Writer& writer_;
  Options options_;
  std::optional<TimePoint> last_round_;
};

}  // namespace quotecached::usage
