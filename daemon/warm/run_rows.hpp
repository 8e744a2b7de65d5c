// Runs in the database.
#pragma once

#include <cstdint>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "warm/run.hpp"

namespace quotecached::store {
class ReaderPool;
class Writer;
}  // namespace quotecached::store

namespace quotecached::warm {

inline constexpr std::size_t kRunsKept = 1000;

// Writes behind. What cannot be written is told to the log and left.
void keep_run(store::Writer& writer, const Run& run, const Log& log);
// So many more asks found copies of the run fresh.
void keep_asks(store::Writer& writer, std::int64_t run, double asks, const Log& log);

// The last ones, the newest first, at most `most`; those that no daemon runs any more are lost.
// Blocks. Fails with Unavailable.
Result<std::vector<Run>> load_runs(store::ReaderPool& readers, std::size_t most);

}  // namespace quotecached::warm
