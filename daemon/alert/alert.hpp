// An alert: something about credits that a person should know, or that it is over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace quotecached {
class JsonWriter;
}

namespace quotecached::alert {

enum class AlertKind : std::uint8_t {
  Window,       // a threshold of a window is passed; subject: day, month
  Exhausted,    // the last one is, where paying ends; subject: day, month
  Forecast,     // a window will be spent before it ends; subject: day, month
  Drift,        // the provider counts otherwise than the ledger; subject: day, month
  Price,        // calls cost otherwise than the catalogue says; subject: the endpoint
  Key,          // the provider refuses the key
  Ledger,       // the ledger cannot be written
  Unreachable,  // the provider has not answered for a while
  Doubt,        // its answers have contradicted good copies for a while
};
inline constexpr std::size_t kAlertKinds = 9;
[[nodiscard]] std::string_view to_string(AlertKind kind) noexcept;  // as in the table `alerts`
[[nodiscard]] std::optional<AlertKind> parse_alert_kind(std::string_view word) noexcept;

enum class AlertLevel : std::uint8_t { Warning, Critical };
inline constexpr std::size_t kAlertLevels = 2;
[[nodiscard]] std::string_view to_string(AlertLevel level) noexcept;
[[nodiscard]] std::optional<AlertLevel> parse_alert_level(std::string_view word) noexcept;

struct Alert {
  AlertKind kind = AlertKind::Window;
  AlertLevel level = AlertLevel::Warning;
  std::string subject;
  bool is_recovery = false;
  TimePoint at;
  double value = 0;                // what was seen: a share for Window, credits for Drift ...
  double bound = 0;                // what it was held against
  std::optional<TimePoint> until;  // the end of the window it is about
  std::string message;             // one sentence for a person

  friend bool operator==(const Alert&, const Alert&) = default;
};

// "raised" or "recovered".
[[nodiscard]] std::string_view state_of(const Alert& alert) noexcept;

// The alert's keys and values, into an object that the caller has begun and ends. `id`: its row's.
void write_fields(JsonWriter& json, const Alert& alert, std::optional<std::int64_t> id);

}  // namespace quotecached::alert
