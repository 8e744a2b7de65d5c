#include "base/log.hpp"

#include <iterator>

#include <fmt/format.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json_text.hpp"
#include "base/spdlog_level.hpp"

namespace quotecached {
namespace {

bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

// In text lines values with blanks in them are quoted, so that outside bytes can never forge a
// line.
struct AppendValue {
  std::string& out;
  Log::Format format;

  void operator()(std::string_view text) const {
    if (format == Log::Format::Text && is_plain(text)) {
      out += text;
    } else {
      append_json_string(out, text);
    }
  }
  void operator()(std::int64_t number) const {
    fmt::format_to(std::back_inserter(out), "{}", number);
  }
  void operator()(double number) const { fmt::format_to(std::back_inserter(out), "{}", number); }
  void operator()(bool flag) const { out += flag ? "true" : "false"; }
};

std::string text_line(std::string_view event, Log::Fields fields) {
  std::string line(event);
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    std::visit(AppendValue{line, Log::Format::Text}, field.value);
  }
  return line;
}

std::string json_line(std::string_view event, Log::Fields fields) {
  std::string line = "\"event\":";
  append_json_string(line, event);
  for (const auto& field : fields) {
    line += ',';
    append_json_string(line, field.key);
    line += ':';
    std::visit(AppendValue{line, Log::Format::Json}, field.value);
  }
  return line;
}

}  // namespace

Log::Log()
    : logger_(std::make_shared<spdlog::logger>("null",
                                               std::make_shared<spdlog::sinks::null_sink_mt>())) {
  logger_->set_level(spdlog::level::off);
}

Log::Log(Level level, Format format)
    : Log(std::make_shared<spdlog::logger>("quotecached",
                                           std::make_shared<spdlog::sinks::stderr_sink_mt>()),
          format) {
  logger_->set_level(to_spdlog(level));
}

Log::Log(std::shared_ptr<spdlog::logger> sink, Format format)
    : logger_(std::move(sink)), format_(format) {
  logger_->set_pattern(format == Format::Json
                           ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                           : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                       spdlog::pattern_time_type::utc);
  logger_->flush_on(spdlog::level::warn);
}

void Log::write(Level level, std::string_view event, Fields fields) const {
  const auto wanted = to_spdlog(level);
  if (!logger_->should_log(wanted)) return;
  logger_->log(wanted,
               format_ == Format::Json ? json_line(event, fields) : text_line(event, fields));
}

}  // namespace quotecached
