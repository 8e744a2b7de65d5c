#include "routing/date.hpp"

#include <fmt/format.h>

namespace quotecached::routing {

std::string_view DateText::at(std::time_t now) noexcept {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (now != made_for_) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    const auto made = fmt::format_to_n(text_.data(),
                                       text_.size(),
                                       "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                                       kDays[static_cast<std::size_t>(utc.tm_wday)],
                                       utc.tm_mday,
                                       kMonths[static_cast<std::size_t>(utc.tm_mon)],
                                       utc.tm_year + 1900,
                                       utc.tm_hour,
                                       utc.tm_min,
                                       utc.tm_sec);
    size_ = made.size < text_.size() ? made.size : text_.size();
    made_for_ = now;
  }
  return {text_.data(), size_};
}

}  // namespace quotecached::routing
