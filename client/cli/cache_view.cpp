#include "cli/cache_view.hpp"

#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/facts.hpp"
#include "cli/figures.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

using Align = Column::Align;

std::string or_dash(std::optional<std::int64_t> number) { return number ? grouped(*number) : "-"; }

std::string spent_text(const std::optional<CreditsSpent>& window) {
  if (!window) return "not known yet";
  return grouped(window->spent) + (window->cap ? " of " + grouped(*window->cap) : std::string());
}

std::string requests_text(const RequestCounts& counts) {
  const auto all = counts.hit + counts.stale + counts.miss + counts.partial;
  const double share =
      all > 0 ? static_cast<double>(counts.hit + counts.stale) / static_cast<double>(all) : 0;
  return fmt::format(
      "{} fresh, {} stale, {} fetched, {} in part ({} from copies); {} passed on, "
      "{} refused, {} failed",
      grouped(counts.hit),
      grouped(counts.stale),
      grouped(counts.miss),
      grouped(counts.partial),
      percent_text(share),
      grouped(counts.forwarded),
      grouped(counts.refused),
      grouped(counts.failed));
}

std::string upstream_text(const CacheStats& stats) {
  if (stats.upstream_up && stats.upstream_error.empty())
    return fmt::format("answers in {} ms on average", stats.upstream_average_ms);
  return (stats.upstream_up ? "the last call failed: " : "is not asked: ") + stats.upstream_error;
}

std::string copies_table(const Explanation& given, const Look& look) {
  Table table({{"TIER", Align::Left, 0},
               {"STATE", Align::Left, 0},
               {"AGE (S)", Align::Right, 0},
               {"FETCHED (UTC)", Align::Left, 2},
               {"FRESH UNTIL", Align::Left, 3},
               {"BYTES", Align::Right, 4},
               {"KEY", Align::Left, 1}});  // tells the copies of a tier apart
  for (const auto& copy : given.copies)
    table.add_row({{clean(copy.tier, look)},
                   {clean(copy.state, look)},
                   {grouped(copy.age_s, 1)},
                   {second_text(copy.fetched_at)},
                   {second_text(copy.fresh_until)},
                   {grouped(copy.bytes)},
                   {clean(copy.key, look)}});
  return table.render(look);
}

std::string answer_text(const std::optional<CopyInfo>& copy) {
  if (!copy) return "no copy of this endpoint's may be shown (see --endpoint)";
  return fmt::format("from {}, {}, {} s old", copy->tier, copy->state, grouped(copy->age_s, 1));
}

std::string popularity_text(const std::optional<Popularity>& popularity) {
  if (!popularity) return "nobody asks for it";
  return fmt::format("{} asks a day, last {}",
                     grouped(popularity->asks_a_day, 1),
                     second_text(popularity->last_asked));
}

std::string call_text(const std::optional<LastCall>& call) {
  if (!call) return "not known: another daemon's, or none is recorded";
  return fmt::format("{}, {} credits for {} assets and {} that rode along ({})",
                     second_text(call->at),
                     grouped(call->credits),
                     grouped(call->assets),
                     grouped(call->riding),
                     call->cause);
}

}  // namespace

std::string stats_text(const CacheStats& stats, const Look& look) {
  Table table({{"TIER", Align::Left, 0},
               {"ANSWERED", Align::Right, 0},
               {"FOUND", Align::Right, 1},
               {"NOT FOUND", Align::Right, 1},
               {"ENTRIES", Align::Right, 0},
               {"BYTES", Align::Right, 0},
               {"STATE", Align::Left, 0, 10}});
  for (const auto& tier : stats.tiers)
    table.add_row(
        {{clean(tier.tier, look)},
         {grouped(tier.answered)},
         {or_dash(tier.found)},
         {or_dash(tier.not_found)},
         {or_dash(tier.entries)},
         {tier.bytes ? bytes_text(*tier.bytes) : "-"},
         {tier.up ? "up" : clean("down: " + tier.error, look), tier.up ? Tone::Plain : Tone::Bad}});
  const auto credits =
      "today " + spent_text(stats.today) + ", this month " + spent_text(stats.month);
  return fact("Requests", requests_text(stats.requests), Tone::Plain, look) +
         fact("Credits", credits, Tone::Plain, look) +
         fact("Upstream", upstream_text(stats), Tone::Plain, look) +
         fact("Purges", grouped(stats.purges) + " hold", Tone::Plain, look) + '\n' +
         table.render(look);
}

std::string explanation_text(const Explanation& given, const Look& look) {
  const auto line = [&look](std::string_view label, const std::string& told) {
    return fact(label, told, Tone::Plain, look);
  };
  std::string text = line("Asked", given.target) + line("Answer", answer_text(given.answer)) +
                     line("Last call", call_text(given.last_call)) +
                     line("Popular", popularity_text(given.popularity));
  const auto when = given.next_refresh ? second_text(*given.next_refresh) + ": " : std::string();
  text += line("Next", when + given.next_refresh_why);
  if (!given.tiers_down.empty())
    text += line("Down", fmt::format("{}", fmt::join(given.tiers_down, ", ")));
  return given.copies.empty() ? text : text + '\n' + copies_table(given, look);
}

}  // namespace quotecache::cli
