// What is paid for in a simulated month: a fixed freshness, or as the daemon decides.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/entry.hpp"
#include "catalog/catalogue.hpp"
#include "ledger/ledger.hpp"
#include "month_trace.hpp"
#include "pacing/pacer.hpp"
#include "pacing/spend_mode.hpp"
#include "refill/renewals.hpp"

namespace quotecached::test {

class Policy {
 public:
  virtual ~Policy() = default;
  virtual void each_minute(TimePoint now) = 0;
  // A client asks for what there is a copy of.
  virtual void note_asked(Asset asset, const cache::Entry& copy, TimePoint now) = 0;
  // Of a request that lacks something: `lacks` that there is no copy of.
  virtual bool pays(bool lacks, TimePoint now) = 0;
  // Whether the call may be made; it is then made. `lacks`: something there was no copy of.
  virtual bool call(Credits price, bool lacks, TimePoint now) = 0;
  virtual std::vector<Asset> riders(std::span<const Asset> taken,
                                    std::size_t room,
                                    TimePoint now) = 0;
  virtual void note_filed(Asset asset, const cache::Entry& entry) = 0;
  [[nodiscard]] virtual std::chrono::duration<double> fresh() const = 0;
};

class FixedFreshness final : public Policy {
 public:
  explicit FixedFreshness(double seconds) : fresh_(seconds) {}

  void each_minute(TimePoint) override {}
  void note_asked(Asset, const cache::Entry&, TimePoint) override {}
  bool pays(bool, TimePoint) override { return true; }
  bool call(Credits, bool, TimePoint) override { return true; }
  std::vector<Asset> riders(std::span<const Asset>, std::size_t, TimePoint) override { return {}; }
  void note_filed(Asset, const cache::Entry&) override {}
  [[nodiscard]] std::chrono::duration<double> fresh() const override { return fresh_; }

 private:
  std::chrono::duration<double> fresh_;
};

// The ledger, the modes, the pacer and the renewals, put together as the daemon does.
class Paced final : public Policy {
 public:
  explicit Paced(std::int64_t credits) : ledger_(options_for(credits)) {
    refill::Lane::Parts parts;
    parts.endpoint = catalog::Catalogue::built_in().by_name("v2.quotes");
    parts.kind = catalog::KeyKind::Id;
    parts.converts = {"USD"};
    parts.variant = "-";
    lane_ = std::make_shared<const refill::Lane>(parts);
    for (std::size_t asset = 0; asset < kAssets; ++asset) {
      names_.push_back(std::to_string(asset));
      keys_.push_back(refill::key_of(*lane_, names_.back(), 0));
    }
  }

  void each_minute(TimePoint now) override {
    spending_.asks = renewals_.take_asks();
    spending_.renews = mode_ <= pacing::SpendMode::Economise;
    spending_.price = price_;
    pacer_.note(std::exchange(spending_, {}), now);
    // The daemon reviews every second; this is for the test to be quick.
    if ((now - kMonthStart) % std::chrono::minutes(10) == milliseconds(0)) review(now);
  }

  void note_asked(Asset asset, const cache::Entry& copy, TimePoint now) override {
    renewals_.note_asked(lane_, names_[asset], 0, keys_[asset], copy, now);
  }

  bool pays(bool lacks, TimePoint now) override {
    if (lacks && rules_.misses) return true;  // the stale copies go along
    if (rules_.refreshes != pacing::Refreshes::Worthwhile) {
      return rules_.refreshes == pacing::Refreshes::All;
    }
    return renewals_.is_worth({&lane_, 1}, price_, now);
  }

  bool call(Credits price, bool lacks, TimePoint now) override {
    const auto hold = ledger_.hold(price, ledger::Purpose::Refresh, now);
    if (!hold) return false;
    ledger_.settle(*hold, price, now);
    (lacks ? spending_.foreground : spending_.renewals) += price;
    return true;
  }

  std::vector<Asset> riders(std::span<const Asset> taken,
                            std::size_t room,
                            TimePoint now) override {
    std::set<std::string_view> busy;
    for (const Asset asset : taken) busy.insert(keys_[asset]);
    renewals_.note_called(lane_, now);
    const auto is_busy = [&](std::string_view key) { return busy.contains(key); };
    std::vector<Asset> riders;
    for (const auto& rider : renewals_.riders(lane_, room, is_busy, now))
      riders.push_back(static_cast<Asset>(std::stoi(rider.asset)));
    return riders;
  }

  void note_filed(Asset asset, const cache::Entry& entry) override {
    renewals_.note_filed(keys_[asset], entry);
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
    const auto needed = pacer_.price(uses, now);
    mode_ = modes_.choose(uses, needed > pacing::Age(0), now).mode;
    rules_ = pacing::rules_of(mode_);
    price_ = rules_.saves ? needed : pacing::Age(0);
    stretch_ = rules_.saves ? pacer_.stretch(price_, now) : 1;
    ++reviews_[static_cast<std::size_t>(mode_)];
    stretches_ += stretch_;
  }

  [[nodiscard]] double all_reviews() const {
    double sum = 0;
    for (const int count : reviews_) sum += count;
    return sum;
  }

  ledger::Ledger ledger_;
  pacing::ModeChooser modes_{{}};
  pacing::Pacer pacer_{{}};
  refill::Renewals renewals_{{}};
  refill::LanePtr lane_;
  std::vector<std::string> names_;
  std::vector<std::string> keys_;
  pacing::SpendMode mode_ = pacing::SpendMode::Normal;
  pacing::SpendRules rules_;
  pacing::Spending spending_;
  pacing::Age price_{0};
  std::array<int, pacing::kSpendModes> reviews_{};
  double stretch_ = 1;
  double stretches_ = 0;
};

}  // namespace quotecached::test
