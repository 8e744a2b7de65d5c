// Has copies fetched that nobody waits for, unless they are being fetched or the chain has them.
//
// Owned by the Warmer and used on the engine's loop only. What it fetches is booked as optional
// spending: the book and the spend policy may refuse it, and clients are never held up by it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "cache/chain.hpp"
#include "credit/book.hpp"
#include "refill/refill.hpp"
#include "warm/ahead.hpp"
#include "warm/outcomes.hpp"
#include "warm/run.hpp"

namespace quotecached::warm {

namespace asio = boost::asio;

struct Counters {
  std::atomic<std::uint64_t> warmed{0};      // copies that were fetched
  std::atomic<std::uint64_t> shared{0};      // copies that another daemon had fetched
  std::atomic<std::uint64_t> failed{0};      // copies that could not be had
  std::atomic<std::uint64_t> wasted{0};      // of the warmed, no ask found them fresh
  std::atomic<std::uint64_t> asks_fresh{0};  // asks that found a warmed copy fresh
};

// What became of one asset of a task.
struct Fetched {
  enum class How : std::uint8_t {
    Renewed,
    Fresh,    // the chain had it
    Absent,   // the provider has no such asset
    Busy,     // it is being fetched
    Planned,  // in a dry errand: it would be fetched
    Refused,  // it may not be paid for now
    Failed,
  };
  std::string asset;
  std::int64_t run = 0;  // for which it was fetched
  std::string key;
  How how = How::Failed;
  TimePoint until{};       // fresh; of a copy that is there
  std::size_t assets = 1;  // that share the name; of a copy that is there
  bool was_asked = false;  // the provider was, or would have been
  std::string why{};       // it was refused, or failed
};

// The same in a run.
[[nodiscard]] Outcome::How outcome_of(Fetched::How how) noexcept;

class Fetcher {
 public:
  // All must outlive it.
  struct Parts {
    cache::Chain& chain;
    refill::Refill& refill;
    credit::Book& book;
    const Clock& clock;
  };

  Fetcher(const Parts& parts, std::chrono::milliseconds request_deadline)
      : parts_(parts), request_deadline_(request_deadline) {}

  struct Errand {
    Task task;
    credit::Cause cause = credit::Cause::Warm;
    bool is_dry = false;   // nothing is fetched
    milliseconds left{0};  // a copy that is fresh for longer is left alone
  };
  // One for each asset of the task, in no order.
  asio::awaitable<std::vector<Fetched>> fetch(Errand errand);

  // Takes over from the chain the copies that other daemons have fetched of what their clients ask
  // for; nothing is fetched for it.
  asio::awaitable<void> take_over();

  // Takes note of copies that are not fresh any more; tells `take` what became of each.
  template <class Take>
  void judge(Take take) {
    outcomes_.judge(parts_.refill.renewals(), parts_.clock.now(), [&](const auto& judged) {
      if (judged.asks == 0) ++counters_.wasted;
      counters_.asks_fresh += static_cast<std::uint64_t>(judged.asks + 0.5);
      take(judged);
    });
  }

  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }  // any thread

 private:
  struct Progress {
    Errand errand;
    std::vector<Fetched> done;
    std::vector<refill::WantedKey> wanted;  // of the assets that the task has left
  };

  // What has become of an asset of the task.
  static void end(Progress& progress,
                  TaskAsset& asset,
                  std::string key,
                  Fetched::How how,
                  const cache::Entry* copy = nullptr);
  static std::vector<refill::Want> wants_of(Progress& progress);
  [[nodiscard]] std::string why_not(const Task& task) const;
  void drop_unpayable(Progress& progress);
  static void tell_planned(Progress& progress);
  void drop_busy(Progress& progress);
  asio::awaitable<void> drop_fresh(Progress* progress);
  asio::awaitable<void> await(const std::vector<refill::Wanted>* wanted) const;
  void take(Progress& progress, const std::vector<refill::Wanted>& wanted);

  Parts parts_;
  std::chrono::milliseconds request_deadline_;
  Outcomes outcomes_;
  Counters counters_;
};

}  // namespace quotecached::warm
