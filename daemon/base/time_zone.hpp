// What a clock on the wall says somewhere: the offset from UTC of a time zone at a moment.
//
// Read from the system's zone files (TZif, RFC 8536), since GCC 12 has no std::chrono::time_zone,
// or given as a fixed offset. Immutable once loaded. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace quotecached {

// The rule of a zone from its last change of law on: "CET-1CEST,M3.5.0,M10.5.0/3".
class ZoneRule {
 public:
  // Fails with Invalid.
  static Result<ZoneRule> parse(std::string_view text);
  [[nodiscard]] std::chrono::seconds offset_at(TimePoint now) const;

  friend bool operator==(const ZoneRule&, const ZoneRule&) = default;

 private:
  // A day of the year and a time on it, by the clock on the wall.
  struct Turn {
    enum class Form { MonthWeekDay, YearDay, YearDayWithoutLeap } form = Form::MonthWeekDay;
    unsigned month = 1, week = 1, weekday = 0;
    int day = 0;
    std::chrono::seconds time{7200};

    [[nodiscard]] std::chrono::sys_seconds in(std::chrono::year year) const;
    friend bool operator==(const Turn&, const Turn&) = default;
  };
  struct Reader;

  std::chrono::seconds standard_{0};
  std::chrono::seconds summer_{0};
  std::optional<std::pair<Turn, Turn>> turns_;  // to summer, and back; empty: it never turns
};

class TimeZone {
 public:
  TimeZone() = default;  // UTC

  // "UTC", an offset such as "+05:30", or a name of the zone database such as "Europe/Berlin".
  // Reads a file of the system. Fails with Invalid: no such zone, or no zone files.
  static Result<TimeZone> load(std::string_view name);
  // From the bytes of a zone file. Fails with Invalid.
  static Result<TimeZone> parse(std::string_view file);

  [[nodiscard]] std::chrono::seconds offset_at(TimePoint now) const;

  friend bool operator==(const TimeZone&, const TimeZone&) = default;

 private:
  struct Change {
    std::chrono::sys_seconds at;
    std::chrono::seconds offset;  // from then on

    friend bool operator==(const Change&, const Change&) = default;
  };

  std::chrono::seconds first_{0};  // before the first change
  std::vector<Change> changes_;    // ascending
  std::optional<ZoneRule> rule_;   // after the last change
};

}  // namespace quotecached
