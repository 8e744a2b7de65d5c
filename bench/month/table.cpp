#include "month/table.hpp"

#include <fmt/format.h>

#include "base/json_writer.hpp"

namespace quotecached::bench {
namespace {

constexpr std::chrono::minutes kOld{5};

void write_ages(JsonWriter& json, const test::AgeTally& ages) {
  json.begin_object();
  json.key("count").integer(ages.count());
  json.key("mean_seconds").number(ages.mean());
  json.key("p50_seconds").number(ages.quantile(0.5));
  json.key("p95_seconds").number(ages.quantile(0.95));
  json.key("p99_seconds").number(ages.quantile(0.99));
  json.key("older_than_5_minutes").number(ages.older_than(kOld), 6);
  json.end_object();
}

void write_run(JsonWriter& json, const MonthRun& run) {
  const auto& figures = run.figures;
  json.begin_object();
  json.key("seed").integer(run.seed);
  json.key("budget").integer(run.budget);
  json.key("credits").integer(figures.credits);
  json.key("booked").integer(figures.booked);
  json.key("calls").integer(figures.calls);
  json.key("requests").integer(figures.requests);
  json.key("refused").integer(figures.refused);
  json.key("refused_with_copies").integer(figures.refused_with_copies);
  json.key("lacking").integer(figures.lacking);
  json.key("age");
  write_ages(json, figures.ages);
  json.key("content_age");
  write_ages(json, figures.content_ages);
  json.key("age_by").begin_object();
  for (const auto& [kind, ages] : figures.ages_by) {
    json.key(kind);
    write_ages(json, ages);
  }
  json.end_object();
  json.key("listings");
  write_ages(json, figures.listings);
  json.key("least_mean_seconds").number(run.least_mean);
  json.key("took_seconds").number(run.took.count());
  json.end_object();
}

}  // namespace

std::string table_head() {
  return fmt::format(
      "{:>5} {:>7} {:>8} {:>7} {:>9} {:>9} {:>8} {:>8} {:>8} {:>9} {:>8} {:>6} {:>7}\n",
      "seed",
      "budget",
      "credits",
      "used",
      "requests",
      "refused",
      "mean s",
      "p95 s",
      "> 5 min",
      "content s",
      "least s",
      "times",
      "took s");
}

std::string table_line(const MonthRun& run) {
  const auto& figures = run.figures;
  const double used =
      run.budget == 0 ? 1 : static_cast<double>(figures.credits) / static_cast<double>(run.budget);
  const double times = run.least_mean > 0 ? figures.ages.mean() / run.least_mean : 0;
  return fmt::format(
      "{:>5} {:>7} {:>8} {:>5.1f} % {:>9} {:>9} {:>8.1f} {:>8.0f} {:>6.2f} % {:>9.1f} {:>8.1f} "
      "{:>6.2f} {:>7.0f}\n",
      run.seed,
      run.budget,
      figures.credits,
      100 * used,
      figures.requests,
      figures.refused,
      figures.ages.mean(),
      figures.ages.quantile(0.95),
      100 * figures.ages.older_than(kOld),
      figures.content_ages.mean(),
      run.least_mean,
      times,
      run.took.count());
}

std::string to_json(const std::string& what, const std::vector<MonthRun>& runs) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("replayed").text(what);
  json.key("runs").begin_array();
  for (const auto& run : runs) write_run(json, run);
  json.end_array();
  json.end_object();
  return text + "\n";
}

}  // namespace quotecached::bench
