#include "app/health_watch.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "app/health_look.hpp"
#include "app/parts.hpp"
#include "cache/chain.hpp"
#include "health/checks.hpp"
#include "health/thresholds.hpp"

namespace quotecached::app {
namespace {

constexpr std::chrono::seconds kReportEvery{1};

// One thread for the disk, one for the copies.
constexpr io::OffloadPool::Options kLookThreads{.threads = 2, .max_queued = 2};
constexpr milliseconds kLookLimit{10000};

// Looks at all copies may take the hundredth part of the time; but not seldom for ever.
constexpr int kLookShare = 100;
constexpr std::chrono::seconds kLongestLookPause{60};

template <class T>
std::string error_of(const Result<T>& result) {
  return result ? std::string() : result.error().message;
}

TrialSeen seen_trial(TimePoint at, Moment started, const Result<void>& how) {
  const auto ended = std::chrono::steady_clock::now();
  return {at, ended, std::chrono::floor<milliseconds>(ended - started), error_of(how)};
}

}  // namespace

HealthWatch::HealthWatch(Parts& parts)
    : parts_(parts), looks_(kLookThreads), tasks_(parts.engine.get_executor(), parts.log) {}

void HealthWatch::start() {
  const auto tiers = parts_.chain->report().size();
  watched_.trials.resize(1 + tiers);
  try_out_memory();
  report();
  auto reports = report_each_second();
  tasks_.spawn("report on health", std::move(reports));
  for (std::size_t tier = 0; tier < tiers; ++tier)
    keep_on("try out a tier", [this, tier] { return try_out_tier(tier); });
  if (parts_.writer) keep_on("look at the disk", [this] { return look_at_disk(); });
  keep_on("look at copies", [this] { return look_at_copies(); });
}

asio::awaitable<void> HealthWatch::stop(std::chrono::milliseconds limit) {
  tasks_.cancel();
  (void)co_await tasks_.join(limit);
}

void HealthWatch::note_failed(const char* task, const std::exception& failure) {
  parts_.log.error("failed", {{"task", task}, {"error", failure.what()}});
}

// Whatever a round throws, the next one may go better.
void HealthWatch::report() {
  try {
    publish();
  } catch (const std::exception& e) {
    note_failed("report on health", e);
  }
}

void HealthWatch::publish() {
  const auto now = std::chrono::steady_clock::now();
  // One that stands goes on when it is moved.
  if (!parts_.is_clock_standing()) watched_.clock.note(parts_.clock->now(), now);
  const auto facts = gather_facts(parts_, watched_, now);
  parts_.health.publish(health::checks_of(facts), health::can_serve(facts), facts.now, now);
}

void HealthWatch::try_out_memory() {
  try {
    const auto at = parts_.clock->now();
    const auto started = std::chrono::steady_clock::now();
    watched_.trials.front() = seen_trial(at, started, parts_.chain->try_out_memory());
  } catch (const std::exception& e) {
    note_failed("try out memory", e);
  }
}

asio::awaitable<void> HealthWatch::report_each_second() {
  asio::steady_timer timer(parts_.engine);
  auto next_trial = std::chrono::steady_clock::now() + health::kTrialEvery;
  while (true) {
    timer.expires_after(kReportEvery);
    co_await timer.async_wait(asio::use_awaitable);
    if (const auto now = std::chrono::steady_clock::now(); now >= next_trial) {
      try_out_memory();
      next_trial = now + health::kTrialEvery;
    }
    report();
  }
}

void HealthWatch::keep_on(const char* task, Round round) {
  auto rounds = repeat(task, std::move(round));
  tasks_.spawn(task, std::move(rounds));
}

// Until the daemon stops.
asio::awaitable<void> HealthWatch::repeat(const char* task, Round round) {
  asio::steady_timer timer(parts_.engine);
  while (true) {
    Moment::duration pause = health::kTrialEvery;
    try {
      auto one = round();
      pause = co_await std::move(one);
    } catch (const boost::system::system_error&) {  // the daemon stops
      throw;
    } catch (const std::exception& e) {
      note_failed(task, e);
    }
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<Moment::duration> HealthWatch::try_out_tier(std::size_t tier) {
  const auto at = parts_.clock->now();
  const auto started = std::chrono::steady_clock::now();
  const auto how = co_await parts_.chain->try_out(tier);
  watched_.trials[1 + tier] = seen_trial(at, started, how);
  co_return health::kTrialEvery;
}

asio::awaitable<Moment::duration> HealthWatch::look_at_disk() {
  DiskLook look{parts_.settings.tiers.sqlite.path};
  auto room = co_await io::offload(looks_, std::move(look), kLookLimit);
  if (room) parts_.database_bytes = room->used.count;
  watched_.disk = DiskSeen{parts_.clock->now(), std::chrono::steady_clock::now(), std::move(room)};
  co_return health::kTrialEvery;
}

// What takes long is done seldom.
asio::awaitable<Moment::duration> HealthWatch::look_at_copies() {
  const auto started = std::chrono::steady_clock::now();
  CopiesLook look{parts_.memory.get(), parts_.readers, parts_.clock->now()};
  auto runway = co_await io::offload(looks_, std::move(look), kLookLimit);
  if (runway) watched_.runway = *runway;
  const auto pause = kLookShare * (std::chrono::steady_clock::now() - started);
  co_return std::clamp<Moment::duration>(pause, health::kTrialEvery, kLongestLookPause);
}

}  // namespace quotecached::app
