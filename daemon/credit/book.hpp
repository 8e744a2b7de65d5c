// The book of upstream calls: nothing is called upstream that it has not admitted, and every call
// is recorded with its endpoint, credits, time and cause.
//
// Owned by the engine and used on its loop only (the counters are readable by anyone). Windows that
// the provider declared spent (1008, 1009, 1010) close it until they end; a refused key (1001-1005,
// 1007) closes it for ten minutes, after which one call at a time tries the key. 1006 refuses one
// endpoint and closes nothing. Recording never blocks; a row that cannot be written is counted.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "credit/windows.hpp"

namespace quotecached::store {
class Writer;
}

namespace quotecached::credit {

// Rows of calls kept in the database, the last ones: more than a month at the largest plan, and a
// fraction of the room that the cached entries beside them may take.
inline constexpr std::int64_t kKeptCalls = 3'000'000;

// Why a call is made.
enum class Cause : std::uint8_t { Miss, Refresh, Warm, Cron, Retry, Probe, Forward };
std::string_view to_string(Cause cause) noexcept;

struct CallIntent {
  std::string_view endpoint;  // catalogue name, or "forward"
  Cause cause = Cause::Miss;
  Credits worst_case;
  std::size_t assets = 0;
};

struct CallOutcome {
  unsigned http_status = 0;     // 0: no answer
  std::int64_t error_code = 0;  // of the provider
  Credits charged;              // status.credit_count
  std::chrono::milliseconds took{0};
};

class Book {
 public:
  // An admitted call. Must be settled; dropping it records the worst case as charged. Must not
  // outlive the book.
  class Ticket;

  struct Totals {
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::int64_t> credits{0};
    std::atomic<std::uint64_t> unrecorded{0};  // rows that could not be written
  };

  // `writer` may be null, for want of a database: then every call counts as unrecorded.
  Book(store::Writer* writer, const Clock& clock, Log log);

  // Fails with Exhausted while a window is closed (message says which, until when), and with
  // Unavailable while the provider refuses the key.
  [[nodiscard]] Result<Ticket> admit(const CallIntent& intent);

  // When admit() will say yes again; empty when it says so now. Where several things close the
  // book, the one that ends last.
  struct Closed {
    TimePoint until;
    std::int64_t error_code;  // 1008, 1009, 1010, or the key's 1001..1005, 1007
  };
  [[nodiscard]] std::optional<Closed> closed(TimePoint now) const;

  [[nodiscard]] const Totals& totals() const noexcept;

 private:
  friend class Ticket;
  // One closed window, kept until it is over. A refused key stays until a call goes through.
  struct Shut {
    Window window;
    std::int64_t error_code = 0;
    std::uint64_t since = 0;  // tickets up to this number say nothing about it
  };
  struct Recorder;  // outlives the book while rows of its are being written

  void settle(const Ticket& ticket, const CallOutcome& outcome);
  void shut_or_open(const Ticket& ticket, const CallOutcome& outcome);
  void record(const Ticket& ticket, const CallOutcome& outcome);

  store::Writer* writer_;
  const Clock& clock_;
  Log log_;
  std::shared_ptr<Recorder> recorder_;
  std::uint64_t last_ticket_ = 0;
  std::array<std::optional<Shut>, kClosures> shut_;  // by Closure
};

class Book::Ticket {
 public:
  Ticket(Ticket&& other) noexcept;
  Ticket& operator=(Ticket&&) = delete;
  ~Ticket();

  void settle(const CallOutcome& outcome);

 private:
  friend class Book;
  Ticket(Book& book, std::uint64_t number, const CallIntent& intent, TimePoint started);

  Book* book_;  // null once settled or moved from
  std::uint64_t number_;
  std::string endpoint_;
  Cause cause_;
  Credits worst_case_;
  std::size_t assets_;
  TimePoint started_;
};

}  // namespace quotecached::credit
