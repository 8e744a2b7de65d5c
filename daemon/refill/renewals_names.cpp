// What Renewals counts of asks by symbol and slug.
#include <algorithm>
#include <vector>

#include "base/hash.hpp"
#include "catalog/request.hpp"
#include "refill/aliasing.hpp"
#include "refill/renewals.hpp"
#include "refill/renewals_rows.hpp"

namespace quotecached::refill {

bool Renewals::has_names(const Lane& lane) const {
  return options_.names > milliseconds(0) && catalog::may_alias(lane.endpoint(), lane.parts().kind);
}

LanePtr Renewals::owing_lane(const LanePtr& lane) const {
  return has_names(*lane) ? named_by(lane, catalog::KeyKind::Id) : lane;
}

const Renewals::Strands& Renewals::owing(const LanePtr& lane) {
  return strands_of(owing_lane(lane));
}

void Renewals::note_named(const NamedAsk& ask, TimePoint now) {
  AskedName& name = names_.at(narrowed(ask.lane, {ask.convert}), ask.name, hash64(ask.key));
  name.told_at = std::max(name.told_at, ask.told_at);
  name.asks.note(1, now);
  learn_parts(name, ask);
  for (const auto part : name.parts) {
    const auto found = rows_.find(part);
    if (found == rows_.end()) continue;
    Row& row = *found->second;
    if (ask.counts_parts) {
      count(row, 1, now);
      note_requested(row, now);
    }
    // A younger copy that may not answer for the name, since what that means was told too long
    // before: to be told again is worth what the client's copy is older.
    const bool is_barred = name.lane->parts().kind == catalog::KeyKind::Symbol &&
                           name.told_at != TimePoint{} &&
                           row.fetched_at > name.told_at + options_.names;
    const auto served = pacing::Age(now - ask.copy.fetched_at);
    if (is_barred) row.strand->debt.add(std::max(pacing::Age(0), served - age_of(row, now)));
  }
  forget_excess(now);
}

// A copy that came up from a lower tier does not say what it is made of.
void Renewals::learn_parts(AskedName& name, const NamedAsk& ask) {
  const auto is_known = [this](std::uint64_t part) { return rows_.contains(part); };
  const auto& told = ask.copy.origins.empty() ? name.parts : ask.copy.origins;
  if (!told.empty() && std::ranges::all_of(told, is_known)) return names_.lead(name, told);
  std::vector<std::uint64_t> parts;
  Strand& strand = *owing(name.lane).front();
  for (const auto& [id, item] : items_by_id(*name.lane, 0, ask.copy)) {
    parts.push_back(hash64(item.key));
    take_copy(row_of(strand, parts.back(), id), *item.entry);
  }
  names_.lead(name, parts);
}

}  // namespace quotecached::refill
