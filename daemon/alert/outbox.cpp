#include "alert/outbox.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/on_exit.hpp"

namespace quotecached::alert {

Outbox::Outbox(std::unique_ptr<Sink> sink, Options options, io::TaskGroup& tasks, Log log)
    : sink_(std::move(sink)), options_(options), tasks_(tasks), log_(std::move(log)) {
  assert(options_.max_queued > 1 && options_.max_tries > 0);
}

void Outbox::put(std::shared_ptr<const Message> message) {
  if (queue_.size() >= options_.max_queued) {
    const auto oldest = queue_.begin() + 1;  // how things stand now matters more
    drop(**oldest, "too many wait");
    queue_.erase(oldest);
  }
  queue_.push_back(std::move(message));
  queued_.store(queue_.size(), std::memory_order_relaxed);
  if (is_delivering_) return;
  is_delivering_ = true;
  if (!tasks_.spawn(std::string(sink_->name()), deliver_all())) is_delivering_ = false;
}

asio::awaitable<void> Outbox::deliver_all() {
  // Even when it threw: the next message then starts over.
  const OnExit ended([this] { is_delivering_ = false; });
  while (!queue_.empty()) {
    auto message = queue_.front();
    const bool is_sent = co_await deliver(std::move(message));
    if (is_sent) sent_.fetch_add(1, std::memory_order_relaxed);
    if (!is_sent) drop(*queue_.front(), "it failed too often");
    queue_.pop_front();
    queued_.store(queue_.size(), std::memory_order_relaxed);
  }
}

asio::awaitable<bool> Outbox::deliver(std::shared_ptr<const Message> message) {
  auto pause = options_.first_pause;
  for (int tries = 1;; ++tries) {
    const auto delivered = co_await sink_->deliver(message);
    if (delivered) co_return true;
    failed_.fetch_add(1, std::memory_order_relaxed);
    log_.warn("alert_not_delivered",
              {{"sink", sink_->name()},
               {"event_id", message->id},
               {"tries", tries},
               {"error", delivered.error().message}});
    if (tries >= options_.max_tries) co_return false;
    asio::steady_timer timer(co_await asio::this_coro::executor, pause);
    co_await timer.async_wait(asio::use_awaitable);
    pause = std::min(pause * 2, options_.last_pause);
  }
}

void Outbox::drop(const Message& message, std::string_view why) {
  dropped_.fetch_add(1, std::memory_order_relaxed);
  log_.error("alert_dropped", {{"sink", sink_->name()}, {"event_id", message.id}, {"reason", why}});
}

void Outbox::drop_all() {
  for (const auto& message : queue_) drop(*message, "the daemon stops");
  queue_.clear();
  queued_.store(0, std::memory_order_relaxed);
}

Outbox::Counts Outbox::counts() const {
  Counts counts;
  counts.sink = sink_->name();
  counts.sent = sent_.load(std::memory_order_relaxed);
  counts.failed = failed_.load(std::memory_order_relaxed);
  counts.dropped = dropped_.load(std::memory_order_relaxed);
  counts.queued = queued_.load(std::memory_order_relaxed);
  return counts;
}

}  // namespace quotecached::alert
