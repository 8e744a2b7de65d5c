// Carries out what is ordered: one run at a time, call by call.
//
// Owned by the app and used on the engine's loop only. A run is optional spending like any warming:
// it stops as soon as the spend mode, the reserve of clients or its own limit says so. It belongs
// to nobody: who ordered it may leave, and it goes on.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "credit/book.hpp"
#include "io/event.hpp"
#include "io/task_group.hpp"
#include "pacing/spend_policy.hpp"
#include "refill/refill.hpp"
#include "warm/fetcher.hpp"
#include "warm/order.hpp"
#include "warm/run.hpp"
#include "warm/run_log.hpp"
#include "warm/run_plan.hpp"

namespace quotecached::warm {

namespace asio = boost::asio;

class Runs {
 public:
  // All must outlive it.
  struct Parts {
    Fetcher& fetcher;
    refill::Refill& refill;
    credit::Book& book;
    const pacing::PublishedPolicy& policy;
    RunLog& log;
    const Clock& clock;
  };
  struct Options {
    Lists lists;
    // In which clients ask most for assets, named by `kind`, each with one convert.
    std::function<std::vector<refill::LanePtr>(catalog::KeyKind kind)> lanes;
    // That of assets by id in this convert. Fails with Invalid.
    std::function<Result<refill::LanePtr>(const std::string& convert)> lane_in;
  };

  Runs(asio::any_io_executor loop, const Parts& parts, Options options, const Log& log);

  // Begins what is ordered, and waits for its end if it is to. Fails with Exhausted while another
  // is running, with Invalid for what cannot be ordered.
  asio::awaitable<Result<Run>> order(Order order);

  // Of orders from here on.
  void change(Lists lists) { options_.lists = std::move(lists); }

  [[nodiscard]] bool is_idle() const noexcept { return tasks_.running() == 0; }
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  // To warm in, for assets that are named so.
  [[nodiscard]] Result<std::vector<refill::LanePtr>> lanes(const Order& order,
                                                           catalog::KeyKind kind) const;
  [[nodiscard]] Result<std::vector<PlannedLane>> plan(const Order& order) const;
  asio::awaitable<void> carry_out(RunPtr run, Order order, std::vector<PlannedLane> plan);
  // The next assets of the lane, as many as one call holds.
  asio::awaitable<void> carry_out_some(
      Run* run, const Order* order, const PlannedLane* lane, std::size_t begin, std::size_t end);
  // Why the run must not go on; empty: it may spend `price`.
  [[nodiscard]] std::string why_not(const Run& run, const Order& order, Credits price) const;
  [[nodiscard]] bool is_unasked(const std::string& key) const;
  void take(Run& run,
            const PlannedLane& lane,
            std::span<const PlannedLane::Asset> asked,
            const std::vector<Fetched>& fetched);
  static void note_name(Run& run, const Fetched& one);
  static void count(Run& run,
                    const PlannedLane& lane,
                    const PlannedLane::Asset& asset,
                    Outcome::How how);
  Parts parts_;
  Options options_;
  RunPtr current_;                                     // null: none is running
  std::unordered_map<std::string, TimePoint> warmed_;  // by key, in a run
  io::Event ended_;
  io::TaskGroup tasks_;
};

}  // namespace quotecached::warm
