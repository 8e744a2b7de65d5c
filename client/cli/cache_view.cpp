#include "cli/cache_view.hpp"

#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::string upstream_text(const CacheStats& stats, const Look& look) {
  if (stats.upstream_up && stats.upstream_error.empty())
    return fmt::format("answers in {} ms on average", stats.upstream_average_ms);
  return (stats.upstream_up ? "the last call failed: " : "is not asked: ") +
         clean(stats.upstream_error, look);
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

std::string call_text(const std::optional<LastCall>& call, const Look& look) {
  if (!call) return "not known: another daemon's, or none is recorded";
  return fmt::format("{}, {} credits for {} assets and {} that rode along ({})",
                     second_text(call->at),
                     grouped(call->credits),
                     grouped(call->assets),
                     grouped(call->riding),
                     clean(call->cause, look));
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
  return "Requests   " + requests_text(stats.requests) + "\nCredits    today " +
         spent_text(stats.today) + ", this month " + spent_text(stats.month) + "\nUpstream   " +
         upstream_text(stats, look) + "\nPurges     " + grouped(stats.purges) + " hold\n\n" +
         table.render(look);
}

std::string explanation_text(const Explanation& given, const Look& look) {
  std::string text = "Asked      " + clean(given.target, look) + '\n';
  text += "Answer     ";
  if (given.answer) {
    text += fmt::format("from {}, {}, {} s old\n",
                        clean(given.answer->tier, look),
                        clean(given.answer->state, look),
                        grouped(given.answer->age_s, 1));
  } else {
    text += "no copy may be shown\n";
  }
  text += "Last call  " + call_text(given.last_call, look) + '\n';
  text += "Popular    ";
  text += given.popularity ? fmt::format("{} asks a day, last {}\n",
                                         grouped(given.popularity->asks_a_day, 1),
                                         second_text(given.popularity->last_asked))
                           : std::string("nobody asks for it\n");
  text += "Next       ";
  if (given.next_refresh) text += second_text(*given.next_refresh) + ": ";
  text += clean(given.next_refresh_why, look) + '\n';
  if (!given.tiers_down.empty())
    text +=
        "Down       " + clean(fmt::format("{}", fmt::join(given.tiers_down, ", ")), look) + '\n';
  return given.copies.empty() ? text : text + '\n' + copies_table(given, look);
}

}  // namespace quotecache::cli
