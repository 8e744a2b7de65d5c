// Runs a month of requests under a policy, as the daemon serves them, and measures what clients
// saw.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "month_policies.hpp"
#include "month_trace.hpp"

namespace quotecached::test {

// Of a month. Ages are those of assets at the moment they were served.
struct MonthFigures {
  std::int64_t credits = 0;
  std::int64_t served = 0;
  std::int64_t refused = 0;  // nothing to serve
  double mean_age = 0;       // seconds
  int p95_age = 0;
  double older_than_5_minutes = 0;  // share
};

class MonthRun {
 public:
  MonthRun(const MonthTrace& trace, Policy& policy) : trace_(trace), policy_(policy) {
    for (std::size_t asset = 0; asset < kAssets; ++asset) {
      keys_.push_back("qc1:quotes:id:" + std::to_string(asset) + ":USD:0");
    }
  }

  MonthFigures figures() {
    const auto& requests = trace_.requests();
    for (std::size_t at = 0; at < requests.size();) {
      std::size_t end = at;
      while (end < requests.size() && requests[end].second == requests[at].second) ++end;
      run_second({requests.begin() + static_cast<std::ptrdiff_t>(at),
                  requests.begin() + static_cast<std::ptrdiff_t>(end)});
      at = end;
    }
    return summary();
  }

 private:
  using Requests = std::span<const MonthTrace::Request>;
  static constexpr int kRevalidate = 60;  // seconds: shown at once while it is refreshed behind
  static constexpr int kStaleIfError = 86400;
  static constexpr int kOldest = 2 * kStaleIfError;
  static constexpr std::size_t kStep = 100;  // assets of a credit

  // Times in seconds since the month began.
  struct Copy {
    int fetched_at = -1;  // never
    int fresh_until = 0;
    int stale_until = 0;
  };

  static TimePoint time_of(int second) { return kMonthStart + std::chrono::seconds(second); }

  // Requests of one second share calls.
  void run_second(Requests requests) {
    const int now = requests.front().second;
    for (; next_minute_ <= now; next_minute_ += 60) policy_.each_minute(time_of(next_minute_));
    wanted_.clear();
    paid_.clear();
    for (const auto& request : requests) paid_.push_back(is_paid(request, now));
    const bool was_made = make_call(now);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      for (const Asset asset : trace_.assets(requests[i]))
        serve(asset, paid_[i] != 0 && was_made, now);
    }
    if (was_made) renew(now);
  }

  // Puts what the request lacks among the wanted if it is paid for.
  bool is_paid(const MonthTrace::Request& request, int now) {
    stale_.clear();
    bool lacks = false;
    for (const Asset asset : trace_.assets(request)) {
      const Copy& copy = copies_[asset];
      if (now >= copy.stale_until) {
        lacks = true;
      } else if (now >= copy.fresh_until) {
        stale_.push_back({keys_[asset], time_of(copy.fetched_at)});
      }
    }
    if (stale_.empty() && !lacks) return false;
    if (!policy_.pays(stale_, lacks, time_of(now))) return false;
    for (const Asset asset : trace_.assets(request)) {
      if (now >= copies_[asset].fresh_until) wanted_.push_back(asset);
    }
    return true;
  }

  bool make_call(int now) {
    std::sort(wanted_.begin(), wanted_.end());
    wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
    if (wanted_.empty()) return false;
    const Credits price{static_cast<std::int64_t>((wanted_.size() + kStep - 1) / kStep)};
    if (!policy_.call(price, time_of(now))) return false;
    credits_ += price.count;
    return true;
  }

  // Who has nothing, or only an old copy, waits for the call.
  void serve(Asset asset, bool is_fetched, int now) {
    const Copy& copy = copies_[asset];
    const bool has_copy = now < copy.stale_until;
    if (!has_copy && !is_fetched) {
      ++refused_;
      return;
    }
    const bool waits = !has_copy || (is_fetched && now >= copy.fresh_until + kRevalidate);
    const int age = waits ? 0 : now - copy.fetched_at;
    ++served_;
    ages_ += age;
    ++by_age_[static_cast<std::size_t>(std::min(age, kOldest))];
  }

  void renew(int now) {
    const auto jitter = static_cast<double>(draws_++ % 20) / 20 * 0.05;  // ttl_jitter
    const double fresh = policy_.fresh().count();
    for (const Asset asset : wanted_) {
      copies_[asset] = {now,
                        now + static_cast<int>(fresh * (1 - jitter)),
                        now + static_cast<int>(fresh) + kStaleIfError};
    }
  }

  MonthFigures summary() const {
    MonthFigures result{credits_, served_, refused_, 0, 0, 0};
    const auto served = static_cast<double>(served_);
    result.mean_age = static_cast<double>(ages_) / served;
    std::int64_t younger = 0;
    for (std::size_t age = 0; age < by_age_.size(); ++age) {
      younger += by_age_[age];
      if (static_cast<double>(younger) < 0.95 * served) result.p95_age = static_cast<int>(age) + 1;
      if (age == 300) result.older_than_5_minutes = 1 - static_cast<double>(younger) / served;
    }
    return result;
  }

  const MonthTrace& trace_;
  Policy& policy_;
  std::vector<std::string> keys_;
  std::array<Copy, kAssets> copies_{};
  int next_minute_ = 0;
  int draws_ = 0;
  // Of the second that is run.
  std::vector<Asset> wanted_;
  std::vector<char> paid_;  // of the requests
  std::vector<pacing::StaleCopy> stale_;
  std::int64_t credits_ = 0;
  std::int64_t served_ = 0;
  std::int64_t refused_ = 0;
  std::int64_t ages_ = 0;
  std::vector<std::int64_t> by_age_ = std::vector<std::int64_t>(kOldest + 1);
};

}  // namespace quotecached::test
