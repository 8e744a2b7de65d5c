// Figures as people read them. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/look.hpp"
#include "quotecache/time.hpp"

namespace quotecache::cli {

// "1,234,567", "-12".
[[nodiscard]] std::string grouped(std::int64_t value);
// "1,234.50".
[[nodiscard]] std::string grouped(double value, int decimals);
// Whole where it is whole, else with two decimals: credits shared between assets.
[[nodiscard]] std::string credits_text(double value);
// Money that is told in millionths, rounded once, halves away from zero: "1,214.60", small sums
// with four decimals. With the name of the currency where it has one: "1,214.60 USD".
[[nodiscard]] std::string money_text(double value);
[[nodiscard]] std::string money_text(double value, std::string_view currency);
// "81.0 %" of a share from 0 to 1; "100.0 %" only of all there is.
[[nodiscard]] std::string percent_text(double share);
// "1.2 MB".
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

// "2026-11-21 10:00", in UTC.
[[nodiscard]] std::string minute_text(TimePoint time);
[[nodiscard]] std::string second_text(TimePoint time);
// "2026-11-21".
[[nodiscard]] std::string date_text(TimePoint time);
// "32 s", "12 min", "2 h 20 min", "3 d 4 h"; never negative.
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

// How much of a whole is used, as a bar of so many columns. Anything used shows.
[[nodiscard]] std::string bar(double share, std::size_t columns, const Look& look);

}  // namespace quotecache::cli
