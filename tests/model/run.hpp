// A run of a bed: rounds of random asks with something that happens between them, each answer held
// against the model, and calls and accounts at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "model/finding.hpp"
#include "model/plan.hpp"

namespace quotecached::model {

struct Report {
  std::size_t asks = 0;
  std::size_t answered = 0;  // with 200
  std::size_t stale = 0;
  std::size_t prices = 0;
  std::size_t calls = 0;
  std::int64_t credits = 0;
  std::map<Rule, std::size_t> known;  // findings that the plan lets pass
  std::map<Rule, std::size_t> wrong;  // all others
  std::string examples;               // the first of each rule

  [[nodiscard]] std::string text() const;
};

// Takes as many rounds as it needs to ask so often. The same plan and seed ask the same.
[[nodiscard]] Report run(const BedPlan& plan, std::size_t asks, std::uint64_t seed);

}  // namespace quotecached::model
