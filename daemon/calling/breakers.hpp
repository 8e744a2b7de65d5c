// The breakers of upstream: one for the account, and one for each lane and each client's forwards.
//
// What clients choose to ask may fail by itself: it opens the breaker of its lane only. All calls
// are stopped where nothing can be sent, or by open(), which is for who has asked something of its
// own and got no good answer. Pure: time is an argument. Owned by Caller.
//
// While the account's breaker is open, failures are the account's, and when it closes all lanes
// start anew. Only lanes that have failed lately are kept, a bounded number of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/breaker.hpp"

namespace quotecached::calling {

// What a call says of upstream.
enum class Evidence : std::uint8_t {
  Good,     // it answers
  Failure,  // it fails on what was asked, or its answer got lost
  Network,  // it could not be reached
  Page,     // something in front of it refuses: what is asked, or everything
  Nothing
};

class Breakers {
 public:
  using Time = Breaker::Time;
  class Attempt;

  enum class News : std::uint8_t {
    None,
    Doubt,   // a lane's breaker is open, or pages came in a row: is it upstream as a whole?
    Opened,  // the account's
    Closed
  };

  explicit Breakers(Breaker::Options options, std::size_t most_lanes = 1000)
      : options_(options), most_lanes_(most_lanes), account_(options) {}

  // Nothing when no such call may be made now. Without a lane only the account counts.
  [[nodiscard]] std::optional<Attempt> allow(const std::string& lane, Time now);

  // Upstream as a whole is known to fail. True when this opened the account's breaker.
  bool open(Time now) { return account_.open(now); }

  // Of the account.
  [[nodiscard]] Breaker::State state() const noexcept { return account_.state(); }
  [[nodiscard]] std::size_t lanes() const noexcept { return lanes_.size(); }

 private:
  struct Lane {
    explicit Lane(Breaker::Options options) : breaker(options) {}
    Breaker breaker;
    std::size_t attempts = 0;  // under way
    Time last{};               // one began
  };
  using Lanes = std::unordered_map<std::string, Lane>;  // which never moves what it holds

  [[nodiscard]] Lanes::value_type* find_or_make(const std::string& lane);
  void leave(Lanes::value_type& lane, bool is_good);
  void forgive_lanes();

  Breaker::Options options_;
  std::size_t most_lanes_;
  Breaker account_;
  int pages_ = 0;  // since the last good answer
  Lanes lanes_;
};

// One call. Must not outlive the breakers. Dropped, it says nothing.
class [[nodiscard]] Breakers::Attempt {
 public:
  Attempt(Attempt&& other) noexcept
      : owner_(std::exchange(other.owner_, nullptr)),
        lane_(std::exchange(other.lane_, nullptr)),
        of_lane_(std::move(other.of_lane_)),
        of_account_(std::move(other.of_account_)) {}
  Attempt& operator=(Attempt&&) = delete;
  ~Attempt();

  // How it went, once.
  News report(Evidence evidence, Time now);

 private:
  friend class Breakers;
  Attempt(Breakers& owner,
          Lanes::value_type* lane,
          std::optional<Breaker::Attempt> of_lane,
          Breaker::Attempt of_account)
      : owner_(&owner),
        lane_(lane),
        of_lane_(std::move(of_lane)),
        of_account_(std::move(of_account)) {}

  News note_good();
  News note_failure(Time now);
  News note_page(Time now);
  void end(bool is_good);

  Breakers* owner_;          // null once it has ended
  Lanes::value_type* lane_;  // null: it has none
  std::optional<Breaker::Attempt> of_lane_;
  Breaker::Attempt of_account_;
};

}  // namespace quotecached::calling
