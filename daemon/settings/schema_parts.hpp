// What the tables of settings are made of. Internal to the schema.
#pragma once

#include <vector>

#include "settings/schema.hpp"

namespace quotecached::settings {

// Bounds of durations are in milliseconds.
inline constexpr double kSecond = 1000;
inline constexpr double kHour = 3600 * kSecond;
inline constexpr double kDay = 24 * kHour;
inline constexpr double kKiB = 1024;
inline constexpr double kMiB = 1024 * kKiB;
inline constexpr double kTiB = 1024 * 1024 * kMiB;
inline constexpr double kMostItems = 64;  // of a list

// The field reached by following these members down from a Settings.
template <auto... Members>
Field at(Settings& settings) {
  return &(settings.*....*Members);
}

// Each in the order of the file.
std::vector<Row> upstream_rows();
std::vector<Row> tier_rows();
std::vector<Row> credit_rows();
std::vector<Row> warm_rows();
std::vector<Row> alert_rows();
std::vector<Row> usage_rows();

}  // namespace quotecached::settings
