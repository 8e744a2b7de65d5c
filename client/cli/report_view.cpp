#include "cli/report_view.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/csv.hpp"
#include "cli/figures.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

// What of a row one column shows; empty when the row does not know it.
//
// Calls are what a report by cause or asset is about; in the others they are by the way.
struct Figure {
  const char* title;
  int rank;
  std::string (*text)(const ReportRow& row);
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

constexpr std::array kFigures{
    Figure{"REQUESTS", 1, [](const ReportRow& row) { return count(row.requests); }},
    Figure{"HITS", 14, [](const ReportRow& row) { return count(row.hits); }},
    Figure{"HIT %", 2, [](const ReportRow& row) { return decimal(row.hit_rate, 1); }},
    Figure{"STALE", 12, [](const ReportRow& row) { return count(row.stale); }},
    Figure{"MISSES", 9, [](const ReportRow& row) { return count(row.misses); }},
    Figure{"ERRORS", 11, [](const ReportRow& row) { return count(row.errors); }},
    Figure{"CALLS", 1, [](const ReportRow& row) { return count(row.calls); }},
    Figure{"FAILED", 4, [](const ReportRow& row) { return count(row.failed); }},
    Figure{"CREDITS", 0, [](const ReportRow& row) { return amount(row.credits); }},
    Figure{"SHARE", 10, nullptr},
    Figure{"PREDICTED", 5, [](const ReportRow& row) { return amount(row.predicted); }},
    Figure{"PER REQ", 5, [](const ReportRow& row) { return decimal(row.credits_per_request, 3); }},
    Figure{"AVG MS", 6, [](const ReportRow& row) { return decimal(row.average_ms, 1); }},
    Figure{"P95 MS", 8, [](const ReportRow& row) { return decimal(row.p95_ms, 1); }},
    Figure{"SCORE", 3, [](const ReportRow& row) { return decimal(row.score, 1); }},
    Figure{"SAVED", 4, [](const ReportRow& row) { return amount(row.saved); }},
    Figure{"COST", 7, [](const ReportRow& row) { return money(row.money_spent); }},
    Figure{"COST SAVED", 7, [](const ReportRow& row) { return money(row.money_saved); }},
    Figure{
        "BYTES", 13, [](const ReportRow& row) { return row.bytes ? bytes_text(*row.bytes) : ""; }},
};

constexpr std::size_t kBarColumns = 12;
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

// The requests of an asset are a share of the requests for several; its calls fetched it.
std::string title_of(const Figure& figure, Grouping by) {
  const std::string_view title = figure.title;
  if (by == Grouping::Asset && title == "REQUESTS") return "~REQUESTS";
  if (by == Grouping::Asset && title == "CALLS") return "FETCHES";
  return std::string(title);
}

int rank_of(const Figure& figure, Grouping by) {
  constexpr int by_the_way = 10;
  const std::string_view title = figure.title;
  const bool is_of_calls = title == "CALLS" || title == "FAILED" || title == "PREDICTED";
  if (!is_of_calls || by == Grouping::Cause || by == Grouping::Asset) return figure.rank;
  return figure.rank + by_the_way;
}

bool is_share(const Figure& figure) { return figure.text == nullptr; }

bool is_known(const Figure& figure, const Report& report) {
  if (is_share(figure)) return report.total.credits.value_or(0) > 0 && report.rows.size() > 1;
  const auto knows = [&figure](const ReportRow& row) { return !figure.text(row).empty(); };
  return knows(report.total) || std::any_of(report.rows.begin(), report.rows.end(), knows);
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
  return total > 0 ? bar(row.credits.value_or(0) / total, kBarColumns, look) : std::string{};
}

Table build_table(const Report& report, std::size_t rows, const Look& look) {
  const auto figures = known_figures(report);
  std::vector<Column> columns{{key_title(report.by), Column::Align::Left, 0, kKeyColumns}};
  for (const Figure& figure : figures) {
    const auto align = is_share(figure) ? Column::Align::Left : Column::Align::Right;
    columns.push_back({title_of(figure, report.by), align, rank_of(figure, report.by)});
  }
  Table table(std::move(columns));
  for (std::size_t i = 0; i < rows; ++i) {
    const ReportRow& row = report.rows[i];
    table.add_row(
        cells_of(row, name_of(row, report.by, look), figures, share_bar(row, report, look)));
  }
  table.set_total(cells_of(report.total, "total", figures, ""));
  return table;
}

std::string days_text(int days) {
  return days == 1 ? "today" : fmt::format("the last {} days", days);
}

// `to` may be the present moment or the end of its day.
std::string heading(const Report& report) {
  const std::string last = date_text(report.to - std::chrono::milliseconds(1));
  const std::string first = date_text(report.from);
  const std::string span = first == last ? first : first + " to " + last;
  return fmt::format("Credits by {}, {} ({})", to_string(report.by), span, days_text(report.days));
}

std::string savings(const Report& report, const Look& look) {
  const auto& saved = report.total.saved;
  const auto& spent = report.total.credits;
  if (!saved || !spent || *saved + *spent <= 0) return {};
  std::string text = fmt::format("Without the cache: {} credits. Saved: {} ({})",
                                 credits_text(*saved + *spent),
                                 credits_text(*saved),
                                 percent_text(*saved / (*saved + *spent)));
  if (report.total.money_saved)
    text += fmt::format(", worth {}", money_text(*report.total.money_saved));
  return '\n' + paragraph(text + '.', 0, look);
}

std::string empty_state(const Report& report) {
  const bool is_about_calls = report.by == Grouping::Cause || report.by == Grouping::Asset;
  return fmt::format("No {} {}{}.\n",
                     is_about_calls ? "calls" : "requests",
                     report.days == 1 ? "" : "in ",
                     days_text(report.days));
}

void add_line(Csv& csv, const ReportRow& row) {
  csv.field(row.key).field(row.requests).field(row.hits).field(row.hit_rate).field(row.stale);
  csv.field(row.misses).field(row.errors).field(row.credits).field(row.credits_per_request);
  csv.field(row.average_ms).field(row.p95_ms).field(row.score).field(row.saved);
  csv.field(row.money_spent).field(row.money_saved).field(row.bytes).field(row.calls);
  csv.field(row.failed).field(row.predicted).end_line();
}

}  // namespace

std::string report_table(const Report& report, std::optional<std::size_t> limit, const Look& look) {
  if (report.rows.empty()) return empty_state(report);
  const std::size_t rows = shown_rows(report, limit);
  std::string text = painted(heading(report), Tone::Strong, look) + "\n\n";
  text += build_table(report, rows, look).render(look);
  if (rows < report.rows.size())
    text +=
        fmt::format("{} of {} rows are shown.\n", rows, grouped(std::int64_t(report.rows.size())));
  return text + savings(report, look);
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
           "predicted"});
  for (std::size_t i = 0; i < shown_rows(report, limit); ++i) add_line(csv, report.rows[i]);
  return std::move(csv).text();
}

}  // namespace quotecache::cli
