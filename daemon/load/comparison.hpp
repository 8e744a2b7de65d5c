// Has it got worse? A load test beside an earlier one, by their ratios to the floor.
//
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "load/report.hpp"

namespace quotecached::load {

// Of an earlier report, what a later one is held against.
struct Baseline {
  std::string scenario;
  std::int64_t concurrency = 0;
  double rate = 0;
  Ratios ratios;
  double wrong_share = 0;
};

// Of a report as JSON. Fails with Invalid when it is none.
[[nodiscard]] Result<Baseline> parse_baseline(std::string_view json);

// Fails with Invalid when the two are of different scenarios, connections or rates. What `report`
// measured does not count.
[[nodiscard]] Result<void> check_same_test(const Report& report, const Baseline& baseline);

// The figures that can be compared, by name.
[[nodiscard]] const std::vector<std::string>& compared_figures();

struct Compared {
  std::string figure;
  double was = 0;
  double is = 0;
  bool is_worse = false;

  [[nodiscard]] std::string text() const;  // a line for people, without its end
};

// Each figure of `figures` that both know. A ratio is worse that is larger by more than the part
// `threshold`; the share of requests that went wrong where it is larger by more than a tenth of a
// per cent. Fails as check_same_test(), and with Invalid when the two have no figure in common.
[[nodiscard]] Result<std::vector<Compared>> compare(const Report& report,
                                                    const Baseline& baseline,
                                                    double threshold,
                                                    const std::vector<std::string>& figures);

}  // namespace quotecached::load
