#include "load/load_test.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <sys/prctl.h>

#include "load/crowd.hpp"
#include "load/floor.hpp"
#include "load/test_bed.hpp"

namespace quotecached::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kMostRounds = 10;
constexpr auto kTellEvery = 500ms;
constexpr auto kWarmUp = 300ms;
// Of the floor: so long beside a round of the daemon.
constexpr int kFloorPart = 3;

class LoadTest {
 public:
  explicit LoadTest(const LoadTestOptions& options) : options_(options), signals_(loop_) {}

  Result<Report> run() {
    // Timers end when they are due and not 50 us later.
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    listen_for_signals();
    asio::co_spawn(loop_, conduct(), [this](const std::exception_ptr& defect, Result<void> ended) {
      if (defect) std::rethrow_exception(defect);
      ended_ = std::move(ended);
      loop_.stop();
    });
    loop_.run();
    if (!ended_) return std::move(ended_).failure();
    return std::move(report_);
  }

 private:
  // The first ends the test in order, the second at once.
  void listen_for_signals() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      if (is_cut_) {
        loop_.stop();
        return;
      }
      cut();
      listen_for_signals();
    });
  }

  void cut() {
    is_cut_ = true;
    if (crowd_) crowd_->cut();
  }

  asio::awaitable<Result<void>> conduct() {
    describe();
    auto ready = co_await prepare();
    if (!ready) co_return std::move(ready).failure();
    workload_ = std::make_unique<Workload>(workload_options());
    auto filled = co_await fill();
    if (!filled) co_return std::move(filled).failure();
    co_return co_await measure();
  }

  asio::awaitable<Result<void>> prepare() {
    const auto scenario = options_.scenario;
    if (options_.target) {
      const bool wants_assets = scenario != Scenario::Hot && scenario != Scenario::Trace;
      co_return co_await bed_.use(*options_.target, wants_assets);
    }
    std::function<bool()> is_cut = [this] { return is_cut_; };
    co_return co_await bed_.start_own(
        options_.sets, scenario == Scenario::Outage, std::move(is_cut));
  }

  void describe() {
    report_.scenario = options_.scenario;
    report_.version = options_.version;
    report_.concurrency = options_.connections;
    report_.rate = options_.rate;
    report_.duration = options_.duration;
    report_.target = options_.target_text;
    const auto whole = options_.duration / 1s;
    rounds_ = static_cast<std::size_t>(std::clamp<long>(whole, 2, kMostRounds));
    if (options_.rounds > 0) rounds_ = options_.rounds;
    report_.outage_at = options_.scenario == Scenario::Outage ? rounds_ / 2 : 0;
  }

  [[nodiscard]] Workload::Options workload_options() const {
    Workload::Options wanted;
    wanted.scenario = options_.scenario;
    wanted.known = bed_.ids();
    wanted.traced = options_.traced;
    wanted.makes_up = !options_.target;
    if (options_.target && options_.spends && bed_.ids().size() > kAssets)
      wanted.fresh.assign(bed_.ids().begin() + kAssets, bed_.ids().end());
    return wanted;
  }

  asio::awaitable<Result<void>> fill() {
    for (const auto& target : workload_->filling()) {
      auto answer = co_await bed_.fetch(target);
      if (!answer) co_return std::move(answer).failure("GET " + target.substr(0, 80));
    }
    co_return Result<void>();
  }

  [[nodiscard]] Crowd::Options crowd_options(nanoseconds duration) const {
    Crowd::Options wanted;
    wanted.to = bed_.endpoint();
    wanted.connections = options_.connections;
    wanted.rate = options_.rate;
    wanted.duration = duration;
    return wanted;
  }

  asio::awaitable<Result<void>> measure() {
    const nanoseconds slice = nanoseconds(options_.duration) / static_cast<long>(rounds_);
    auto warmed = co_await warm_up(slice);
    if (!warmed) co_return std::move(warmed).failure();
    const auto before = co_await bed_.read();
    bool is_exhausted = false;
    for (round_ = 1; round_ <= rounds_ && !is_cut_ && !is_exhausted; ++round_) {
      if (options_.scenario == Scenario::Outage && report_.rounds.size() == report_.outage_at)
        bed_.kill_upstream();
      Round round;
      auto loaded = co_await load_daemon(slice, round.daemon);
      if (!loaded) co_return std::move(loaded).failure();
      is_exhausted = *loaded;
      if (round.daemon.requests() == 0) break;
      auto floored = co_await load_floor(slice / kFloorPart, round);
      if (!floored) co_return std::move(floored).failure("floor");
      report_.rounds.push_back(std::move(round));
    }
    const auto after = co_await bed_.read();
    if (before.calls && after.calls) report_.calls = *after.calls - *before.calls;
    report_.is_complete = !is_cut_;
    co_return Result<void>();
  }

  // Where the same is asked again and again: caches of the processor, connections, buffers.
  asio::awaitable<Result<void>> warm_up(nanoseconds slice) {
    if (options_.scenario != Scenario::Hot) co_return Result<void>();
    Figures unused;
    auto warmed = co_await load_daemon(std::min<nanoseconds>(slice, kWarmUp), unused);
    co_return warmed.outcome();
  }

  // Whether there is nothing more to ask.
  asio::awaitable<Result<bool>> load_daemon(nanoseconds duration, Figures& into) {
    const auto before = co_await bed_.read();
    auto wanted = crowd_options(duration);
    wanted.in_waves = options_.scenario == Scenario::Herd;
    crowd_ = std::make_unique<Crowd>(loop_.get_executor(), std::move(wanted), *workload_);
    if (is_cut_) crowd_->cut();
    tell_each();
    auto ran = co_await crowd_->run();
    ticks_.cancel();
    if (!ran && !is_cut_) co_return std::move(ran).failure();
    const auto after = co_await bed_.read();
    into = crowd_->figures();
    if (before.cpu && after.cpu) into.cpu = *after.cpu - *before.cpu;
    report_.waves += crowd_->waves();
    const bool is_exhausted = crowd_->is_exhausted();
    crowd_.reset();
    co_return is_exhausted;
  }

  // Until ticks_ is cancelled.
  void tell_each() {
    if (!options_.tell || round_ == 0) return;
    ticks_.expires_after(kTellEvery);
    ticks_.async_wait([this](const boost::system::error_code& error) {
      if (error || !crowd_) return;
      options_.tell({round_, rounds_, crowd_->figures()});
      tell_each();
    });
  }

  // With as many bytes an answer as the daemon's have.
  asio::awaitable<Result<void>> load_floor(nanoseconds duration, Round& round) {
    Floor::Options answer;
    const auto& daemon = round.daemon;
    const auto answers = std::max<std::int64_t>(1, daemon.latency.count());
    answer.total = static_cast<std::size_t>(daemon.bytes / answers);
    auto floor = Floor::open(answer);
    if (!floor) co_return std::move(floor).failure();
    FloorThread thread(std::move(*floor));
    auto wanted = crowd_options(duration);
    wanted.to.address = {asio::ip::address_v4::loopback(), thread.port()};
    Workload::Options same;
    same.known = {bed_.ids().front()};
    Workload constant(std::move(same));
    crowd_ = std::make_unique<Crowd>(loop_.get_executor(), std::move(wanted), constant);
    if (is_cut_) crowd_->cut();
    const auto before = thread.cpu();
    auto ran = co_await crowd_->run();
    round.floor = crowd_->figures();
    round.floor.cpu = thread.cpu() - before;
    crowd_.reset();
    if (!ran && !is_cut_) co_return std::move(ran).failure();
    co_return Result<void>();
  }

  const LoadTestOptions& options_;
  asio::io_context loop_{1};
  asio::signal_set signals_;
  asio::steady_timer ticks_{loop_};
  TestBed bed_{loop_.get_executor()};
  Result<void> ended_;
  Report report_;
  std::size_t rounds_ = 0;
  std::size_t round_ = 0;
  bool is_cut_ = false;
  std::unique_ptr<Workload> workload_;
  std::unique_ptr<Crowd> crowd_;
};

}  // namespace

Result<Report> run_load_test(const LoadTestOptions& options) { return LoadTest(options).run(); }

}  // namespace quotecached::load
