#include "sim_time.hpp"

#include <fmt/format.h>

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

TimePoint SimClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + offset_;
}

Tick tick_at(TimePoint now, std::chrono::milliseconds period, std::uint64_t call) {
  if (period.count() == 0) return {call, now, now};
  const auto index = now.time_since_epoch() / period;
  return {static_cast<std::uint64_t>(index), TimePoint(index * period), now};
}

}  // namespace cmcsim
