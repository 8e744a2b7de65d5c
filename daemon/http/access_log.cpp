#include "http/access_log.hpp"

#include <utility>

#include "http/access_line.hpp"

namespace quotecached::http {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWriteEvery{200};
constexpr std::chrono::hours kRest{1};  // while it is off

}  // namespace

bool AccessLog::Buffer::takes(unsigned status) {
  const auto share = owner_.sample_.load(std::memory_order_relaxed);
  const bool needs_lot = share > 0 && share < 1;
  const double lot = needs_lot ? std::uniform_real_distribution<double>(0, 1)(lots_) : 0;
  return is_written(status, share, lot);
}

void AccessLog::Buffer::add(std::string_view lines, std::uint64_t count) {
  const MutexLock lock(mutex_);
  const bool has_room = text_.size() + lines.size() <= static_cast<std::size_t>(kMostWaiting.count);
  if (!has_room) {
    owner_.totals_.dropped.fetch_add(count, std::memory_order_relaxed);
    return;
  }
  text_ += lines;
  lines_ += count;
  const bool is_half_full = text_.size() > static_cast<std::size_t>(kMostWaiting.count) / 2;
  if (is_half_full && !owner_.is_urgent_.exchange(true, std::memory_order_relaxed))
    owner_.changed_.notify_all();
}

Result<std::unique_ptr<AccessLog>> AccessLog::start(const Options& options, Log log) {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): its constructor is private
  std::unique_ptr<AccessLog> access(new AccessLog(std::move(log)));
  access->change(options);
  if (access->is_on_) {
    access->file_.set(options.to);
    if (auto opened = access->file_.open(); !opened) return std::move(opened).failure();
    const MutexLock lock(access->mutex_);
    access->is_to_reopen_ = false;  // it is open as it is to be
  }
  access->thread_ = std::thread([one = access.get()] { one->run(); });
  return access;
}

AccessLog::AccessLog(Log log) : log_(std::move(log)) {}

AccessLog::~AccessLog() {
  if (!thread_.joinable()) return;
  {
    const MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

AccessLog::Buffer& AccessLog::add_buffer() {
  const MutexLock lock(mutex_);
  return *buffers_.emplace_back(std::make_unique<Buffer>(*this));
}

void AccessLog::change(const Options& options) {
  {
    const MutexLock lock(mutex_);
    to_ = options.to;
    is_to_reopen_ = true;
    format_.store(options.format, std::memory_order_relaxed);
    sample_.store(options.sample, std::memory_order_relaxed);
    is_on_.store(options.to != "off", std::memory_order_relaxed);
  }
  changed_.notify_all();
}

void AccessLog::reopen() {
  {
    const MutexLock lock(mutex_);
    is_to_reopen_ = true;
  }
  changed_.notify_all();
}

void AccessLog::run() {
  bool goes_on = true;
  while (goes_on) {
    goes_on = wait();
    flush();
  }
}

// Until there is something to do. False: it is the last time.
bool AccessLog::wait() {
  MutexLock lock(mutex_);
  const auto next = Steady::now() + (is_on_ ? std::chrono::milliseconds(kWriteEvery) : kRest);
  while (!is_stopping_ && !is_to_reopen_ && !is_urgent_ && lock.wait_until(changed_, next)) {
  }
  is_urgent_.store(false, std::memory_order_relaxed);
  return !is_stopping_;
}

// Lines of before a change go to where they would have gone.
void AccessLog::flush() {
  const auto taken = take();
  if (taken.lines > 0) {
    const auto written = file_.write(taken.text);
    totals_.written.fetch_add(written.lines, std::memory_order_relaxed);
    totals_.dropped.fetch_add(taken.lines - written.lines, std::memory_order_relaxed);
    tell(written.error);
  }
  if (auto to = change_due()) file_.set(*std::move(to));
}

// A file is let go of without the lock: that may wait for the disk.
std::optional<std::string> AccessLog::change_due() {
  const MutexLock lock(mutex_);
  return std::exchange(is_to_reopen_, false) ? std::optional(to_) : std::nullopt;
}

// Lines of one thread are in order; those of several, of one turn, are not.
AccessLog::Taken AccessLog::take() {
  Taken taken;
  const MutexLock lock(mutex_);
  for (const auto& buffer : buffers_) {
    const MutexLock inner(buffer->mutex_);
    taken.text += buffer->text_;
    taken.lines += buffer->lines_;
    buffer->text_.clear();
    buffer->lines_ = 0;
  }
  return taken;
}

// Once when it begins and once when it is over. A file that failed is opened anew.
void AccessLog::tell(const std::string& error) {
  const bool fails = !error.empty();
  if (fails) file_.close();
  if (file_.is_standard_error()) return;  // the daemon's own log would wait where this one does
  if (std::exchange(is_failing_, fails) == fails) return;
  if (fails) {
    log_.error("access_log_fails", {{"error", error}});
  } else {
    log_.info("access_log_works");
  }
}

}  // namespace quotecached::http
