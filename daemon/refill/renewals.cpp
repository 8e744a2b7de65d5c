#include "refill/renewals.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/hash.hpp"
#include "refill/renewals_rows.hpp"

namespace quotecached::refill {
namespace {

constexpr std::size_t kMostJointLanes = 1000;  // of several converts; more are looked up anew

// What is expected until the provider's data turns over counts half of what was: some of it will
// not come (all of it, or none, is worth less freshness).
constexpr double kOfExpected = 0.5;

}  // namespace

Renewals::Renewals(const Options& options) : options_(options) {}

Renewals::~Renewals() = default;

void Renewals::note_asked(const LanePtr& lane,
                          std::string_view asset,
                          std::size_t convert,
                          std::string_view key,
                          const cache::Entry& copy,
                          TimePoint now) {
  Row& row = row_of(*strands_of(lane)[convert], hash64(key), asset);
  take_copy(row, copy);
  count(row, 1, now);
  note_requested(row, now);
  forget_excess(now);
}

void Renewals::note_held(const LanePtr& lane,
                         std::string_view asset,
                         std::size_t convert,
                         std::string_view key,
                         const cache::Entry& copy,
                         TimePoint now) {
  take_copy(row_of(*strands_of(lane)[convert], hash64(key), asset), copy);
  forget_excess(now);
}

void Renewals::take_copy(Row& row, const cache::Entry& copy) {
  if (row.bytes > 0 && copy.fetched_at < row.fetched_at) return;
  const bool is_younger = copy.fetched_at > row.fetched_at;
  // What came from a lower tier does not say what it is of.
  if (is_younger || copy.data_at != TimePoint{}) row.data_at = copy.data_at;
  row.fetched_at = copy.fetched_at;
  row.fresh_until = copy.fresh_until;
  row.strand->calm_until = std::min(row.strand->calm_until, copy.fresh_until);
  row.bytes = static_cast<std::uint32_t>(copy.fragment.text.size());
}

// Of a copy from the future (a clock was set back) the age counts from now on, and so do the copies
// that replace it.
void Renewals::doubt_future(Row& row, TimePoint now) noexcept {
  if (row.fetched_at <= now + cache::kClockTolerance) return;
  row.fetched_at = row.fresh_until = now;
  row.data_at = {};
  row.strand->calm_until = std::min(row.strand->calm_until, now);
}

pacing::Age Renewals::age_of(const Row& row, TimePoint now) const {
  const auto since = std::max(pacing::Age(0), pacing::Age(now - row.fetched_at));
  const auto turns = tick(row.strand->lane->endpoint());
  if (!turns) return since;
  // What was older by more than a turn when it came (of dead coins) does not turn over, or is not
  // known.
  const TimePoint due = pacing::data_due(*turns, row.fetched_at);
  const TimePoint held = due - row.data_at <= turns->period ? row.data_at : due;
  const pacing::Age behind = pacing::behind(*turns, held, now);
  // What was to be fresh until a turn that is over is old, whatever was learned since.
  const bool has_ended = row.fresh_until != TimePoint{} && now >= row.fresh_until;
  return behind == pacing::Age(0) && has_ended ? since : behind;
}

void Renewals::note_data(const catalog::Endpoint& endpoint, TimePoint asked_at, TimePoint data_at) {
  if (options_.learns_ticks) ticks_.note(endpoint, asked_at, data_at);
}

void Renewals::note_name(std::string_view name, std::span<const std::uint64_t> keys) {
  if (stands_for_.size() >= 2 * options_.most_keys) stands_for_.clear();  // they are told again
  stands_for_[hash64(name)].assign(keys.begin(), keys.end());
}

void Renewals::note_hits(std::span<const std::uint64_t> keys, double asks, TimePoint now) {
  for (const auto key : keys) {
    if (AskedName* const name = names_.find(key)) {
      name->asks.note(asks, now);
      for (const auto part : name->parts) note_hit(part, asks, now);
    } else if (const auto other = stands_for_.find(key); other != stands_for_.end()) {
      for (const auto same : other->second) note_hit(same, asks, now);
    } else {
      note_hit(key, asks, now);
    }
  }
}

void Renewals::note_hit(std::uint64_t key, double asks, TimePoint now) {
  const auto found = rows_.find(key);
  if (found == rows_.end()) return;
  const Row& row = *found->second;
  count(*found->second, asks, now);
  note_ages(row.strand->lane->endpoint(), row.fetched_at, row.data_at, asks, now);
}

void Renewals::note_served(const catalog::Endpoint& endpoint,
                           const cache::Entry& copy,
                           TimePoint now) {
  note_ages(endpoint, copy.fetched_at, copy.data_at, 1, now);
}

void Renewals::note_ages(const catalog::Endpoint& endpoint,
                         TimePoint fetched_at,
                         TimePoint data_at,
                         double asks,
                         TimePoint now) {
  constexpr pacing::Age kNone{0};
  const auto age = std::max(kNone, pacing::Age(now - fetched_at));
  ages_.add(age, asks);
  auto& served = served_[&endpoint];
  served.asks += asks;
  served.age += age * asks;
  if (data_at != TimePoint{}) content_ages_.add(std::max(kNone, pacing::Age(now - data_at)), asks);
}

void Renewals::count(Row& row, double asks, TimePoint now) {
  if (counting_since_ == TimePoint{}) counting_since_ = now;
  doubt_future(row, now);
  row.asks.note(asks, now);
  row.untold += static_cast<float>(asks);
  row.strand->asks.note(asks, now);
  asks_.note(asks, now);
  asks_taken_ += asks;
  if (row.bytes > 0) row.strand->debt.note(asks, age_of(row, now), now);
}

void Renewals::note_requested(const Row& row, TimePoint now) const {
  if (row.bytes > 0) row.strand->debt.note_requested(age_of(row, now), now);
}

void Renewals::note_filed(std::string_view key, const cache::Entry& entry) {
  const auto hash = hash64(key);
  if (AskedName* const name = names_.find(hash)) {
    name->told_at = std::max(name->told_at, entry.fetched_at);
    return;
  }
  const auto found = rows_.find(hash);
  if (found == rows_.end()) return;
  Row& row = *found->second;
  if (entry.is_negative) {
    row.bytes = 0;
    return;
  }
  take_copy(row, entry);
  row.strand->debt.settle();
}

pacing::Age Renewals::debt(const LanePtr& lane, TimePoint now) {
  pacing::Age sum{0};
  for (Strand* strand : owing(lane)) sum += strand->debt.served(options_.failure_throttle, now);
  return sum;
}

bool Renewals::is_worth(std::span<const LanePtr> lanes, pacing::Age price, TimePoint now) {
  std::vector<LanePtr> owing_lanes;
  for (const auto& lane : lanes) {
    auto owes = owing_lane(lane);
    const auto is_same = [&](const LanePtr& other) { return other->name() == owes->name(); };
    if (std::ranges::none_of(owing_lanes, is_same)) owing_lanes.push_back(std::move(owes));
  }
  Strands strands;
  pacing::Age worth{0};
  for (const auto& lane : owing_lanes) {
    const auto& its = strands_of(lane);
    strands.insert(strands.end(), its.begin(), its.end());
    worth += until_turn(lane, now);
  }
  // They bear the price together, each its part.
  const auto part = price / static_cast<double>(std::max<std::size_t>(1, strands.size()));
  for (Strand* strand : strands) {
    (void)strand->debt.served(options_.failure_throttle, now);  // what is owed again is
    strand->debt.learn_size(now);
    worth += strand->debt.worth(strand->asks.lately(now), part, now);
  }
  if (worth < price) return false;
  for (const auto& lane : lanes) note_called(lane, now);
  return true;
}

// Of copies that the lane's last call brought.
pacing::Age Renewals::until_turn(const LanePtr& lane, TimePoint now) {
  const auto turns = tick(lane->endpoint());
  pacing::Age sum{0};
  if (!turns) return sum;
  const pacing::Age left = pacing::data_due(*turns, now) + turns->due + turns->period - now;
  for (const Strand* strand : strands_of(lane)) {
    const auto paid_at = strand->debt.paid_at();
    if (paid_at == TimePoint{}) continue;
    const auto held = pacing::data_due(*turns, paid_at);
    const pacing::Age behind = pacing::behind(*turns, held, now);
    sum += behind * (strand->asks.lately(now) * left.count() * kOfExpected);
  }
  return sum;
}

void Renewals::note_called(const LanePtr& lane, TimePoint now) {
  for (Strand* strand : owing(lane)) strand->debt.pay(now);
}

std::vector<Renewals::LaneShare> Renewals::lanes(std::size_t most, TimePoint now) const {
  std::vector<LaneShare> shares;
  const double all = asks_.daily(now);
  if (all <= 0) return shares;
  for (const auto& [name, strand] : strands_) {
    const double share = strand->asks.daily(now) / all;
    if (share > 0) shares.push_back({strand->lane, share});
  }
  std::ranges::sort(shares, std::ranges::greater(), &LaneShare::share);
  if (shares.size() > most) shares.resize(most);
  return shares;
}

double Renewals::take_asks() noexcept { return std::exchange(asks_taken_, 0); }

const Renewals::Strands& Renewals::strands_of(const LanePtr& lane) {
  if (const auto known = lanes_.find(lane->name()); known != lanes_.end()) return known->second;
  if (lanes_.size() >= kMostJointLanes) lanes_.clear();
  if (strands_.size() >= 2 * options_.most_keys) forget_unasked();
  Strands strands;
  for (std::size_t convert = 0; convert < lane->keys_per_asset(); ++convert)
    strands.push_back(strand_of(lane->is_whole() ? lane : narrowed(lane, {convert})));
  return lanes_.emplace(lane->name(), std::move(strands)).first->second;
}

Renewals::Strand* Renewals::strand_of(const LanePtr& lane) {
  auto& strand = strands_[lane->name()];
  if (!strand) {
    strand = std::make_unique<Strand>();
    strand->lane = lane;
  }
  return strand.get();
}

Renewals::Row& Renewals::row_of(Strand& strand, std::uint64_t key, std::string_view asset) {
  auto& row = rows_[key];
  if (!row) {
    row = std::make_unique<Row>();
    row->key = key;
    row->strand = &strand;
    row->asset = asset;
    strand.rows.push_back(row.get());
  }
  return *row;
}

// Once a tenth of all: looking for the least takes longer than counting an ask.
void Renewals::forget_excess(TimePoint now) {
  if (rows_.size() > options_.most_keys) forget_least(now);
  if (names_.size() > options_.most_keys)
    names_.forget_least(options_.most_keys - options_.most_keys / 10, now);
}

void Renewals::forget_least(TimePoint now) {
  std::vector<Row*> all;
  all.reserve(rows_.size());
  for (const auto& [key, row] : rows_) all.push_back(row.get());
  const auto keep = static_cast<std::ptrdiff_t>(options_.most_keys - options_.most_keys / 10);
  std::nth_element(all.begin(), all.begin() + keep, all.end(), [now](const Row* a, const Row* b) {
    return a->asks.daily(now) > b->asks.daily(now);
  });
  const std::unordered_set<const Row*> least(all.begin() + keep, all.end());
  for (const auto& [name, strand] : strands_)
    std::erase_if(strand->rows, [&](const Row* row) { return least.contains(row); });
  for (const Row* row : least) rows_.erase(std::uint64_t{row->key});
  forget_unasked();
}

void Renewals::forget_unasked() {
  lanes_.clear();
  std::erase_if(strands_, [](const auto& one) { return one.second->rows.empty(); });
}

}  // namespace quotecached::refill
