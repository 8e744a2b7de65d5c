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
  for (std::size_t tier = 0; tier < tiers; ++tier) {
    auto trials = try_out_tier(tier);
    tasks_.spawn("try out a tier", std::move(trials));
  }
  if (parts_.writer) {
    auto disk = look_at_disk();
    tasks_.spawn("look at the disk", std::move(disk));
  }
  auto copies = look_at_copies();
  tasks_.spawn("look at copies", std::move(copies));
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

asio::awaitable<void> HealthWatch::try_out_tier(std::size_t tier) {
  asio::steady_timer timer(parts_.engine);
  while (true) {
    try {
      const auto at = parts_.clock->now();
      const auto started = std::chrono::steady_clock::now();
      const auto how = co_await parts_.chain->try_out(tier);
      watched_.trials[1 + tier] = seen_trial(at, started, how);
    } catch (const boost::system::system_error&) {  // the daemon stops
      throw;
    } catch (const std::exception& e) {
      note_failed("try out a tier", e);
    }
    timer.expires_after(health::kTrialEvery);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> HealthWatch::look_at_disk() {
  asio::steady_timer timer(parts_.engine);
  while (true) {
    try {
      DiskLook look{parts_.settings.tiers.sqlite.path};
      auto free = co_await io::offload(looks_, std::move(look), kLookLimit);
      watched_.disk =
          DiskSeen{parts_.clock->now(), std::chrono::steady_clock::now(), std::move(free)};
    } catch (const boost::system::system_error&) {  // the daemon stops
      throw;
    } catch (const std::exception& e) {
      note_failed("look at the disk", e);
    }
    timer.expires_after(health::kTrialEvery);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// What takes long is done seldom.
asio::awaitable<void> HealthWatch::look_at_copies() {
  asio::steady_timer timer(parts_.engine);
  while (true) {
    const auto started = std::chrono::steady_clock::now();
    try {
      CopiesLook look{parts_.memory.get(), parts_.readers, parts_.clock->now()};
      auto runway = co_await io::offload(looks_, std::move(look), kLookLimit);
      if (runway) watched_.runway = *runway;
    } catch (const boost::system::system_error&) {  // the daemon stops
      throw;
    } catch (const std::exception& e) {
      note_failed("look at copies", e);
    }
    const auto pause = kLookShare * (std::chrono::steady_clock::now() - started);
    timer.expires_after(
        std::clamp<Moment::duration>(pause, health::kTrialEvery, kLongestLookPause));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace quotecached::app
