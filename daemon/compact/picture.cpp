#include "compact/picture.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_set>

#include "base/ascii.hpp"
#include "quote/members.hpp"

namespace quotecached::compact {
namespace {

using catalog::KeyKind;
using proxy::Standing;

constexpr std::uint64_t kUnranked = std::numeric_limits<std::uint64_t>::max();

std::uint64_t rank_in(const Row& row) { return quote::whole_number(row.rank).value_or(kUnranked); }

class Painter {
 public:
  Painter(const Ask& ask, const Holdings& holdings, const Lots& lots, Names names, TimePoint now)
      : ask_(ask),
        holdings_(holdings),
        lot_(lots.by_asset(ask.fields)),
        by_symbol_(lots.by_symbol(ask.fields)),
        may_be_listed_(lots.are_listed(ask.fields) &&
                       (ask.converts.size() > 1 || lot_.endpoint->batch < kListStep)),
        names_(names),
        now_(now) {}

  Picture paint();

 private:
  void add(std::size_t asset, bool is_shown);
  void add_by_id(std::size_t asset, std::uint64_t id);
  void add_shared(std::size_t asset, const Lead& lead);
  void want_name(std::size_t asset, std::size_t converts);
  [[nodiscard]] bool carries_name(const Asked& asked, const Row& row) const;
  [[nodiscard]] Candidate describe(std::uint64_t id) const;
  [[nodiscard]] Lead lead(const Asked& asked) const {
    return holdings_.lead(asked, ask_.converts.front(), by_symbol_, lot_, now_);
  }
  [[nodiscard]] Need need() const { return {&ask_.fields, lot_.endpoint, lot_.variant}; }

  const Ask& ask_;
  const Holdings& holdings_;
  const Lot& lot_;
  const Lot& by_symbol_;
  const bool may_be_listed_;  // else ranks are of no use
  const Names names_;
  const TimePoint now_;
  std::unordered_set<std::uint64_t> seen_;
  Picture picture_;
};

// What an earlier page has shown under another name is not shown again.
Picture Painter::paint() {
  for (std::size_t i = 0; i < ask_.begin; ++i) add(i, false);
  for (std::size_t i = ask_.begin; i < ask_.end; ++i) add(i, true);
  return std::move(picture_);
}

void Painter::add(std::size_t asset, bool is_shown) {
  const auto& asked = ask_.assets[asset];
  const auto lead = this->lead(asked);
  const bool is_led = lead.state == Lead::State::Found;
  if (!is_shown) {
    if (is_led && lead.ids.size() == 1) seen_.insert(lead.ids.front());
    return;
  }
  if (lead.state == Lead::State::Nowhere) {
    picture_.missing.push_back(asset);
  } else if (!is_led || (!lead.is_believed && names_ == Names::Believed)) {
    want_name(asset, ask_.converts.size());
  } else if (lead.ids.size() == 1) {
    add_by_id(asset, lead.ids.front());
  } else {
    add_shared(asset, lead);
  }
}

void Painter::want_name(std::size_t asset, std::size_t converts) {
  Want want;
  want.asset = asset;
  want.converts.resize(converts);
  std::iota(want.converts.begin(), want.converts.end(), std::size_t{0});
  picture_.wants.push_back(std::move(want));
  picture_.without.push_back(asset);
}

// What a copy is called decides, not where an alias says that a name leads.
bool Painter::carries_name(const Asked& asked, const Row& row) const {
  if (asked.by == KeyKind::Id) return true;
  const auto name = quote::plain_text(asked.by == KeyKind::Symbol ? row.symbol : row.slug);
  return equal_ignoring_case(name, asked.name);
}

void Painter::add_by_id(std::size_t asset, std::uint64_t id) {
  if (seen_.contains(id)) return;
  std::vector<Quote> quotes;
  Want want;
  want.asset = asset;
  want.id = id;
  want.has = Standing::Fresh;
  want.is_held_in_lot = true;
  for (std::size_t i = 0; i < ask_.converts.size(); ++i) {
    Choice choice(need(), ask_.converts[i], now_);
    holdings_.offer(id, ask_.converts[i], choice);
    if (choice.has_row() && !carries_name(ask_.assets[asset], choice.row()))
      return want_name(asset, ask_.converts.size());
    if (!choice.is_enough()) {
      const auto& source = choice.copy().source;
      want.converts.push_back(i);
      want.has = std::min(want.has, choice.is_complete() ? choice.standing() : Standing::Missing);
      want.is_held_in_lot = want.is_held_in_lot && source != nullptr &&
                            source->endpoint == lot_.endpoint && source->variant == lot_.variant;
    }
    if (choice.has_row()) quotes.push_back({asset, i, choice});
  }
  if (quotes.empty() && holdings_.is_unknown(id, ask_.converts.front(), lot_, now_)) {
    picture_.missing.push_back(asset);
    return;
  }
  seen_.insert(id);
  if (!want.converts.empty()) {
    if (may_be_listed_) {
      const auto rank = rank_in(describe(id).row);
      if (rank != kUnranked) want.rank = rank;
    }
    picture_.wants.push_back(std::move(want));
  }
  if (quotes.size() < ask_.converts.size()) picture_.without.push_back(asset);
  std::ranges::move(quotes, std::back_inserter(picture_.quotes));
}

// Of any copy, however old: names and ranks change seldom. One that tells the rank is preferred.
Candidate Painter::describe(std::uint64_t id) const {
  static const Fields kRank{false, {"cmc_rank"}};
  Choice choice({&kRank, nullptr, {}}, ask_.converts.front(), now_);
  holdings_.offer(id, ask_.converts.front(), choice);
  if (choice.has_row()) return {id, choice.copy(), choice.row()};
  static const Fields kNone;
  Choice any({&kNone, nullptr, {}}, ask_.converts.front(), now_);
  holdings_.offer(id, ask_.converts.front(), any);
  return {id, any.copy(), any.row()};
}

void Painter::add_shared(std::size_t asset, const Lead& lead) {
  Shared shared{asset, {}};
  bool is_known = true;
  for (const auto id : lead.ids) {
    shared.candidates.push_back(describe(id));
    const auto& row = shared.candidates.back().row;
    if (row.id != 0 && !carries_name(ask_.assets[asset], row))
      return want_name(asset, ask_.takes_first ? ask_.converts.size() : 1);
    is_known = is_known && !row.rank.empty();
  }
  if (!is_known && names_ == Names::Believed)
    return want_name(asset, ask_.takes_first ? ask_.converts.size() : 1);
  // Where one is not known it may be the first: then they stay as the provider lists them.
  if (is_known) {
    std::ranges::stable_sort(
        shared.candidates, {}, [](const Candidate& one) { return rank_in(one.row); });
  }
  // Where nothing tells which one ranks first, none is taken.
  const bool has_first = is_known && rank_in(shared.candidates.front().row) != kUnranked;
  if (ask_.takes_first && has_first) return add_by_id(asset, shared.candidates.front().id);
  picture_.ambiguous.push_back(std::move(shared));
}

}  // namespace

Picture look(
    const Ask& ask, const Holdings& holdings, const Lots& lots, Names names, TimePoint now) {
  return Painter(ask, holdings, lots, names, now).paint();
}

}  // namespace quotecached::compact
