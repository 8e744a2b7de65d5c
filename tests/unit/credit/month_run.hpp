// Runs a month of requests under a policy, as the daemon serves them, and measures what clients
// saw.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "cache/entry.hpp"
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
  MonthRun(const MonthTrace& trace, Policy& policy) : trace_(trace), policy_(policy) {}

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
  static constexpr std::chrono::hours kStaleIfError{24};
  static constexpr int kOldest = 2 * 86400;  // seconds
  static constexpr std::size_t kStep = 100;  // assets of a credit

  static TimePoint time_of(int second) { return kMonthStart + std::chrono::seconds(second); }

  // Requests of one second share calls.
  void run_second(Requests requests) {
    const int second = requests.front().second;
    for (; next_minute_ <= second; next_minute_ += 60) policy_.each_minute(time_of(next_minute_));
    const TimePoint now = time_of(second);
    wanted_.clear();
    paid_.clear();
    lacks_ = false;
    missing_.clear();
    for (const auto& request : requests) paid_.push_back(is_paid(request, now));
    serve(requests, false, now);
    if (make_call(now)) renew(now);
    serve(requests, true, now);
    for (const Asset asset : missing_) policy_.note_asked(asset, copies_[asset], now);
  }

  // Puts what the request lacks among the wanted if it is paid for.
  bool is_paid(const MonthTrace::Request& request, TimePoint now) {
    bool lacks = false;
    bool is_stale = false;
    for (const Asset asset : trace_.assets(request)) {
      const auto& copy = copies_[asset];
      const bool is_there = now < copy.stale_until;
      lacks = lacks || !is_there;
      is_stale = is_stale || now >= copy.fresh_until;
      if (is_there) {
        policy_.note_asked(asset, copy, now);
      } else {
        missing_.push_back(asset);
      }
    }
    if (!is_stale && !lacks) return false;
    if (!policy_.pays(lacks, now)) return false;
    lacks_ = lacks_ || lacks;
    for (const Asset asset : trace_.assets(request)) {
      if (now >= copies_[asset].fresh_until) wanted_.push_back(asset);
    }
    return true;
  }

  bool make_call(TimePoint now) {
    std::sort(wanted_.begin(), wanted_.end());
    wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
    if (wanted_.empty()) return false;
    const Credits price{static_cast<std::int64_t>((wanted_.size() + kStep - 1) / kStep)};
    if (!policy_.call(price, lacks_, now)) return false;
    credits_ += price.count;
    const auto room = static_cast<std::size_t>(price.count) * kStep - wanted_.size();
    const auto riders = policy_.riders(wanted_, room, now);
    wanted_.insert(wanted_.end(), riders.begin(), riders.end());
    return true;
  }

  // Who has a call made waits for it, and gets all that it brought.
  void serve(Requests requests, bool are_paid, TimePoint now) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if ((paid_[i] != 0) != are_paid) continue;
      for (const Asset asset : trace_.assets(requests[i])) serve(copies_[asset], now);
    }
  }

  void serve(const cache::Entry& copy, TimePoint now) {
    if (now >= copy.stale_until) {
      ++refused_;
      return;
    }
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - copy.fetched_at);
    ++served_;
    ages_ += age.count();
    ++by_age_[static_cast<std::size_t>(std::min<std::int64_t>(age.count(), kOldest))];
  }

  void renew(TimePoint now) {
    const auto jitter = static_cast<double>(draws_++ % 20) / 20 * 0.05;  // ttl_jitter
    const auto fresh = policy_.fresh();
    for (const Asset asset : wanted_) {
      auto& copy = copies_[asset];
      copy.fragment.text = "{}";
      copy.fetched_at = now;
      copy.fresh_until = now + std::chrono::floor<milliseconds>(fresh * (1 - jitter));
      copy.stale_until = now + std::chrono::floor<milliseconds>(fresh) + kStaleIfError;
      policy_.note_filed(asset, copy);
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
  std::array<cache::Entry, kAssets> copies_{};
  int next_minute_ = 0;
  int draws_ = 0;
  // Of the second that is run.
  std::vector<Asset> wanted_;
  std::vector<char> paid_;  // of the requests
  std::vector<Asset> missing_;
  bool lacks_ = false;  // something that there is no copy of
  std::int64_t credits_ = 0;
  std::int64_t served_ = 0;
  std::int64_t refused_ = 0;
  std::int64_t ages_ = 0;
  std::vector<std::int64_t> by_age_ = std::vector<std::int64_t>(kOldest + 1);
};

}  // namespace quotecached::test
