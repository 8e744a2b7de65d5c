// Demand as clients make it, drawn by lot: when somebody asks, and for which assets. The same shape
// and seed give the same demand.
//
// Every asset is a number from 0 on, by how popular it is at first; what it is called is for
// named_trace.hpp. Shared by unit tests, benches and end-to-end tests.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "base/clock.hpp"

namespace quotecached::test {

using Asset = std::uint16_t;

// A Sunday, and the first of a month of 30 days.
inline constexpr TimePoint kFirstOfNovember{
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 1).time_since_epoch()};

struct DemandShape {
  enum class Day : std::uint8_t {
    Flat,      // no hour is different from any other
    OnePeak,   // busiest at two in the afternoon, a quarter of that at night
    TwoPeaks,  // at half past nine in the morning and at nine in the evening
  };

  TimePoint start = kFirstOfNovember;  // a midnight
  int days = 30;
  std::size_t assets = 300;   // asked for by Zipf's law
  double per_second = 0.012;  // requests, on average without bursts
  double most_assets = 8;     // of a request; few ask for many
  Day day = Day::OnePeak;     // but for Flat, half on Saturdays and Sundays
  double bursts_per_day = 2;  // each 10 to 60 minutes long ...
  double burst_least = 5;     // ... of so many times the requests, at least
  double burst_spread = 5;    // ... and at most so many times more
  double hot_share = 0.3;     // of what a burst asks for, that is for one and the same asset
  // Tastes drift: after each of these times, this share of the assets change places.
  std::chrono::seconds taste_lasts{0};  // 0: they do not
  double taste_share = 0;
};

// About 40,000 requests for 1-8 of 300 assets in 30 days: a rhythm of days and weeks, two bursts a
// day, a few assets that everybody asks for and hundreds that hardly anybody does.
[[nodiscard]] DemandShape steady_month();
// Of another character: two peaks a day, tastes that drift weekly, rare and fierce bursts on a
// single asset.
[[nodiscard]] DemandShape drifting_month();
// One day of 2,000 assets in which tastes change by the hour.
[[nodiscard]] DemandShape restless_day();

class Demand {
 public:
  struct Request {
    int second;  // since the start
    std::uint32_t first;
    std::uint32_t count;  // of assets
  };

  Demand(const DemandShape& shape, unsigned seed);

  [[nodiscard]] const DemandShape& shape() const { return shape_; }
  // In the order of time.
  [[nodiscard]] const std::vector<Request>& requests() const { return requests_; }
  // One may stand twice.
  [[nodiscard]] std::span<const Asset> assets(const Request& request) const {
    return std::span(assets_).subspan(request.first, request.count);
  }

 private:
  double draw() { return std::uniform_real_distribution<>(0, 1)(random_); }
  int whole(double below) { return static_cast<int>(draw() * below); }
  Asset popular();
  [[nodiscard]] double rhythm(int second) const;
  void change_tastes();
  void begin_burst(int second);
  void add(int second);
  void add_request(int second);

  DemandShape shape_;
  std::mt19937 random_;
  std::vector<double> popularity_;  // by place, summed up
  std::vector<Asset> places_;       // which asset has the place
  double burst_ = 1;
  int burst_until_ = 0;
  Asset hot_ = 0;  // what the burst is about
  std::vector<Request> requests_;
  std::vector<Asset> assets_;
};

}  // namespace quotecached::test
