#include "base/log_output.hpp"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/spdlog_level.hpp"

namespace quotecached {
namespace {

// Of syslog(3).
std::string_view priority_of(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return "<3>";
  if (level == spdlog::level::warn) return "<4>";
  return level == spdlog::level::info ? "<6>" : "<7>";
}

class StandardError final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StandardError(bool tells_priority) : tells_priority_(tells_priority) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    if (tells_priority_) {
      const auto priority = priority_of(message.level);
      line.append(priority.data(), priority.data() + priority.size());
    }
    formatter_->format(message, line);
    // It has no buffer: one line is one write. Where it cannot be written nobody can be told.
    (void)std::fwrite(line.data(), 1, line.size(), stderr);
  }
  void flush_() override { (void)std::fflush(stderr); }

  const bool tells_priority_;
};

}  // namespace

LogOutput::LogOutput(Log::Level level, Log::Format format)
    : logger_(std::make_shared<spdlog::logger>("quotecached",
                                               std::make_shared<StandardError>(is_journal(
                                                   std::getenv("JOURNAL_STREAM"), STDERR_FILENO)))),
      log_(logger_, format) {
  set_level(level);
}

void LogOutput::set_level(Log::Level level) { logger_->set_level(to_spdlog(level)); }

bool is_journal(const char* journal_stream, int file) noexcept {
  if (journal_stream == nullptr) return false;
  struct stat status{};
  if (fstat(file, &status) != 0) return false;
  char text[64];
  const auto end = fmt::format_to_n(text, sizeof(text), "{}:{}", status.st_dev, status.st_ino);
  return std::string_view(text, std::min(end.size, sizeof(text))) == journal_stream;
}

}  // namespace quotecached
