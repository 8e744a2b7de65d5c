// What a call costs, and the account's windows: calls per minute, credits per day and per month.
//
// Pure bookkeeping on fixed UTC windows; time comes in as an argument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "endpoint.hpp"
#include "sim_time.hpp"

namespace cmcsim {

// Credits of a good answer with `items` assets in `converts` currencies.
[[nodiscard]] std::int64_t credits_for(const Endpoint& endpoint,
                                       std::size_t items,
                                       std::size_t converts);

// A limit of 0 is no limit.
struct PlanLimits {
  std::int64_t calls_per_minute = 0;
  std::int64_t credits_per_day = 0;
  std::int64_t credits_per_month = 0;
};

// Null for a plan that does not exist.
[[nodiscard]] std::optional<PlanLimits> limits_of_plan(std::string_view name);

struct Usage {
  std::int64_t calls_this_minute = 0, credits_today = 0, credits_this_month = 0;
};

// Start of the next month, when the monthly credits come back.
[[nodiscard]] TimePoint next_month(TimePoint now);

class Accounts {
 public:
  explicit Accounts(PlanLimits limits) : limits_(limits) {}

  [[nodiscard]] const PlanLimits& limits() const { return limits_; }
  void set_limits(PlanLimits limits) { limits_ = limits; }

  // Counts a call of `key`. Throws ApiError 1008 when the minute is used up.
  void count_call(const std::string& key, TimePoint now);
  // Books `credits`. Throws ApiError 1009 or 1010, booking nothing, when they would pass a limit.
  void charge(const std::string& key, std::int64_t credits, TimePoint now);
  [[nodiscard]] Usage usage(const std::string& key, TimePoint now);

 private:
  struct Account {
    std::int64_t minute = 0, day = 0, month = 0;  // Which windows the usage belongs to.
    Usage usage;
  };
  Account& current(const std::string& key, TimePoint now);

  PlanLimits limits_;
  std::unordered_map<std::string, Account> accounts_;
};

}  // namespace cmcsim
