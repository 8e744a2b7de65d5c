// A run: what was ordered, and what came of it. Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"

namespace quotecached::warm {

// Why an asset is in a run, and what became of it.
struct Outcome {
  enum class How : std::uint8_t {
    Planned,  // in a dry run: it would be fetched
    Renewed,
    Fresh,     // it was fresh for long enough
    Busy,      // it was being fetched
    Unasked,   // nobody asked for it since it was warmed
    Unworthy,  // not worth the price of a credit
    Absent,    // the provider has no such asset
    Failed,
    NotTried,  // the run was stopped before
  };
  std::string asset;
  std::string convert;
  std::string why;  // "popular: 12 asks a minute", "window majors", "ordered"
  How how = How::NotTried;
};
inline constexpr std::size_t kOutcomes = 9;
[[nodiscard]] std::string_view to_string(Outcome::How how) noexcept;  // "planned", ...

// What a name that was ordered is of, where that is not one asset: none, or several that share it.
struct NameCount {
  std::string name;
  std::size_t assets = 0;
};

struct Run {
  enum class State : std::uint8_t {
    Running,
    Done,     // all that was to be fetched was
    Partly,   // some was
    Nothing,  // none could be
    Lost,     // the daemon ended first
  };
  enum class By : std::uint8_t {
    Order,
    Clock,  // a window, from when it opens until it closes
  };
  std::int64_t id = 0;
  State state = State::Running;
  By begun_by = By::Order;
  std::string what;  // "popular 50", "window majors", "due", "12 assets"
  TimePoint began;
  std::optional<TimePoint> ended;
  bool is_dry = false;
  bool explains = false;    // `outcomes` are kept until the next run
  std::int64_t assets = 0;  // once for each convert
  // By Outcome::How: once for each asset that was ordered, of a window each time.
  std::array<std::int64_t, kOutcomes> how{};
  std::int64_t calls = 0;
  Credits estimated;
  Credits spent;
  double asks_fresh = 0;          // asks that found copies of the run fresh
  std::string stopped_by;         // why it was stopped; empty: it was not
  std::string failure;            // the first, of a call or of what could not be tried
  std::vector<NameCount> names;   // some of those that were ordered by name
  std::vector<Outcome> outcomes;  // of an order that explains

  [[nodiscard]] std::int64_t count(Outcome::How which) const {
    return how[static_cast<std::size_t>(which)];
  }
};
[[nodiscard]] std::string_view to_string(Run::State state) noexcept;  // "running", ...
[[nodiscard]] std::string_view to_string(Run::By by) noexcept;        // "order", "clock"

// How a run ended, by what became of its assets.
[[nodiscard]] Run::State state_of(const Run& run) noexcept;

}  // namespace quotecached::warm
