#include "alert/alert.hpp"

#include "base/json_writer.hpp"

namespace quotecached::alert {

std::string_view to_string(AlertKind kind) noexcept {
  switch (kind) {
    case AlertKind::Window: return "window";
    case AlertKind::Exhausted: return "exhausted";
    case AlertKind::Forecast: return "forecast";
    case AlertKind::Drift: return "drift";
    case AlertKind::Price: return "price";
    case AlertKind::Key: return "key";
    case AlertKind::Ledger: return "ledger";
    case AlertKind::Unreachable: return "unreachable";
    case AlertKind::Doubt: return "doubt";
  }
  return "unknown";
}

std::optional<AlertKind> parse_alert_kind(std::string_view word) noexcept {
  for (std::size_t i = 0; i < kAlertKinds; ++i)
    if (to_string(static_cast<AlertKind>(i)) == word) return static_cast<AlertKind>(i);
  return std::nullopt;
}

std::string_view to_string(AlertLevel level) noexcept {
  switch (level) {
    case AlertLevel::Warning: return "warning";
    case AlertLevel::Critical: return "critical";
  }
  return "unknown";
}

std::optional<AlertLevel> parse_alert_level(std::string_view word) noexcept {
  for (const auto level : {AlertLevel::Warning, AlertLevel::Critical})
    if (to_string(level) == word) return level;
  return std::nullopt;
}

std::string_view state_of(const Alert& alert) noexcept {
  return alert.is_recovery ? "recovered" : "raised";
}

void write_fields(JsonWriter& json, const Alert& alert, std::optional<std::int64_t> id) {
  constexpr int kDecimals = 4;  // shares are told to a hundredth of a percent
  json.key("id").integer(id).key("at").time(alert.at);
  json.key("kind").text(to_string(alert.kind)).key("level").text(to_string(alert.level));
  json.key("subject").text(alert.subject).key("state").text(state_of(alert));
  json.key("value").number(alert.value, kDecimals).key("bound").number(alert.bound, kDecimals);
  json.key("until").time(alert.until).key("message").text(alert.message);
}

}  // namespace quotecached::alert
