#include "compact/standing_rows.hpp"

#include <algorithm>

#include "compact/format.hpp"

namespace quotecached::compact {
namespace {

std::vector<std::uint64_t> keys_of(const Picture& picture) {
  std::vector<std::uint64_t> keys;
  for (const auto& quote : picture.quotes) {
    if (const auto key = quote.choice.copy().key_hash; key != 0) keys.push_back(key);
  }
  std::ranges::sort(keys);
  keys.erase(std::ranges::unique(keys).begin(), keys.end());
  return keys;
}

}  // namespace

std::optional<StandingRow> standing_row(const Choice& choice,
                                        std::string_view convert,
                                        const Fields& fields) {
  if (!choice.has_row()) return std::nullopt;
  StandingRow row;
  if (fields.are_all) {
    std::vector<std::string> columns;
    add_field_names(choice.row(), columns);
    append_row_begin(row.begin, choice, convert, columns);
  } else {
    append_row_begin(row.begin, choice, convert, fields.names);
  }
  const auto& entry = *choice.copy().entry;
  row.fetched_at = entry.fetched_at;
  row.fresh_until = entry.fresh_until;
  row.stale_until = entry.stale_until;
  row.is_stale = choice.standing() != proxy::Standing::Fresh;
  return row;
}

Census census_of(const Ask& ask, const Picture& picture, Unanswered unavailable) {
  Census census;
  std::erase_if(unavailable, [&](const auto& one) {
    return !std::ranges::binary_search(picture.without, one.first);
  });
  census.ids.assign(ask.assets.size(), 0);
  for (const auto& want : picture.wants)
    census.ids[want.asset] = want.id == 0 ? std::nullopt : std::optional(want.id);
  for (const auto& quote : picture.quotes) census.ids[quote.asset] = quote.choice.row().id;
  census.lists = lists_of(ask, picture, unavailable);
  census.has_lists = !picture.missing.empty() || !picture.ambiguous.empty() || !unavailable.empty();
  census.is_enough = picture.wants.empty();
  census.keys = keys_of(picture);
  return census;
}

}  // namespace quotecached::compact
