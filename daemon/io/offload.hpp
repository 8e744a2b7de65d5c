// Runs blocking functions on a few threads, so that no loop ever blocks.
//
//   auto rows = co_await io::offload(pool, std::move(query), 250ms);
//
// Threads and queue are bounded. The pool must outlive the coroutines that use it; functions own
// their data, since a caller whose deadline passed is gone while its function may still run.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "io/handoff.hpp"

namespace quotecached::io {

class OffloadPool {
 public:
  struct Options {
    std::size_t threads = 2;
    std::size_t max_queued = 256;  // functions that wait for a thread
  };
  struct Load {
    std::size_t queued = 0;
    std::size_t running = 0;
    std::uint64_t refused = 0;  // the queue was full, or the pool stopped
  };
  // Destroyed without a run when the pool stops first.
  class Work {
   public:
    virtual ~Work() = default;
    virtual void run() noexcept = 0;
  };

  explicit OffloadPool(Options options);  // Requires: threads > 0
  ~OffloadPool();                         // stop()

  // All thread-safe. post() is false when the queue is full or the pool has stopped.
  bool post(std::unique_ptr<Work> work);
  [[nodiscard]] Load load() const;

  // Drops what has not started (its callers get Unavailable) and waits for what runs.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

namespace detail {

template <class R>
struct Unwrapped {
  using Type = R;
};
template <class T>
struct Unwrapped<Result<T>> {
  using Type = T;
};
// What a function yields: T, whether it returns T or Result<T>.
template <class F>
using Yield = typename Unwrapped<std::invoke_result_t<F&>>::Type;

template <class F>
class Offloaded final : public OffloadPool::Work {
 public:
  Offloaded(F fn, Handoff<Yield<F>> handoff) : fn_(std::move(fn)), handoff_(std::move(handoff)) {}
  ~Offloaded() override { handoff_.deliver(fail(ErrorCode::Unavailable, "stopped")); }

  void run() noexcept override {
    if (handoff_.is_abandoned()) return;
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
        fn_();
        handoff_.deliver({});
      } else {
        handoff_.deliver(fn_());
      }
    } catch (const std::exception& e) {
      handoff_.deliver(fail(ErrorCode::Unavailable, e.what()));
    } catch (...) {
      handoff_.deliver(fail(ErrorCode::Unavailable, "unknown exception"));
    }
  }

 private:
  F fn_;
  Handoff<Yield<F>> handoff_;
};

}  // namespace detail

// Runs `fn` on the pool and resumes on the caller's own loop with what it returned. Fails with
// Exhausted when the queue is full, with Timeout when `limit` passes first (a function that has not
// started by then never does; a late result is dropped), with Unavailable when `fn` throws.
// Requires: the pool outlives the loop.
template <class F>
// NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters)
asio::awaitable<Result<detail::Yield<F>>> offload(OffloadPool& pool,
                                                  F fn,
                                                  std::chrono::milliseconds limit) {
  const Handoff<detail::Yield<F>> handoff;
  auto work = std::make_unique<detail::Offloaded<F>>(std::move(fn), handoff);
  if (!pool.post(std::move(work))) {
    co_return fail(ErrorCode::Exhausted, "too much blocking work queued");
  }
  co_return co_await handoff.receive(limit);
}

}  // namespace quotecached::io
