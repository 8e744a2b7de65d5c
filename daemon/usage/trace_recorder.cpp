#include "usage/trace_recorder.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/redacted.hpp"
#include "trace/trace_reader.hpp"

namespace quotecached::usage {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kWriteEvery{1};

// What is longer makes a line that no reader takes, with the time and the client beside it.
constexpr std::size_t kLongestTarget = trace::kLongestTraceLine - 64;

std::uint64_t random_salt() {
  std::random_device random;
  return (std::uint64_t{random()} << 32U) | random();
}

// Not for everyone to read, as the database is not.
std::FILE* create(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  return file < 0 ? nullptr : ::fdopen(file, "w");
}

tl::unexpected<Error> cannot(std::string_view what, const std::string& path) {
  return fail(ErrorCode::Unavailable,
              fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(errno)));
}

// What stands under the path becomes FILE.1.
Result<void> keep_file(const std::string& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) return {};
  if (!std::filesystem::is_regular_file(status))
    return fail(ErrorCode::Unavailable, path + " is no file");
  std::filesystem::rename(path, path + ".1", failure);
  if (failure) return fail(ErrorCode::Unavailable, path + ": " + failure.message());
  return {};
}

}  // namespace

void TraceRecorder::Buffer::add(const catalog::Request& request, std::string_view client) {
  Line line{owner_.clock_.now(), redacted(catalog::whole_target(request)), 0};
  if (!client.empty()) line.client = hash64(client, owner_.salt_) | 1U;
  const std::size_t size = line.target.size() + sizeof line;
  const MutexLock lock(mutex_);
  const bool is_too_long = line.target.size() > kLongestTarget;
  if (is_too_long || bytes_ + size > owner_.options_.max_waiting.count) {
    owner_.totals_.lost.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  bytes_ += size;
  lines_.push_back(std::move(line));
}

Result<std::unique_ptr<TraceRecorder>> TraceRecorder::start(Options options,
                                                            const Clock& clock,
                                                            Log log) {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): its constructor is private
  std::unique_ptr<TraceRecorder> recorder(
      new TraceRecorder(std::move(options), clock, std::move(log)));
  {
    const MutexLock lock(recorder->mutex_);
    if (auto begun = recorder->begin_file(); !begun) return std::move(begun).failure();
  }
  recorder->thread_ = std::thread([one = recorder.get()] { one->run(); });
  return recorder;
}

TraceRecorder::TraceRecorder(Options options, const Clock& clock, Log log)
    : options_(std::move(options)), clock_(clock), log_(std::move(log)), salt_(random_salt()) {}

TraceRecorder::~TraceRecorder() {
  if (!thread_.joinable()) return;
  {
    const MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  stopped_.notify_all();
  thread_.join();
  flush();
}

TraceRecorder::Buffer& TraceRecorder::add_buffer() {
  const MutexLock lock(mutex_);
  return *buffers_.emplace_back(std::make_unique<Buffer>(*this));
}

void TraceRecorder::run() {
  while (true) {
    {
      MutexLock lock(mutex_);
      const auto next = Steady::now() + kWriteEvery;
      while (!is_stopping_ && lock.wait_until(stopped_, next)) {
      }
      if (is_stopping_) return;
    }
    flush();
  }
}

// Threads add their lines side by side: those taken together are put in order, and one that was
// added while others were taken counts as of their moment.
std::vector<TraceRecorder::Buffer::Line> TraceRecorder::take_lines() {
  std::vector<Buffer::Line> lines;
  for (const auto& buffer : buffers_) {
    const MutexLock lock(buffer->mutex_);
    std::ranges::move(buffer->lines_, std::back_inserter(lines));
    buffer->lines_.clear();
    buffer->bytes_ = 0;
  }
  std::ranges::stable_sort(lines, {}, &Buffer::Line::at);
  return lines;
}

void TraceRecorder::flush() {
  const MutexLock lock(mutex_);
  const auto lines = take_lines();
  Result<void> end;
  for (const auto& line : lines) {
    if (end && file_) end = write_line(line);
    (end && file_ ? totals_.written : totals_.lost).fetch_add(1, std::memory_order_relaxed);
  }
  if (end && file_ && std::fflush(file_.get()) != 0) end = cannot("write", options_.path);
  if (end) return;
  log_.error("trace_of_requests_ended", {{"error", end.error().message}});
  file_.reset();
}

Result<void> TraceRecorder::begin_file() {
  file_.reset();
  if (auto kept = keep_file(options_.path); !kept) return kept;
  file_.reset(create(options_.path));
  if (!file_) return cannot("write", options_.path);
  start_ = last_ = std::chrono::floor<std::chrono::seconds>(clock_.now());
  bytes_ = 0;
  auto begun = write(trace::trace_head(start_));
  if (begun && std::fflush(file_.get()) != 0) return cannot("write", options_.path);
  return begun;
}

Result<void> TraceRecorder::write(std::string_view text) {
  bytes_ += text.size();
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size()) return {};
  return cannot("write", options_.path);
}

Result<void> TraceRecorder::write_line(const Buffer::Line& line) {
  const bool is_full = bytes_ >= options_.max_bytes.count / 2;
  const bool is_long = line.at - start_ >= trace::kLongestTrace;
  if (is_full || is_long) {
    if (auto begun = begin_file(); !begun) return begun;
  }
  last_ = std::max(last_, line.at);
  trace::TracedRequest request{last_ - start_, line.target, {}};
  if (line.client != 0) request.client = fmt::format("{:016x}", line.client);
  std::string text;
  trace::append_trace_line(text, request);
  return write(text);
}

}  // namespace quotecached::usage
