// The ages that clients saw: read from the answers that they got, and summed up.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace quotecached::test {

// One asset of an answer of a cmcsim with --stamps, or one row of /quotes.
struct SeenAsset {
  milliseconds age{0};          // since the provider was asked
  milliseconds content_age{0};  // since its data turned over (last_updated)
};

// Every asset in `body`, in the order in which they stand. Empty when it is no answer with assets.
// Throws for an asset without stamps.
[[nodiscard]] std::vector<SeenAsset> assets_in(std::string_view body, TimePoint now);

class AgeTally {
 public:
  void add(milliseconds age) { ages_.push_back(age.count()); }

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(ages_.size()); }
  // In seconds; 0 of none. Exact: every age is kept.
  [[nodiscard]] double mean() const;
  // The smallest age that `share` of all do not exceed. Requires: 0 < share <= 1.
  [[nodiscard]] double quantile(double share) const;
  // The share of all.
  [[nodiscard]] double older_than(milliseconds age) const;

  bool operator==(const AgeTally&) const = default;

 private:
  std::vector<milliseconds::rep> ages_;
};

}  // namespace quotecached::test
