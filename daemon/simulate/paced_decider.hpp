// Decides in a simulation as the daemon does: with its ledger, spend modes, pacer and renewals.
//
// Pure. One for each simulation.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credit/price_check.hpp"
#include "ledger/ledger.hpp"
#include "pacing/age.hpp"
#include "pacing/pacer.hpp"
#include "pacing/spend_mode.hpp"
#include "pacing/spend_policy.hpp"
#include "refill/renewals.hpp"
#include "simulate/decider.hpp"

namespace quotecached::simulate {

class PacedDecider final : public Decider {
 public:
  struct Options {
    ledger::Ledger::Options ledger;
    pacing::ModeChooser::Options modes;
    pacing::Pacer::Options pacing;
    refill::Renewals::Options renewals;
    bool rides = true;
  };

  explicit PacedDecider(const Options& options);

  void each_minute(TimePoint now) override;
  void note_asked(const refill::LanePtr& lane,
                  std::string_view asset,
                  std::size_t convert,
                  std::string_view key,
                  const cache::Entry& copy,
                  TimePoint now) override;
  void note_named(const refill::Renewals::NamedAsk& ask, TimePoint now) override;
  bool pays(std::span<const refill::LaneGroup> lanes, bool lacks, TimePoint now) override;
  bool call(const refill::LanePtr& lane, Credits price, bool lacks, TimePoint now) override;
  std::vector<refill::Rider> riders(const refill::LanePtr& lane,
                                    std::span<const std::string> assets,
                                    std::span<const std::string> keys,
                                    TimePoint now) override;
  void note_filed(std::string_view key, const cache::Entry& copy) override;
  [[nodiscard]] TimePoint fresh_until(const catalog::Endpoint& endpoint,
                                      TimePoint data_at,
                                      TimePoint now) const override;
  void note_data(const catalog::Endpoint& endpoint, TimePoint data_at, TimePoint now) override;

  // What was learned of the hours of a week, and something else in its place.
  [[nodiscard]] pacing::PacerMemory memory() const { return pacer_.memory(); }
  void restore(const pacing::PacerMemory& memory) { pacer_.restore(memory); }
  // Share of the minutes that a mode held.
  [[nodiscard]] double share_of(pacing::SpendMode mode) const noexcept;

 private:
  ledger::Ledger ledger_;
  pacing::ModeChooser modes_;
  pacing::Pacer pacer_;
  refill::Renewals renewals_;
  const bool rides_;
  credit::PriceCheck prices_;  // learns nothing here: prices are those of the catalogue
  pacing::SpendPolicy policy_;
  pacing::Spending spending_;  // since the last minute
  std::array<std::int64_t, pacing::kSpendModes> minutes_{};
};

}  // namespace quotecached::simulate
