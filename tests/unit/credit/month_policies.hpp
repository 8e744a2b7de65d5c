// What is paid for in a simulated month: a fixed freshness, or as the daemon decides.
#pragma once

#include <array>
#include <span>

#include "ledger/ledger.hpp"
#include "month_trace.hpp"
#include "pacing/pacer.hpp"
#include "pacing/refresh_worth.hpp"
#include "pacing/spend_mode.hpp"

namespace quotecached::test {

class Policy {
 public:
  virtual ~Policy() = default;
  virtual void each_minute(TimePoint now) = 0;
  // Of a request that lacks something: `stale` is what it has.
  virtual bool pays(std::span<const pacing::StaleCopy> stale, bool lacks, TimePoint now) = 0;
  // Whether the call may be made; it is then made.
  virtual bool call(Credits price, TimePoint now) = 0;
  [[nodiscard]] virtual std::chrono::duration<double> fresh() const = 0;
};

class FixedFreshness final : public Policy {
 public:
  explicit FixedFreshness(double seconds) : fresh_(seconds) {}

  void each_minute(TimePoint) override {}
  bool pays(std::span<const pacing::StaleCopy>, bool, TimePoint) override { return true; }
  bool call(Credits, TimePoint) override { return true; }
  [[nodiscard]] std::chrono::duration<double> fresh() const override { return fresh_; }

 private:
  std::chrono::duration<double> fresh_;
};

// The ledger, the modes, the pacer and the worth of refreshes, put together as the daemon does.
class Paced final : public Policy {
 public:
  explicit Paced(std::int64_t credits) : ledger_(options_for(credits)) {}

  void each_minute(TimePoint now) override {
    note({}, now);
    // The daemon reviews every second; this is for the test to be quick.
    if ((now - kMonthStart) % std::chrono::minutes(20) == milliseconds(0)) review(now);
  }

  bool pays(std::span<const pacing::StaleCopy> stale, bool lacks, TimePoint now) override {
    if (lacks && rules_.misses) return true;  // the stale copies go along
    if (rules_.refreshes != pacing::Refreshes::Worthwhile) {
      return rules_.refreshes == pacing::Refreshes::All;
    }
    return worth_.is_worth(stale, {1}, stretch_, now);
  }

  bool call(Credits price, TimePoint now) override {
    const auto hold = ledger_.hold(price, ledger::Purpose::Refresh, now);
    if (!hold) return false;
    ledger_.settle(*hold, price, now);
    note(price, now);
    return true;
  }

  [[nodiscard]] std::chrono::duration<double> fresh() const override {
    return std::chrono::minutes(1) * stretch_;
  }

  // Share of the reviews that found `mode`.
  [[nodiscard]] double share_of(pacing::SpendMode mode) const {
    return static_cast<double>(reviews_[static_cast<std::size_t>(mode)]) / all_reviews();
  }
  [[nodiscard]] double mean_stretch() const { return stretches_ / all_reviews(); }

 private:
  static ledger::Ledger::Options options_for(std::int64_t credits) {
    ledger::Ledger::Options options;
    options.caps.per_month = {credits};
    return options;
  }

  void review(TimePoint now) {
    const auto uses = ledger_.uses(now);
    const double needed = pacer_.stretch(uses, now);
    mode_ = modes_.choose(uses, needed > 1, now).mode;
    rules_ = pacing::rules_of(mode_);
    stretch_ = rules_.stretches ? needed : 1;
    ++reviews_[static_cast<std::size_t>(mode_)];
    stretches_ += stretch_;
  }

  void note(Credits charged, TimePoint now) {
    if (mode_ <= pacing::SpendMode::Economise) pacer_.note(charged, stretch_, now);
  }
  [[nodiscard]] double all_reviews() const {
    double sum = 0;
    for (const int count : reviews_) sum += count;
    return sum;
  }

  ledger::Ledger ledger_;
  pacing::ModeChooser modes_{{}};
  pacing::Pacer pacer_{{}};
  pacing::RefreshWorth worth_;
  pacing::SpendMode mode_ = pacing::SpendMode::Normal;
  pacing::SpendRules rules_;
  double stretch_ = 1;
  std::array<int, pacing::kSpendModes> reviews_{};
  double stretches_ = 0;
};

}  // namespace quotecached::test
