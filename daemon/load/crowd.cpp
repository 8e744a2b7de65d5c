#include "load/crowd.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "io/deadline.hpp"

namespace quotecached::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestAnswer = 30s;  // more than the daemon lets any client wait
constexpr auto kLongestConnect = 5s;
constexpr auto kPause = 10ms;  // of a connection that was refused
constexpr auto kUntilOthers = 24h;

}  // namespace

Crowd::Crowd(const asio::any_io_executor& loop, Options options, Workload& workload)
    : loop_(loop), options_(std::move(options)), workload_(workload) {
  for (std::size_t i = 0; i < options_.connections; ++i)
    peers_.push_back(std::make_unique<Peer>(loop_, options_.to));
}

asio::awaitable<Result<void>> Crowd::run() {
  auto connected = co_await connect_all();
  if (!connected) co_return std::move(connected).failure();
  start_ = Steady::now();
  end_ = start_ + options_.duration;
  running_ = peers_.size();
  for (const auto& peer : peers_) {
    asio::co_spawn(loop_, converse(*peer), [this](const std::exception_ptr& defect) {
      if (defect) defect_ = defect;
      if (--running_ == 0) done_.set();
    });
  }
  const auto limit = std::chrono::ceil<std::chrono::milliseconds>(options_.duration);
  const bool is_done = co_await done_.wait_for(limit + kLongestAnswer);
  if (!is_done) {
    for (const auto& peer : peers_) peer->close();
    while (running_ > 0) (void)co_await done_.wait_for(1s);
  }
  if (defect_) std::rethrow_exception(defect_);
  if (!is_cut_) count_unsent();
  co_return Result<void>();
}

asio::awaitable<Result<void>> Crowd::connect_all() {
  for (const auto& peer : peers_) {
    auto connecting = peer->connect();
    auto connected = co_await io::with_deadline(std::move(connecting), kLongestConnect);
    if (!connected) co_return std::move(connected).failure("cannot connect");
  }
  co_return Result<void>();
}

void Crowd::cut() {
  is_cut_ = true;
  for (const auto& peer : peers_) peer->close();
}

bool Crowd::is_over() const { return is_cut_ || is_exhausted_ || Steady::now() >= end_; }

Steady::time_point Crowd::due_of(std::uint64_t place) const {
  const std::chrono::duration<double> since(static_cast<double>(place) / options_.rate);
  return start_ + std::chrono::duration_cast<Steady::duration>(since);
}

std::optional<Steady::time_point> Crowd::take(Peer& peer) {
  if (is_over()) return std::nullopt;
  const auto due = options_.rate > 0 ? due_of(taken_) : Steady::now();
  if (due >= end_) return std::nullopt;
  const auto target = workload_.next();
  is_exhausted_ = !target;
  if (!target) return std::nullopt;
  ++taken_;
  peer.prepare(*target);
  return due;
}

void Crowd::begin_wave() {
  gathered_ = 0;
  const auto due = options_.rate > 0 ? due_of(taken_) : Steady::now();
  std::optional<std::string_view> target;
  if (!is_over() && due < end_) {
    target = workload_.next();
    is_exhausted_ = !target;
  }
  have_waves_ended_ = !target;
  if (target) {
    ++wave_;
    taken_ += peers_.size();
    wave_due_ = due;
    wave_target_ = *target;
  }
  for (const auto& peer : peers_) peer->wake();
}

asio::awaitable<void> Crowd::gather(Peer& peer) {
  const auto wave = wave_;
  if (++gathered_ == peers_.size()) {
    begin_wave();
    co_return;
  }
  while (wave_ == wave && !is_cut_ && !have_waves_ended_)
    co_await peer.wait_until(Steady::now() + kUntilOthers);
}

asio::awaitable<void> Crowd::converse(Peer& peer) {
  while (!is_cut_) {
    std::optional<Steady::time_point> due;
    if (options_.in_waves) {
      co_await gather(peer);
      if (is_cut_ || have_waves_ended_) co_return;
      due = wave_due_;
      peer.prepare(wave_target_);
    } else {
      due = take(peer);
      if (!due) co_return;
    }
    if (options_.rate > 0 && *due > Steady::now()) co_await peer.wait_until(*due);
    if (!peer.is_connected()) co_await reconnect(peer);
    if (is_cut_) co_return;
    auto answer = Result<AnswerHead>(fail(ErrorCode::Unavailable, "not connected"));
    if (peer.is_connected()) answer = co_await peer.exchange();
    count(answer, *due);
  }
}

asio::awaitable<void> Crowd::reconnect(Peer& peer) {
  const auto connected = co_await peer.connect();
  if (!connected) co_await peer.wait_until(Steady::now() + kPause);
}

void Crowd::count(const Result<AnswerHead>& answer, Steady::time_point due) {
  const auto now = Steady::now();
  if (is_cut_) return;
  figures_.elapsed = std::max(figures_.elapsed, std::chrono::nanoseconds(now - start_));
  if (!answer) {
    ++figures_.failures;
    return;
  }
  figures_.latency.add(now - due);
  ++figures_.answers[answer->status];
  if (answer->status == 200) {
    ++figures_.sources[answer->source];
    figures_.good_latency.add(now - due);
  }
  figures_.bytes += static_cast<std::int64_t>(answer->head_bytes + answer->body_bytes);
}

void Crowd::count_unsent() {
  if (options_.rate <= 0 || is_exhausted_) return;
  const std::chrono::duration<double> whole = options_.duration;
  const auto due = static_cast<std::uint64_t>(whole.count() * options_.rate);
  if (due > taken_) figures_.unsent = static_cast<std::int64_t>(due - taken_);
}

}  // namespace quotecached::load
