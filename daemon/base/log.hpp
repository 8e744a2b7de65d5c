// Structured log events: a name for the event and named fields, never a sentence with data in it.
//
//   log.warn("tier_down", {{"tier", "redis"}, {"error", e.message}});
//
// Thread-safe and cheap to copy. Secrets never reach it: callers pass no key, token or full URL.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
}

namespace quotecached {

class Log {
 public:
  enum class Level : std::uint8_t { Debug, Info, Warn, Error };
  enum class Format : std::uint8_t { Text, Json };

  struct Field {
    template <class T>
    Field(std::string_view field_key, const T& field_value) : key(field_key) {
      if constexpr (std::is_same_v<T, bool>) {
        value = field_value;
      } else if constexpr (std::is_integral_v<T>) {
        value = static_cast<std::int64_t>(field_value);
      } else if constexpr (std::is_floating_point_v<T>) {
        value = static_cast<double>(field_value);
      } else {
        value = std::string_view(field_value);
      }
    }
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double, bool> value;
  };
  using Fields = std::initializer_list<Field>;

  Log();  // discards everything
  // Writes to standard error, one line an event.
  Log(Level level, Format format);
  // Collects lines through `sink`; for tests.
  Log(std::shared_ptr<spdlog::logger> sink, Format format);

  void debug(std::string_view event, Fields fields = {}) const {
    write(Level::Debug, event, fields);
  }
  void info(std::string_view event, Fields fields = {}) const { write(Level::Info, event, fields); }
  void warn(std::string_view event, Fields fields = {}) const { write(Level::Warn, event, fields); }
  void error(std::string_view event, Fields fields = {}) const {
    write(Level::Error, event, fields);
  }

 private:
  void write(Level level, std::string_view event, Fields fields) const;

  std::shared_ptr<spdlog::logger> logger_;
  Format format_ = Format::Text;
};

}  // namespace quotecached
