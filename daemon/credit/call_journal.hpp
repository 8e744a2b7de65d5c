// Writes what the book decides to the database: holds that must be committed before a call leaves,
// and what came of them.
//
// Owned by the Book and used on its loop only, but for unrecorded() and error(). While the database
// fails it is tried again by one hold at a time, so that no call waits for a database that is known
// to be locked or full.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/breaker.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "credit/book_rows.hpp"
#include "ledger/account.hpp"
#include "store/writer.hpp"

namespace quotecached::credit {

namespace asio = boost::asio;

class CallJournal {
 public:
  struct Options {
    std::chrono::milliseconds commit_timeout{3000};
    Breaker::Options breaker{.failures_to_open = 1,
                             .first_probe_after = std::chrono::milliseconds(1000),
                             .last_probe_after = std::chrono::milliseconds(10000)};
    std::string account{ledger::kDefaultAccount};  // whose rows it writes
  };
  using Windows = std::vector<ledger::WindowSpend>;

  // `writer` may be null; `why` says why, then. `last_id`: of the calls of a daemon that died.
  CallJournal(
      store::Writer* writer, std::string why, std::int64_t last_id, Options options, Log log);

  // Done when the hold is committed and synced. Fails with Unavailable, or with Timeout: then the
  // row may be written all the same, and is to be forgotten unless its call is made. Cancellation
  // passes through; the row is forgotten.
  asio::awaitable<Result<void>> commit_hold(CallRow row, Windows windows);
  // Never waits.
  void forget(std::int64_t id);

  // These never wait. What cannot be written is logged, a call also counted; its row waits, and
  // written with what comes next. `windows` must be all of the account's: calls left held by a
  // daemon that died become lost in the same transaction.
  void put(CallRow row, Windows windows);
  void take_back(std::int64_t id, Windows windows);
  void keep(Windows windows);
  void keep(PlanReading plan, Windows windows);
  void keep_client(std::string client, Windows windows);  // of that client

  // Nothing is written any more.
  void close() noexcept { writer_ = nullptr; }

  // Holds fail at once for so long; zero: the next one is tried.
  [[nodiscard]] std::chrono::milliseconds rests() const;

  [[nodiscard]] std::string error() const;  // empty while it works; thread-safe
  [[nodiscard]] const std::atomic<std::uint64_t>& unrecorded() const noexcept;

 private:
  struct Shared;  // outlives the journal while jobs of its wait

  using Work = std::function<void(SQLite::Database&)>;
  void write(Work work, std::function<void()> failed = {});

  store::Writer* writer_;
  Options options_;
  Breaker breaker_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace quotecached::credit
