#include "alert/notifier.hpp"

#include <string>
#include <utility>

#include "base/random.hpp"

namespace quotecached::alert {
namespace {

constexpr std::chrono::seconds kCancelled{5};  // for tasks to notice

void write(const Log& log, const alert::Alert& alert) {
  const auto fields = {Log::Field{"kind", to_string(alert.kind)},
                       Log::Field{"level", to_string(alert.level)},
                       Log::Field{"subject", alert.subject},
                       Log::Field{"state", state_of(alert)},
                       Log::Field{"message", alert.message}};
  if (alert.is_recovery) return log.info("alert", fields);
  if (alert.level == alert::AlertLevel::Critical) return log.error("alert", fields);
  log.warn("alert", fields);
}

}  // namespace

Notifier::Notifier(asio::any_io_executor loop, Log log)
    : log_(std::move(log)), tasks_(std::move(loop), log_) {}

void Notifier::add(std::unique_ptr<Sink> sink, Outbox::Options options) {
  outboxes_.push_back(std::make_unique<Outbox>(std::move(sink), options, tasks_, log_));
}

void Notifier::tell(const alert::Alert& alert) {
  write(log_, alert);
  if (outboxes_.empty()) return;
  const auto message = std::make_shared<const Message>(Message{alert, random128_hex()});
  for (const auto& outbox : outboxes_) outbox->put(message);
}

asio::awaitable<void> Notifier::stop(std::chrono::milliseconds limit) {
  const bool is_drained = co_await tasks_.join(limit);
  tasks_.cancel();
  if (!is_drained) (void)co_await tasks_.join(kCancelled);
  for (const auto& outbox : outboxes_) outbox->drop_all();
}

std::vector<Outbox::Counts> Notifier::counts() const {
  std::vector<Outbox::Counts> counts;
  counts.reserve(outboxes_.size());
  for (const auto& outbox : outboxes_) counts.push_back(outbox->counts());
  return counts;
}

Outbox::Options once(Outbox::Options options) {
  options.max_tries = 1;
  return options;
}

}  // namespace quotecached::alert
