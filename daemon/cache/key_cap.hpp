// How long a tier may hold the copy under a key: its cap, and never less than the copy's family is
// fresh, since what was paid for would be bought again otherwise.
#pragma once

#include <atomic>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"

namespace quotecached::cache {

// By the second word of a key, the endpoint: for how long its answers are fresh. Shared by tiers
// and their threads, which may read while a time is changed; words are added before that only.
class FreshTimes {
 public:
  FreshTimes() = default;
  FreshTimes(std::initializer_list<std::pair<std::string_view, milliseconds>> times) {
    for (const auto& [word, fresh] : times) set(word, fresh);
  }

  // Changes the time of a known word, or adds it.
  void set(std::string_view word, milliseconds fresh);
  // Any thread.
  [[nodiscard]] std::optional<milliseconds> of(std::string_view word) const noexcept;

 private:
  std::map<std::string, std::atomic<milliseconds>, std::less<>> times_;
};
using FreshTimesPtr = std::shared_ptr<const FreshTimes>;

// `fresh_times` may be null: then `cap` is all.
[[nodiscard]] milliseconds cap_of(std::string_view key,
                                  milliseconds cap,
                                  const FreshTimes* fresh_times) noexcept;

}  // namespace quotecached::cache
