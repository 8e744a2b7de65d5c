// Five policies side by side: what a day of 2,000 assets, whose tastes change by the hour, is
// served for as many credits.
//
// policies_bench [CREDITS [SEED]]
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "demand/named_trace.hpp"
#include "simulate/paced_decider.hpp"
#include "simulate/simulation.hpp"

using namespace quotecached;

namespace {

constexpr std::int64_t kCredits = 750;
constexpr double kFresh = 60;  // seconds within which a copy counts as fresh
constexpr std::size_t kTop = 50;
constexpr int kHour = 3600;
constexpr int kDays = 8;  // the last one is measured
constexpr int kMeasuredFrom = (kDays - 1) * 86400;

struct Figures {
  std::int64_t credits = 0;
  double fresh = 0;  // share of entries served
  double mean = 0;   // age, seconds
};

// Copies that are fetched when a request finds them older than a fixed freshness.
class Fixed {
 public:
  Fixed(const test::Demand& demand, int fresh, bool keeps_top)
      : demand_(demand),
        fresh_(fresh),
        keeps_top_(keeps_top),
        fetched_(demand.shape().assets, -10 * 86400),
        asks_(demand.shape().assets) {}

  Figures figures() {
    int warmed = 0;
    bool is_measured = false;
    for (const auto& request : demand_.requests()) {
      if (!is_measured && request.second >= kMeasuredFrom) {
        is_measured = true;
        credits_ = served_ = young_ = 0;
        sum_ = 0;
      }
      for (; keeps_top_ && warmed + fresh_ <= request.second; warmed += fresh_)
        warm(warmed + fresh_);
      serve(request);
    }
    const auto served = static_cast<double>(served_);
    return {credits_, static_cast<double>(young_) / served, sum_ / served};
  }

 private:
  // The assets that were asked for most until now, for one credit.
  void warm(int now) {
    std::vector<std::size_t> assets(asks_.size());
    for (std::size_t i = 0; i < assets.size(); ++i) assets[i] = i;
    std::ranges::partial_sort(assets, assets.begin() + kTop, std::ranges::greater(), [&](auto one) {
      return asks_[one];
    });
    for (std::size_t i = 0; i < kTop; ++i) fetched_[assets[i]] = now;
    for (auto& asks : asks_) asks *= 1 - std::min(1.0, fresh_ / double{kHour});  // an hour's asks
    ++credits_;
  }

  void serve(const test::Demand::Request& request) {
    bool pays = false;
    for (const auto asset : demand_.assets(request)) {
      ++asks_[asset];
      if (request.second - fetched_[asset] < fresh_) continue;
      fetched_[asset] = request.second;
      pays = true;
    }
    credits_ += pays ? 1 : 0;
    for (const auto asset : demand_.assets(request)) {
      const int age = request.second - fetched_[asset];
      ++served_;
      young_ += age <= kFresh ? 1 : 0;
      sum_ += age;
    }
  }

  const test::Demand& demand_;
  const int fresh_;
  const bool keeps_top_;
  std::vector<int> fetched_;
  std::vector<double> asks_;
  std::int64_t credits_ = 0;
  std::int64_t served_ = 0;
  std::int64_t young_ = 0;
  double sum_ = 0;
};

// The shortest freshness that costs no more, known only when the day is over.
Figures fixed(const test::Demand& demand, std::int64_t credits, bool keeps_top) {
  int low = 1;
  int high = 2 * 86400;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (Fixed(demand, middle, keeps_top).figures().credits > credits ? low : high) = middle;
  }
  return Fixed(demand, high, keeps_top).figures();
}

// How many are no older.
double count_up_to(const simulate::AgeHistogram& ages, double seconds) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 30; ++i) {
    const double middle = (low + high) / 2;
    (ages.quantile(middle) <= seconds ? low : high) = middle;
  }
  return low * static_cast<double>(ages.count());
}

// Of all hours alike.
pacing::Pattern flat(pacing::Pattern pattern) {
  double sum = 0;
  double weight = 0;
  for (const auto& hour : pattern.hours) {
    sum += hour.amount * hour.weight;
    weight += hour.weight;
  }
  for (auto& hour : pattern.hours) hour.amount = weight > 0 ? sum / weight : 0;
  return pattern;
}

// As the daemon does it.
Figures simulated(const test::Demand& demand,
                  std::int64_t credits,
                  bool rides = true,
                  bool knows_hours = true) {
  const auto names = test::numbered_names(demand.shape().assets);
  simulate::PacedDecider::Options options;
  options.ledger.caps.per_day = {credits};
  options.rides = rides;
  simulate::PacedDecider decider(options);
  simulate::Simulation simulation(catalog::Catalogue::built_in(),
                                  decider,
                                  {demand.shape().start, {milliseconds(0), milliseconds(0)}});
  simulate::SimulatedFigures before;
  int hours = 0;
  for (const auto& request : test::named_trace(demand, names, test::Asking::ById, 1)) {
    if (before.requests == 0 && request.at >= std::chrono::seconds(kMeasuredFrom))
      before = simulation.figures();
    if (!knows_hours && request.at >= std::chrono::hours(hours)) {
      ++hours;
      const auto known = decider.memory();
      decider.restore({flat(known.asks), flat(known.foreground)});
    }
    simulation.ask(request.at, request.target);
  }
  const auto& all = simulation.figures();
  const auto served = static_cast<double>(all.ages.count() - before.ages.count());
  const auto sum_of = [](const auto& ages) {
    return ages.mean() * static_cast<double>(ages.count());
  };
  return {all.credits - before.credits,
          (count_up_to(all.ages, kFresh) - count_up_to(before.ages, kFresh)) / served,
          (sum_of(all.ages) - sum_of(before.ages)) / served};
}

void print(const char* policy, const Figures& figures) {
  fmt::print("{:<26} {:>7} {:>8.1f} % {:>9.1f}\n",
             policy,
             figures.credits,
             100 * figures.fresh,
             figures.mean);
}

}  // namespace

int main(int argc, char** argv) {
  std::int64_t credits = kCredits;
  unsigned seed = 1;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), credits);
  if (argc > 2) std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), seed);
  auto shape = test::restless_day();
  shape.start -= std::chrono::days(kDays - 1);
  shape.days = kDays;
  const test::Demand demand(shape, seed);
  fmt::print("{:<26} {:>7} {:>10} {:>9}\n", "POLICY", "CREDITS", "FRESH", "MEAN S");
  print("none (one freshness)", fixed(demand, credits, false));
  print("freshness, top 50 warm", fixed(demand, credits, true));
  print("without ride-alongs", simulated(demand, credits, false));
  print("without the profile", simulated(demand, credits, true, false));
  print("all", simulated(demand, credits));
}
