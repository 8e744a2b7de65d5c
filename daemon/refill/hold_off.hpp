// Remembers what is better not asked of the upstream for a while: a lane that fails, a key that was
// missing from a good answer although a copy exists, a request the provider calls wrong.
//
// Pure. Bounded: when full, the entry that ends soonest makes room. Owned by Refill.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "refill/pending.hpp"

namespace quotecached::refill {

class HoldOffs {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Whom a hold-off binds.
  enum class Binds : std::uint8_t {
    WhoHasCopy,  // a client without any copy may still try
    Everyone,    // asking again would be answered the same
  };

  explicit HoldOffs(std::size_t most) : most_(most) {}

  void hold(const std::string& name, Binds binds, calling::FailurePtr failure, Time until);
  void clear(const std::string& name);

  // Why `name` should not be asked for now; null when it may be.
  [[nodiscard]] calling::FailurePtr held(const std::string& name, bool has_copy, Time now) const;

 private:
  struct Hold {
    Binds binds;
    calling::FailurePtr failure;
    Time until;
  };
  void make_room();

  std::size_t most_;
  std::unordered_map<std::string, Hold> holds_;
};

}  // namespace quotecached::refill
