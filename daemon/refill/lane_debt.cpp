#include "refill/lane_debt.hpp"

#include <algorithm>
#include <utility>

#include "pacing/renewal_cost.hpp"

namespace quotecached::refill {
namespace {

// What is noted within this time came with one request: between its parts lower tiers are asked.
constexpr milliseconds kOneRequest{250};

// Asks that the rate of late is believed like: by about a call's worth of them.
constexpr double kBelievedAsks = 20;

constexpr double kNewestRequest = 0.05;  // the share of its size in what is learned of sizes

}  // namespace

void LaneDebt::Owed::move_to(TimePoint now) noexcept {
  if (now > at) ages += pacing::Age(now - at) * asks;
  at = now;
}

void LaneDebt::note(double asks, pacing::Age age, TimePoint now) noexcept {
  if (owed_.since == TimePoint{}) owed_.since = now;
  owed_.move_to(now);
  owed_.served += age * asks;
  owed_.ages += age * asks;
  owed_.asks += asks;
}

void LaneDebt::note_requested(pacing::Age age, TimePoint now) noexcept {
  request_ = request(now);
  if (request_.asks <= 0) request_.at = now;
  request_.ages += age;
  request_.asks += 1;
}

LaneDebt::Request LaneDebt::request(TimePoint now) const noexcept {
  return now >= request_.at && now - request_.at <= kOneRequest ? request_ : Request{};
}

void LaneDebt::pay(TimePoint now) noexcept {
  Owed owed = std::exchange(owed_, {});
  owed.move_to(now);
  paid_.move_to(now);
  paid_.served += owed.served;
  paid_.more += owed.more;
  paid_.ages += owed.ages;
  paid_.asks += owed.asks;
  paid_.since = paid_.since == TimePoint{} ? owed.since : std::min(paid_.since, owed.since);
  paid_at_ = owed_.since = now;
  request_ = {};
}

pacing::Age LaneDebt::served(milliseconds throttle, TimePoint now) noexcept {
  const bool is_lost = now >= paid_at_ + throttle || now < paid_at_;
  if (!is_lost || paid_.asks <= 0) return owed_.served;
  owed_.move_to(now);
  paid_.move_to(now);
  owed_.served += paid_.served;
  owed_.more += paid_.more;
  owed_.ages += paid_.ages;
  owed_.asks += paid_.asks;
  owed_.since = std::min(owed_.since, paid_.since);
  paid_ = {};
  return owed_.served;
}

pacing::Age LaneDebt::worth(double rate, pacing::Age price, TimePoint now) const noexcept {
  const Request mine = request(now);
  if (mine.asks <= 0 || owed_.asks <= 0) return owed_.served;
  Owed owed = owed_;
  owed.move_to(now);
  const double age = owed.ages.count() / owed.asks;
  const double passed = std::max(0.0, pacing::Age(now - owed.since).count());
  const double before = std::max(0.0, owed.asks - mine.asks);
  if (rate <= 0) return mine.ages + owed_.more;
  const double asked = (kBelievedAsks + before) / (kBelievedAsks / rate + passed);
  const double longest = pacing::seconds_to_owe(asked, price, assets_);
  const double until = std::min(age, longest);
  return mine.ages + owed_.more + pacing::Age(asked * (longest - until / 2) * until);
}

void LaneDebt::learn_size(TimePoint now) noexcept {
  const double asks = request(now).asks;
  if (asks <= 0) return;
  assets_ += kNewestRequest * (asks - assets_);
}

}  // namespace quotecached::refill
