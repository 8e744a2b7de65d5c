// Many connections that load one server together for a while.
//
// With a rate each request is due at a moment that does not depend on the answers before, and its
// latency counts from there: a server that stalls is charged for all that came due meanwhile.
// Without one each connection asks as soon as it was answered. In waves all connections ask the
// same at once, and then wait for each other. Used on one loop only.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "io/event.hpp"
#include "load/figures.hpp"
#include "load/peer.hpp"
#include "load/workload.hpp"

namespace quotecached::load {

class Crowd {
 public:
  struct Options {
    Endpoint to;
    std::size_t connections = 1;  // at least one
    double rate = 0;              // requests a second over all of them; 0: as answered
    std::chrono::nanoseconds duration{0};
    bool in_waves = false;
  };

  // The workload must outlive it.
  Crowd(const asio::any_io_executor& loop, Options options, Workload& workload);
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // Once. Returns when what was asked is answered, at most half a minute after the end. Fails with
  // Unavailable or Timeout when the server takes no connections at the beginning.
  asio::awaitable<Result<void>> run();
  // Ends it now. Requests in progress are not counted.
  void cut();

  // So far.
  [[nodiscard]] const Figures& figures() const noexcept { return figures_; }
  [[nodiscard]] std::int64_t waves() const noexcept { return wave_; }
  // The workload had nothing more.
  [[nodiscard]] bool is_exhausted() const noexcept { return is_exhausted_; }

 private:
  asio::awaitable<Result<void>> connect_all();
  asio::awaitable<void> converse(Peer& peer);
  asio::awaitable<void> reconnect(Peer& peer);
  // When the next request is due, which is prepared; nothing when there is none any more.
  std::optional<Steady::time_point> take(Peer& peer);
  // Waits for the others.
  asio::awaitable<void> gather(Peer& peer);
  void begin_wave();
  void count(const Result<AnswerHead>& answer, Steady::time_point due);
  void count_unsent();
  [[nodiscard]] Steady::time_point due_of(std::uint64_t place) const;
  [[nodiscard]] bool is_over() const;

  asio::any_io_executor loop_;
  Options options_;
  Workload& workload_;
  std::vector<std::unique_ptr<Peer>> peers_;
  io::Event done_;
  Figures figures_;
  Steady::time_point start_;
  Steady::time_point end_;
  std::uint64_t taken_ = 0;
  std::size_t running_ = 0;
  std::exception_ptr defect_;
  bool is_cut_ = false;
  bool is_exhausted_ = false;
  // In waves.
  std::int64_t wave_ = 0;  // begun
  std::size_t gathered_ = 0;
  bool have_waves_ended_ = false;
  Steady::time_point wave_due_;
  std::string wave_target_;
};

}  // namespace quotecached::load
