// Answers questions about usage from the database, without blocking the loop that asks.
//
// Lives on the engine's loop. Give it connections and threads of its own: a report over a year may
// keep both for a while, and lookups in the SQLite tier should not wait for it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "io/offload.hpp"
#include "ledger/price.hpp"
#include "store/reader.hpp"
#include "usage/provider_count.hpp"
#include "usage/question.hpp"

namespace quotecached::usage {

namespace asio = boost::asio;

class ReportReader {
 public:
  struct Options {
    ledger::Price price = {};                                    // of a credit
    milliseconds keep_days{std::chrono::days(kMostReportDays)};  // no report begins before
    std::chrono::milliseconds time_limit{10000};                 // for an answer, waiting included
  };

  // `pool` must outlive the reader, and the reader the coroutines of answer().
  ReportReader(std::shared_ptr<store::ReaderPool> readers,
               io::OffloadPool& pool,
               Options options,
               const Clock& clock);

  // The answer as JSON. Fails with Invalid for a period there can be no report of, with Exhausted
  // when too many ask at once, with Timeout, and with Unavailable when the database cannot be read.
  asio::awaitable<Result<std::string>> answer(Question question, AccountFacts account = {});

 private:
  std::shared_ptr<store::ReaderPool> readers_;
  io::OffloadPool& pool_;
  Options options_;
  const Clock& clock_;
};

}  // namespace quotecached::usage
