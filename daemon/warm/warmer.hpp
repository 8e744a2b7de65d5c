// Renews copies ahead of their clients: looks about once a second for what is due and has refill
// fetch it.
//
// Owned by the app and used on the engine's loop only, but for counters(). Ahead and Roster decide;
// this obeys.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cache/chain.hpp"
#include "credit/book.hpp"
#include "io/event.hpp"
#include "io/task_group.hpp"
#include "pacing/spend_policy.hpp"
#include "refill/refill.hpp"
#include "warm/ahead.hpp"
#include "warm/fetcher.hpp"
#include "warm/roster.hpp"
#include "warm/run_log.hpp"

namespace quotecached::warm {

namespace asio = boost::asio;

class Warmer {
 public:
  // All must outlive it.
  struct Parts {
    cache::Chain& chain;
    refill::Refill& refill;
    credit::Book& book;
    const pacing::PublishedPolicy& policy;
    RunLog& runs;
    refill::LanePtr usual_lane;  // of assets by id while clients ask for none
  };
  struct Options {
    bool renews = true;  // by itself, without being told to
    Ahead::Options ahead;
    Roster::Options roster;
    std::chrono::milliseconds request_deadline{20000};  // how long a call may take
  };

  Warmer(asio::any_io_executor loop,
         const Parts& parts,
         const Options& options,
         const Clock& clock,
         const Log& log);

  // Looks by itself from now on.
  void start();
  // Begins what is due; returns when to look again. For who moves the clock.
  TimePoint look();
  // Other windows and pinned assets from here on, see Roster::change().
  void change(const std::vector<Window>& windows, std::vector<std::string> pinned);
  // Waits until nothing is being renewed, at most `limit`; returns whether it is so.
  asio::awaitable<bool> settle(std::chrono::milliseconds limit);
  [[nodiscard]] bool is_idle() const noexcept { return renewing_.running() == 0; }
  // What others have fetched.
  [[nodiscard]] Fetcher& fetcher() noexcept { return fetcher_; }
  // What is kept warm by order now, for people.
  [[nodiscard]] std::vector<Roster::Pick> kept() const { return roster_.kept(); }
  [[nodiscard]] const Options& options() const noexcept { return options_; }

  // In which clients ask most for assets, those named by `kind`, each with one convert.
  [[nodiscard]] std::vector<refill::LanePtr> lanes(catalog::KeyKind kind, TimePoint now) const;

  // Also ends the runs of windows that are open.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

  [[nodiscard]] const Counters& counters() const noexcept {
    return fetcher_.counters();
  }  // any thread

 private:
  asio::awaitable<void> run();
  [[nodiscard]] std::vector<Roster::Pick> due_by_order(TimePoint now);
  void judge();
  [[nodiscard]] milliseconds lead(const refill::Lane& lane) const;
  void note_turns();
  void open(const Roster::Turn& turn);
  void close(const Roster::Turn& turn);
  asio::awaitable<void> renew(Task task);
  Ahead::End take(const std::vector<Fetched>& fetched);

  Parts parts_;
  Options options_;
  const Clock& clock_;
  Log log_;
  Ahead ahead_;
  Roster roster_;
  Fetcher fetcher_;
  std::map<std::string, RunPtr, std::less<>> windows_;  // that are open, by name
  io::Event due_;
  io::TaskGroup renewing_;
  io::TaskGroup tasks_;
};

}  // namespace quotecached::warm
