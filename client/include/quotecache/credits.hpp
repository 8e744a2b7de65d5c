// How the credits of a daemon stand: what GET /admin/credits tells. Plain values.
//
// Credits are the provider's unit of money; the minute counts requests. Shares are from 0 to 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quotecache/export.hpp"
#include "quotecache/time.hpp"

namespace quotecache {

enum class Level : std::uint8_t { Ok, Warning, Critical };
[[nodiscard]] QUOTECACHE_API std::string_view to_string(
    Level level) noexcept;  // "ok", "warning", "critical"

// What may be paid for. Automatic is an order only: choose by the state of the windows.
enum class SpendMode : std::uint8_t { Automatic, Normal, Economise, ForegroundOnly, CacheOnly };
[[nodiscard]] QUOTECACHE_API std::string_view to_string(
    SpendMode mode) noexcept;  // "auto", "normal", ...
[[nodiscard]] QUOTECACHE_API std::optional<SpendMode> parse_spend_mode(
    std::string_view word) noexcept;

struct ModeState {
  SpendMode mode = SpendMode::Normal;
  TimePoint since;
  std::string reason;                     // for a person; empty: nothing runs short
  std::optional<TimePoint> manual_until;  // set by hand, until then
};

struct Plan {
  std::string name;                  // as in the settings: "auto", "explicit", a preset
  std::string source;                // of the caps: "key_info", "preset", "explicit", "unknown"
  std::optional<TimePoint> read_at;  // when the provider was asked last
  std::string error;                 // why it could not be asked; empty: it could
};

struct Forecast {
  std::optional<TimePoint> exhausted_at;  // nothing: the window lasts until it ends
  std::optional<TimePoint> earliest;
  std::optional<TimePoint> latest;
  double spent_at_end = 0;  // credits expected by then
};

struct Window {
  std::string name;  // "minute", "day", "month"
  std::string unit;  // "requests", "credits"
  TimePoint starts_at;
  TimePoint ends_at;
  std::optional<std::int64_t> cap;  // nothing: unlimited, or not known
  std::int64_t spent = 0;
  std::int64_t held = 0;  // set aside for calls that are under way
  std::optional<std::int64_t> left;
  std::optional<TimePoint> closed_until;  // closed by the provider, whatever is left
  std::int64_t error_code = 0;            // the provider's, with which it closed
  std::optional<Forecast> forecast;
  std::string forecast_missing;       // why it is too early for one; empty: it is not
  std::optional<double> money_spent;  // nothing: what a credit costs is not set
};

// The provider refuses the daemon's key: nothing is bought before `until`.
struct KeyRefusal {
  TimePoint until;
  std::int64_t error_code = 0;  // the provider's
};

struct PriceCheck {
  std::string endpoint;
  std::int64_t checked = 0;     // calls compared
  std::int64_t mismatches = 0;  // that cost otherwise than predicted
  std::int64_t predicted = 0;   // credits
  std::int64_t charged = 0;     // credits
  bool is_mispriced = false;
};

struct Alert {
  std::optional<std::int64_t> id;  // nothing: not stored
  TimePoint at;
  // "window", "exhausted", "forecast", "drift", "price", "key", "ledger", "unreachable", "doubt"; a
  // later daemon may know more.
  std::string kind;
  Level level = Level::Warning;
  std::string subject;  // what it is about: a window, an endpoint
  bool is_recovery = false;
  double value = 0;                // what was seen
  double bound = 0;                // what it was held against
  std::optional<TimePoint> until;  // the end of the window it is about
  std::string message;             // one sentence for a person
};

struct ClientWindow {
  std::string name;                 // "day", "month"
  std::optional<std::int64_t> cap;  // nothing: no budget of its own
  std::int64_t spent = 0;
  std::int64_t held = 0;
  std::optional<std::int64_t> left;
  TimePoint ends_at;
};

struct ClientShare {
  std::string client;
  std::vector<ClientWindow> windows;
};

struct Credits {
  TimePoint at;
  Plan plan;
  ModeState mode;
  // Seconds of age, summed up over what clients are served, that a credit must save to be spent on
  // what there is a copy of; 0: credits are ample.
  double price_of_credit = 0;
  double stretch = 1;  // fresh copies live so many times longer
  Level level = Level::Ok;
  std::vector<Window> windows;
  std::optional<KeyRefusal> key_refused;
  std::int64_t holds = 0;  // calls under way
  bool ledger_works = true;
  std::string ledger_error;
  std::int64_t day_drift = 0;  // credits the provider counted beyond what the daemon spent
  std::int64_t month_drift = 0;
  std::vector<PriceCheck> prices;
  std::vector<Alert> alerts;  // those that hold now
  std::vector<ClientShare> clients;
  std::string document;                    // the JSON all this was read from, as it came
  std::optional<double> price_per_credit;  // in money; nothing: not set
  std::string currency;                    // of that; empty: not told
};

}  // namespace quotecache
