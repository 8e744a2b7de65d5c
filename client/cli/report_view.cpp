#include "cli/report_view.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/csv.hpp"
#include "cli/figures.hpp"
#include "cli/period_view.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

enum class Kind : std::uint8_t {
  Plain,
  OfCalls,  // what a report by cause or asset is about; in the others it is by the way
  OfLines,  // told by the sentence below as well: shown where lines know it
  Share,    // of the credits, as a bar
};

// What of a row one column shows.
struct Figure {
  std::string_view title;
  int rank;                                   // see Column
  std::string (*text)(const ReportRow& row);  // empty when the row does not know it; none of Share
  Kind kind = Kind::Plain;
  std::string_view asset_title = {};  // in the report by asset; empty: the same
};

std::string count(const std::optional<std::int64_t>& value) {
  return value ? grouped(*value) : std::string{};
}

std::string decimal(const std::optional<double>& value, int decimals) {
  return value ? grouped(*value, decimals) : std::string{};
}

std::string amount(const std::optional<double>& value) {
  return value ? credits_text(*value) : std::string{};
}

std::string money(const std::optional<double>& value) {
  return value ? money_text(*value) : std::string{};
}

std::string bytes(const std::optional<std::int64_t>& value) {
  return value ? bytes_text(*value) : std::string{};
}

// The requests of an asset are a share of the requests for several; its calls fetched it.
constexpr std::array kFigures{
    Figure{"REQUESTS",
           1,
           [](const ReportRow& row) { return count(row.requests); },
           Kind::Plain,
           "~REQUESTS"},
    Figure{"HITS", 14, [](const ReportRow& row) { return count(row.hits); }},
    Figure{"HIT %", 2, [](const ReportRow& row) { return decimal(row.hit_rate, 1); }},
    Figure{"STALE", 12, [](const ReportRow& row) { return count(row.stale); }},
    Figure{"MISSES", 9, [](const ReportRow& row) { return count(row.misses); }},
    Figure{"ERRORS", 11, [](const ReportRow& row) { return count(row.errors); }},
    Figure{"CALLS",
           1,
           [](const ReportRow& row) { return count(row.calls); },
           Kind::OfCalls,
           "FETCHES"},
    Figure{"FAILED", 4, [](const ReportRow& row) { return count(row.failed); }, Kind::OfCalls},
    Figure{"CREDITS", 0, [](const ReportRow& row) { return amount(row.credits); }},
    Figure{"SHARE", 10, nullptr, Kind::Share},
    Figure{
        "PREDICTED", 5, [](const ReportRow& row) { return amount(row.predicted); }, Kind::OfCalls},
    Figure{"PER REQ", 5, [](const ReportRow& row) { return decimal(row.credits_per_request, 3); }},
    Figure{"AVG MS", 6, [](const ReportRow& row) { return decimal(row.average_ms, 1); }},
    Figure{"P95 MS", 8, [](const ReportRow& row) { return decimal(row.p95_ms, 1); }},
    Figure{
        "AGE S", 4, [](const ReportRow& row) { return decimal(row.mean_age_s, 1); }, Kind::OfLines},
    Figure{"PER CREDIT", 7, [](const ReportRow& row) { return decimal(row.assets_per_credit, 1); }},
    Figure{"SCORE", 3, [](const ReportRow& row) { return decimal(row.score, 1); }},
    Figure{"SAVED", 4, [](const ReportRow& row) { return amount(row.saved); }},
    Figure{"COST", 7, [](const ReportRow& row) { return money(row.money_spent); }},
    Figure{"COST SAVED", 7, [](const ReportRow& row) { return money(row.money_saved); }},
    Figure{"BYTES", 13, [](const ReportRow& row) { return bytes(row.bytes); }},
};

constexpr std::size_t kShareColumns = 12;
constexpr std::size_t kKeyColumns = 16;

std::size_t shown_rows(const Report& report, std::optional<std::size_t> limit) {
  return std::min(limit.value_or(report.rows.size()), report.rows.size());
}

std::string key_title(Grouping by) {
  std::string title(to_string(by));
  std::transform(title.begin(), title.end(), title.begin(), [](char c) {
    return static_cast<char>(c - 'a' + 'A');
  });
  return title;
}

bool is_about_calls(Grouping by) { return by == Grouping::Cause || by == Grouping::Asset; }

bool is_share(const Figure& figure) { return figure.kind == Kind::Share; }

Column column_of(const Figure& figure, Grouping by) {
  constexpr int kByTheWay = 10;
  const bool has_own_title = by == Grouping::Asset && !figure.asset_title.empty();
  const bool is_by_the_way = figure.kind == Kind::OfCalls && !is_about_calls(by);
  return {std::string(has_own_title ? figure.asset_title : figure.title),
          is_share(figure) ? Column::Align::Left : Column::Align::Right,
          figure.rank + (is_by_the_way ? kByTheWay : 0)};
}

bool is_known(const Figure& figure, const Report& report) {
  if (is_share(figure)) return report.total.credits.value_or(0) > 0 && report.rows.size() > 1;
  const auto knows = [&figure](const ReportRow& row) { return !figure.text(row).empty(); };
  const bool is_in_total = figure.kind != Kind::OfLines && knows(report.total);
  return is_in_total || std::any_of(report.rows.begin(), report.rows.end(), knows);
}

std::vector<Figure> known_figures(const Report& report) {
  std::vector<Figure> known;
  for (const Figure& figure : kFigures) {
    if (is_known(figure, report)) known.push_back(figure);
  }
  return known;
}

std::string name_of(const ReportRow& row, Grouping by, const Look& look) {
  if (by == Grouping::Client && row.key.empty()) return "(no client)";
  if (by == Grouping::Asset && row.key.empty()) return "(no asset)";
  if (by == Grouping::Asset && row.key == "*") return "(all others)";
  return row.key.empty() ? "(none)" : clean(row.key, look);
}

std::vector<Cell> cells_of(const ReportRow& row,
                           std::string name,
                           const std::vector<Figure>& figures,
                           const std::string& share) {
  std::vector<Cell> cells{{std::move(name)}};
  for (const Figure& figure : figures)
    cells.push_back({is_share(figure) ? share : figure.text(row)});
  return cells;
}

std::string share_bar(const ReportRow& row, const Report& report, const Look& look) {
  const double total = report.total.credits.value_or(0);
  return total > 0 ? bar(row.credits.value_or(0) / total, kShareColumns, look) : std::string{};
}

Table build_table(const Report& report, std::size_t rows, const Look& look) {
  const auto figures = known_figures(report);
  std::vector<Column> columns{{key_title(report.by), Column::Align::Left, 0, kKeyColumns}};
  for (const Figure& figure : figures) columns.push_back(column_of(figure, report.by));
  Table table(std::move(columns));
  for (std::size_t i = 0; i < rows; ++i) {
    const ReportRow& row = report.rows[i];
    table.add_row(
        cells_of(row, name_of(row, report.by, look), figures, share_bar(row, report, look)));
  }
  table.set_total(cells_of(report.total, "total", figures, ""));
  return table;
}

std::string heading(const Report& report) {
  return fmt::format("Credits by {}, {}", to_string(report.by), period_text(report));
}

// More is spent than saved where much is fetched ahead and little is asked for.
std::string savings_text(double saved, double spent) {
  std::string text = fmt::format("Without the cache: {} credits", credits_text(saved + spent));
  if (saved < 0) return text + fmt::format(", {} fewer than were spent", credits_text(-saved));
  return text + fmt::format(
                    ". Saved: {} ({})", credits_text(saved), percent_text(saved / (saved + spent)));
}

std::string savings(const Report& report) {
  const ReportRow& total = report.total;
  if (!total.saved || !total.credits || *total.saved + *total.credits <= 0) return {};
  std::string text = savings_text(*total.saved, *total.credits);
  if (total.money_saved && *total.saved >= 0)
    text += fmt::format(", worth {}", money_text(*total.money_saved, report.currency));
  return text + '.';
}

std::string cost(const Report& report) {
  const auto& spent = report.total.money_spent;
  return spent ? fmt::format(" What was spent cost {}.", money_text(*spent, report.currency)) : "";
}

std::string sums(const Report& report, const Look& look) {
  const std::string text = savings(report) + cost(report);
  return text.empty() ? text : '\n' + paragraph(text, 0, look);
}

// What credits bought: age, and assets.
std::string freshness(const ReportRow& total, const Look& look) {
  std::string text;
  if (total.mean_age_s)
    text += fmt::format(" What clients were served was {} s old on average.",
                        grouped(*total.mean_age_s, 1));
  if (total.assets_per_credit) {
    text += fmt::format(" A credit renewed {} assets", grouped(*total.assets_per_credit, 1));
    const auto assets = static_cast<double>(total.assets.value_or(0));
    const auto riding = static_cast<double>(total.riding.value_or(0));
    if (riding > 0)
      text += fmt::format(", {} of which rode along for nothing",
                          grouped(*total.assets_per_credit * riding / assets, 1));
    text += '.';
  }
  return text.empty() ? text : '\n' + paragraph("Freshness:" + text, 0, look);
}

std::string empty_state(const Report& report) {
  return fmt::format(
      "No {} {}.\n", is_about_calls(report.by) ? "calls" : "requests", when_text(report));
}

void add_line(Csv& csv, const ReportRow& row, std::string_view currency) {
  csv.field(row.key).field(row.requests).field(row.hits).field(row.hit_rate).field(row.stale);
  csv.field(row.misses).field(row.errors).field(row.credits).field(row.credits_per_request);
  csv.field(row.average_ms).field(row.p95_ms).field(row.score).field(row.saved);
  csv.field(row.money_spent).field(row.money_saved).field(row.bytes).field(row.calls);
  csv.field(row.failed).field(row.predicted).field(row.asks).field(row.mean_age_s);
  csv.field(row.assets).field(row.riding).field(row.assets_per_credit).field(currency).end_line();
}

}  // namespace

std::string report_table(const Report& report, std::optional<std::size_t> limit, const Look& look) {
  if (report.rows.empty()) return empty_state(report) + period_notes(report, look);
  const std::size_t rows = shown_rows(report, limit);
  std::string text = painted(heading(report), Tone::Strong, look) + "\n\n";
  text += build_table(report, rows, look).render(look);
  if (rows < report.rows.size())
    text +=
        fmt::format("{} of {} rows are shown.\n", rows, grouped(std::int64_t(report.rows.size())));
  return text + sums(report, look) + freshness(report.total, look) + provider_note(report, look) +
         period_notes(report, look);
}

std::string report_csv(const Report& report, std::optional<std::size_t> limit) {
  Csv csv({to_string(report.by),
           "requests",
           "hits",
           "hit_rate",
           "stale",
           "misses",
           "errors",
           "credits",
           "credits_per_request",
           "average_ms",
           "p95_ms",
           "score",
           "saved",
           "money_spent",
           "money_saved",
           "bytes",
           "calls",
           "failed",
           "predicted",
           "asks",
           "mean_age_s",
           "assets",
           "riding",
           "assets_per_credit",
           "currency"});
  for (std::size_t i = 0; i < shown_rows(report, limit); ++i)
    add_line(csv, report.rows[i], report.currency);
  return std::move(csv).text();
}

}  // namespace quotecache::cli
