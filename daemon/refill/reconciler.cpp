#include "refill/reconciler.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

// A reset that is told this close to the one known is the same: by another one, windows would end
// otherwise each time it wobbles.
constexpr std::chrono::minutes kWobble{1};

bool is_known(TimePoint reset, const ledger::Anchor& known) {
  const auto month = ledger::month_of(reset, known);
  return std::min(reset - month.start, month.end - reset) < kWobble;
}

// From when it resets next.
ledger::Anchor anchor_of(TimePoint reset, const ledger::Anchor& known) {
  if (is_known(reset, known)) return known;
  const auto midnight = std::chrono::floor<std::chrono::days>(reset);
  const std::chrono::year_month_day date(midnight);
  ledger::Anchor anchor;
  anchor.day = static_cast<unsigned>(date.day());
  anchor.time = reset - midnight;
  const auto tomorrow = std::chrono::year_month_day(midnight + std::chrono::days(1));
  const bool is_last_day = tomorrow.month() != date.month();
  if (is_last_day) anchor.day = std::max(anchor.day, known.day);
  return anchor;
}

}  // namespace

std::optional<credit::PlanReading> plan_of(const provider::KeyInfo& info,
                                           const credit::PlanReading& known,
                                           TimePoint read_at) {
  if (info.credits_per_month.value_or(0) == 0) return std::nullopt;
  credit::PlanReading plan;
  plan.read_at = read_at;
  plan.caps.requests_per_minute = info.requests_per_minute.value_or(known.caps.requests_per_minute);
  plan.caps.per_day.count = info.credits_per_day.value_or(known.caps.per_day.count);
  plan.caps.per_month.count = *info.credits_per_month;
  plan.anchor =
      info.month_resets_at ? anchor_of(*info.month_resets_at, known.anchor) : known.anchor;
  return plan;
}

ledger::ProviderUse use_of(const provider::KeyInfo& info) noexcept {
  ledger::ProviderUse use;
  use.requests_this_minute = info.requests_this_minute;
  if (info.credits_today) use.credits_today = Credits{*info.credits_today};
  if (info.credits_this_month) use.credits_this_month = Credits{*info.credits_this_month};
  return use;
}

Reconciler::Reconciler(asio::any_io_executor loop,
                       Refill& refill,
                       credit::Book& book,
                       const provider::Dialect& dialect,
                       Options options,
                       Log log)
    : refill_(refill),
      book_(book),
      dialect_(dialect),
      options_(options),
      log_(std::move(log)),
      tasks_(std::move(loop), log_) {}

void Reconciler::start() {
  auto task = run();
  tasks_.spawn("reconcile", std::move(task));
}

asio::awaitable<void> Reconciler::stop(std::chrono::milliseconds limit) {
  tasks_.cancel();
  (void)co_await tasks_.join(limit);
}

asio::awaitable<void> Reconciler::run() {
  const auto state = co_await asio::this_coro::cancellation_state;
  while (state.cancelled() == asio::cancellation_type::none) {
    const auto end = co_await read();
    const auto next = Steady::now() + (end ? options_.interval : options_.retry_after);
    // While the key is refused it is asked more often: this costs nothing, and tells when it is
    // good again.
    do {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now());
      if (left.count() <= 0) break;
      (void)co_await never_.wait_for(std::min(left, options_.retry_after));
    } while (!book_.view().key_error && state.cancelled() == asio::cancellation_type::none);
  }
}

asio::awaitable<Result<void>> Reconciler::read() {
  const auto call = dialect_.usage_call();
  upstream::Request request;
  request.target = call.target;
  auto result = co_await refill_.probe(std::move(request), std::string(call.endpoint));
  auto end = take(result);
  tell(end);
  co_return end;
}

Result<void> Reconciler::take(calling::CallResult& result) {
  if (result.failure) return fail(ErrorCode::Unavailable, result.failure->message);
  auto info = dialect_.read_usage(result.response->body);
  if (!info) return std::move(info).failure();
  const auto view = book_.view();
  credit::PlanReading known = view.plan.value_or(credit::PlanReading{});
  known.anchor = view.anchor;
  const auto plan = plan_of(*info, known, result.asked_at);
  const auto drift = book_.reconcile(plan, use_of(*info), result.asked_at);
  // The minute's count is never still.
  if (drift[1] != 0 || drift[2] != 0) {
    log_.info("provider_counts_otherwise", {{"day", drift[1]}, {"month", drift[2]}});
  }
  // What was used is known all the same.
  if (!plan) return fail(ErrorCode::Invalid, "key/info tells no monthly limit");
  return {};
}

// Failures in a row are told once.
void Reconciler::tell(const Result<void>& end) {
  if (!end) book_.no_reading(end.error().message);
  const bool had_failed = std::exchange(has_failed_, !end);
  if (!end && !had_failed) {
    log_.warn("plan_not_read", {{"error", end.error().message}});
  }
  if (end && had_failed) log_.info("plan_read_again");
}

}  // namespace quotecached::refill
