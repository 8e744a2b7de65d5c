#include "compact/choice.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "compact/purchase.hpp"

namespace quotecached::compact {
namespace {

bool tells_time(const Row& row) { return !row.last_updated.empty() && row.last_updated != "null"; }

}  // namespace

// Of what is stale the age counts for more than what the provider says of it.
Choice::Rank Choice::rank_of(proxy::Standing stands, bool tells_time, const cache::Entry& entry) {
  return {stands, stands == proxy::Standing::Fresh && tells_time, entry.fetched_at};
}

Choice::Rank Choice::rank() const { return rank_of(standing_, tells_time(row_), *copy_.entry); }

// A copy has what is asked for also where the provider tells it unasked, and did not.
Choice::Has Choice::look(const Copy& copy, const Row& row) const {
  if (row.quote.empty()) return Has::Nothing;
  const auto& source = *copy.source;
  const bool is_bought =
      source.endpoint == need_.bought_from && source.variant == need_.bought_variant;
  if (need_.fields->are_all) return source.tells_all || is_bought ? Has::All : Has::Some;
  thread_local std::vector<std::string_view> values;
  const auto& names = need_.fields->names;
  read_figures(row, names, values);
  std::size_t has = 0;
  std::size_t lacks = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!values[i].empty()) ++has;
    if (values[i].empty() && !is_bought && !(source.tells_all && !is_told_when_asked(names[i])))
      ++lacks;
  }
  if (lacks == 0) return Has::All;
  return has > 0 ? Has::Some : Has::Nothing;
}

void Choice::consider(std::uint64_t id, const Copy& copy) {
  const auto& entry = *copy.entry;
  if (entry.is_negative) return;
  const auto stands = proxy::standing(&entry, copy.source->endpoint->freshness, now_);
  if (stands == proxy::Standing::Missing) return;
  // Without its row nothing is known but that it cannot tell more.
  if (is_complete_ && rank_of(stands, true, entry) <= rank()) return;
  const auto row = read_row(copy.object, convert_);
  if (!row || row->id != id) return;
  const bool is_better =
      copy_.entry == nullptr || rank_of(stands, tells_time(*row), entry) > rank();
  const auto has = look(copy, *row);
  const bool is_complete = has == Has::All;
  if (has == Has::Nothing || (is_complete == is_complete_ && !is_better)) return;
  if (!is_complete && is_complete_) return;
  copy_ = copy;
  row_ = *row;
  standing_ = stands;
  is_complete_ = is_complete;
}

}  // namespace quotecached::compact
