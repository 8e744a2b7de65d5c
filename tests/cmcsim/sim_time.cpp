#include "sim_time.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "universe.hpp"

namespace cmcsim {

std::string iso_text(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()),
                     clock.hours().count(),
                     clock.minutes().count(),
                     clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<TimePoint> parse_iso(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const int read = std::sscanf(
      text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2uZ", &year, &month, &day, &hour, &minute, &second);
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (read != 6 || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const TimePoint time = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                         std::chrono::minutes(minute) + std::chrono::seconds(second);
  // What was not read, or read in another form, is written differently.
  if (iso_text(time) != text.substr(0, text.size() - 1) + ".000Z") return std::nullopt;
  return time;
}

TimePoint SimClock::now() const {
  if (stands_at_) return *stands_at_ + offset_;
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + offset_;
}

Tick tick_at(TimePoint now, std::chrono::milliseconds period, std::uint64_t call) {
  if (period.count() == 0) return {call, now, now};
  const auto index = now.time_since_epoch() / period;
  return {static_cast<std::uint64_t>(index), TimePoint(index * period), now};
}

std::optional<Lateness> Lateness::parse(const std::string& text) {
  int least = 0, most = 0, end = 0;
  const int read = std::sscanf(text.c_str(), "%4d:%4d%n", &least, &most, &end);
  if (read != 2 || static_cast<std::size_t>(end) != text.size()) return std::nullopt;
  if (least < 0 || most < least) return std::nullopt;
  return Lateness{std::chrono::seconds(least), std::chrono::seconds(most)};
}

Tick late_tick_at(TimePoint now,
                  std::chrono::milliseconds period,
                  Lateness late,
                  std::uint64_t seed) {
  auto index = now.time_since_epoch() / period;
  const auto served_at = [&](std::int64_t tick) {
    const double part = mix_unit(seed, static_cast<std::uint64_t>(tick));
    const auto spread = static_cast<double>((late.most - late.least).count());
    return TimePoint(tick * period) + late.least +
           std::chrono::milliseconds(static_cast<std::int64_t>(part * spread));
  };
  while (served_at(index) > now) --index;
  return {static_cast<std::uint64_t>(index), TimePoint(index * period), now};
}

}  // namespace cmcsim
