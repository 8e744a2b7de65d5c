// What simulations came to, side by side: for people, for programs, for spreadsheets.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "simulate/clairvoyant.hpp"
#include "simulate/simulation.hpp"

namespace quotecached::simulate {

// One plan, simulated.
struct Outcome {
  std::string plan;            // its name, or "30000 a month"
  std::int64_t per_month = 0;  // its credits; 0: no cap
  SimulatedFigures figures;
  std::int64_t entries = 0;           // that were asked for
  std::optional<LeastAge> least_age;  // for as many calls as credits were spent; empty: for none

  // Seconds: the mean age that somebody who knew the future could have served for these credits.
  [[nodiscard]] std::optional<double> least_mean() const;
  // How many times as old what was served was; empty where the least is 0.
  [[nodiscard]] std::optional<double> ratio() const;
  // Entries that a credit brought; empty where none was spent.
  [[nodiscard]] std::optional<double> entries_per_credit() const;
};

enum class Format : std::uint8_t { Table, Json, Csv };
[[nodiscard]] std::optional<Format> parse_format(std::string_view word) noexcept;

// With its last newline.
[[nodiscard]] std::string report(std::span<const Outcome> outcomes, Format format);

}  // namespace quotecached::simulate
