// What to ask next of a batch that is refused without a word of what is wrong with it.
//
// Refusals cost no credits but count against the minute, so a batch is only taken apart on
// evidence: several converts are asked one by one, then two assets alone. Where both are refused
// too, the refusal is about the lane and nothing more is asked; where one is not, it is about some
// asset, and the batch is halved until that stands alone. Pure; BatchRunner obeys it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace quotecached::refill {

// Of one batch in one convert, or in several together.
class Narrowing {
 public:
  enum class Ask : std::uint8_t {
    Nothing,    // the refusal is about all that is left
    ByConvert,  // each convert by itself
    OneAlone,   // one asset of those that are left
    Halves,
    GiveUp  // upstream fails: what is left was not refused for sure
  };

  // A call for these was refused, and for several assets: what to do with those that are left.
  [[nodiscard]] Ask after_refusal(std::size_t assets, std::size_t converts);

  void note_good() noexcept { has_good_ = true; }
  void note_refused_alone() noexcept { ++alone_; }
  void note_failure() noexcept { has_failed_ = true; }

  // All that it asked for was refused, and nothing else went wrong.
  [[nodiscard]] bool is_refused() const noexcept {
    return !has_good_ && !has_failed_ && (was_refused_ || alone_ > 0);
  }
  // No call of it was refused.
  [[nodiscard]] bool is_clean() const noexcept { return has_good_ && !was_refused_; }

 private:
  static constexpr std::size_t kMostAlone = 2;
  static constexpr std::size_t kMostTries = 3;  // some may say neither

  std::size_t halvings_ = 8;  // enough to single out one asset of the largest batch
  std::size_t alone_ = 0;     // assets that were refused alone
  std::size_t tries_ = 0;     // of assets alone
  bool has_good_ = false;
  bool has_failed_ = false;
  bool was_refused_ = false;
};

// Lanes that are better asked convert by convert for a while. Bounded: when full, the one that ends
// soonest makes room. Pure.
class SplitLanes {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes kKept{10};

  explicit SplitLanes(std::size_t most) : most_(most) {}

  void add(const std::string& lane, Time now);
  [[nodiscard]] bool contains(const std::string& lane, Time now) const;

 private:
  std::size_t most_;
  std::unordered_map<std::string, Time> until_;
};

}  // namespace quotecached::refill
