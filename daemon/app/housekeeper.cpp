#include "app/housekeeper.hpp"

#include <algorithm>
#include <exception>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "alert/notifier.hpp"
#include "app/fleet.hpp"
#include "app/parts.hpp"
#include "credit/governor.hpp"
#include "http/server.hpp"
#include "purge/desk.hpp"
#include "refill/ask_keeper.hpp"
#include "refill/reconciler.hpp"
#include "refill/refill.hpp"
#include "stream/hub.hpp"
#include "usage/pruner.hpp"
#include "usage/recorder.hpp"
#include "usage/redis_counters.hpp"

namespace quotecached::app {
namespace {

constexpr std::chrono::seconds kReview{1};
constexpr std::chrono::seconds kTrim{10};

// The clock may be moved (a test, a correction): the next minute is looked for this often.
constexpr std::chrono::milliseconds kLongestPause{1000};

// Hits from memory never come to the engine: what they were for does, once a second.
void count_hits(Parts& parts) {
  const auto now = parts.clock->now();
  auto& renewals = parts.refill->renewals();
  for (const auto& asks : parts.server->take_asks()) renewals.note_hits(asks.keys, asks.each, now);
}

// That the ledger can be written again only a write tells, and no client may be there to cause one.
void retry_ledger(Parts& parts) {
  const auto view = parts.governor->view();
  if (view && !view->book.ledger_error.empty()) parts.book->keep_all();
}

}  // namespace

void do_each_second(Parts& parts) {
  count_hits(parts);
  parts.purge->tick();
  parts.stream->tick();
  parts.governor->review();
  retry_ledger(parts);
  if (parts.ask_keeper) parts.ask_keeper->tick(parts.clock->now());
  if (parts.fleet) parts.fleet->tick(parts.clock->now());
  if (parts.pruner) parts.pruner->tick(parts.clock->now());
}

void do_each_minute(Parts& parts) {
  if (parts.recorder) flush_usage(parts);
}

void flush_usage(Parts& parts) {
  count_hits(parts);
  parts.recorder->flush(parts.clock->now());
}

Housekeeper::Housekeeper(Parts& parts)
    : parts_(parts), tasks_(parts.engine.get_executor(), parts.log) {}

void Housekeeper::start() {
  auto trims = trim_heap();
  tasks_.spawn("trim heap", std::move(trims));
  // Where the clock stands, what is due by it is done when it is moved.
  if (!parts_.is_clock_standing()) keep_time();
  if (parts_.redis_counters) {
    auto counters = parts_.redis_counters->serve(parts_.clock.get());
    tasks_.spawn("redis counters", std::move(counters));
  }
  if (parts_.reconciler) parts_.reconciler->start();
}

void Housekeeper::keep_time() {
  auto reviews = review_each_second();
  tasks_.spawn("review", std::move(reviews));
  if (!parts_.recorder) return;
  auto flushes = flush_each_minute();
  tasks_.spawn("flush usage", std::move(flushes));
}

void Housekeeper::attempt(std::string_view what, const std::function<void()>& step) {
  try {
    step();
  } catch (const std::exception& e) {
    parts_.log.error("failed", {{"task", what}, {"error", e.what()}});
  }
}

asio::awaitable<void> Housekeeper::review_each_second() {
  const auto step = [this] { do_each_second(parts_); };
  asio::steady_timer timer(parts_.engine);
  while (true) {
    attempt("review", step);
    timer.expires_after(kReview);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> Housekeeper::flush_each_minute() {
  const auto step = [this] { do_each_minute(parts_); };
  asio::steady_timer timer(parts_.engine);
  auto minute = std::chrono::floor<std::chrono::minutes>(parts_.clock->now());
  while (true) {
    const auto now = parts_.clock->now();
    timer.expires_after(std::min(kLongestPause, usage::Recorder::until_flush(now)));
    co_await timer.async_wait(asio::use_awaitable);
    const auto then = std::chrono::floor<std::chrono::minutes>(parts_.clock->now());
    if (then == minute) continue;
    minute = then;
    attempt("flush usage", step);
  }
}

asio::awaitable<void> Housekeeper::trim_heap() {
  const auto step = [this] { heap_.trim(); };
  asio::steady_timer timer(parts_.engine);
  while (true) {
    timer.expires_after(kTrim);
    co_await timer.async_wait(asio::use_awaitable);
    attempt("trim heap", step);
  }
}

asio::awaitable<void> Housekeeper::stop(std::chrono::milliseconds limit) {
  tasks_.cancel();
  co_await tasks_.join(limit);
  const auto now = parts_.clock->now();
  count_hits(parts_);
  if (parts_.recorder) parts_.recorder->finish(now);
  if (parts_.redis_counters) {
    const auto sent = co_await parts_.redis_counters->send(now);
    if (!sent) parts_.log.warn("last_counts_not_sent_to_redis", {{"error", sent.error().message}});
  }
  if (parts_.fleet) co_await parts_.fleet->stop(now, limit);
  if (parts_.ask_keeper) parts_.ask_keeper->keep(now);
  parts_.governor->save();
  co_await parts_.notifier->stop(limit);
}

}  // namespace quotecached::app
