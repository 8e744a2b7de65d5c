// Remembers what the provider says against a good copy, and decides when to believe it.
//
// One answer may be a slip of the provider's: a price of 0 in place of 700.5, an asset that is not
// in the answer, a page cut in half. What is said again and again over a while is so. Until then
// the copy goes on answering, and its key is asked for again. Pure. Bounded: when full, any other
// makes room, and what is said of that must be said anew. Owned by Refill.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "alert/contradiction.hpp"
#include "base/clock.hpp"

namespace quotecached::refill {

// What an answer says against a copy.
enum class Claim : std::uint8_t {
  Flawed,  // there is no price where the copy has one
  Gone,    // there is no such asset
  Short,   // of a whole answer: it is empty, much shorter, or shorter than it says itself
};
inline constexpr std::size_t kClaims = 3;
[[nodiscard]] std::string_view to_string(Claim claim) noexcept;

// What makes a claim believed: so many answers that say it and none that denies it, the last of
// them so long after the first.
struct Proof {
  int answers = 3;
  std::chrono::milliseconds span{0};
};
[[nodiscard]] Proof proof_of(Claim claim) noexcept;

class Suspects {
 public:
  explicit Suspects(std::size_t most) : most_(most) {}

  // The answer asked for at `said_at` claims this of `key`. Returns whether to believe it: the key
  // is forgotten then. `held_at`: when the copy was fetched; what was claimed before that is void.
  [[nodiscard]] bool believes(const std::string& key,
                              Claim claim,
                              TimePoint said_at,
                              std::optional<TimePoint> held_at);

  // The provider confirmed what is held.
  void clear(const std::string& key) { suspects_.erase(key); }

  [[nodiscard]] std::size_t size() const noexcept { return suspects_.size(); }

  // What is claimed for longest and not believed; nothing when nothing is. What has not been said
  // for `kForgotten` does not count: nobody asks for it any more.
  [[nodiscard]] std::optional<alert::Contradiction> worst(TimePoint now) const;
  static constexpr std::chrono::minutes kForgotten{15};

 private:
  struct Suspect {
    Claim claim = Claim::Flawed;
    int answers = 0;
    TimePoint first;
    TimePoint last;
  };

  std::size_t most_;
  std::unordered_map<std::string, Suspect> suspects_;
};

}  // namespace quotecached::refill
