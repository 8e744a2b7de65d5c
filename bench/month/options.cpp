#include "month/options.hpp"

#include <utility>

#include "base/iso_time.hpp"
#include "support/command_line.hpp"

namespace quotecached::bench {
namespace {

// As typed, before it means something.
struct Raw {
  std::string demand = "steady", asking = "id", start, day;
  std::optional<int> days;
  std::optional<double> per_second, bursts;
};

void describe(CLI::App& app, MonthOptions& options, Raw& raw) {
  app.add_option("--demand", raw.demand, "steady, drifting or restless (a day of 2,000 assets)")
      ->check(CLI::IsMember({"steady", "drifting", "restless"}));
  app.add_option("--ask",
                 raw.asking,
                 "By id, prices alone of /quotes, or mixed: id, symbol, slug, some listings")
      ->check(CLI::IsMember({"id", "prices", "mixed"}));
  app.add_option("--seed", options.seeds, "Seeds, each a run")->delimiter(',');
  app.add_option("--budget", options.budgets, "Credits a month, each a run; 0: no cap")
      ->delimiter(',');
  app.add_option("--start", raw.start, "The first midnight, such as 2026-11-17");
  app.add_option("--days", raw.days, "How long")->check(CLI::Range(1, 400));
  app.add_option("--rhythm", raw.day, "Of a day: flat, one or two peaks")
      ->check(CLI::IsMember({"flat", "one", "two"}));
  app.add_option("--per-second", raw.per_second, "Requests, on average without bursts")
      ->check(CLI::Range(1e-6, 100.0));
  app.add_option("--bursts", raw.bursts, "Per day")->check(CLI::Range(0.0, 100.0));
  app.add_option("--set", options.sets, "A setting of the daemon, KEY=VALUE; repeatable")
      ->allow_extra_args(false);
  app.add_option("--sim", options.sim, "An argument of cmcsim; repeatable")
      ->allow_extra_args(false);
  app.add_option("--trace", options.trace_file, "Replays this trace")->check(CLI::ExistingFile);
  app.add_option("--write-trace", options.write_trace, "Writes the trace there, and ends");
  app.add_option("--json", options.json_file, "Writes all figures there");
  app.add_option("--jobs", options.jobs, "Runs at once")->check(CLI::Range(1, 64));
  app.add_flag("--quiet", options.is_quiet, "No progress on standard error");
}

void fill(MonthOptions& options, const Raw& raw) {
  auto& shape = options.shape;
  if (raw.demand == "drifting") shape = test::drifting_month();
  if (raw.demand == "restless") shape = test::restless_day();
  if (raw.asking == "prices") options.asking = test::Asking::Prices;
  if (raw.asking == "mixed") options.asking = test::Asking::Mixed;
  if (!raw.start.empty()) {
    const auto start = parse_iso_time(raw.start + "T00:00:00Z");
    if (!start) throw CLI::ValidationError("--start", "give a day such as 2026-11-17");
    shape.start = *start;
  }
  using Day = test::DemandShape::Day;
  if (raw.day == "flat") shape.day = Day::Flat;
  if (raw.day == "one") shape.day = Day::OnePeak;
  if (raw.day == "two") shape.day = Day::TwoPeaks;
  shape.days = raw.days.value_or(shape.days);
  shape.per_second = raw.per_second.value_or(shape.per_second);
  shape.bursts_per_day = raw.bursts.value_or(shape.bursts_per_day);
}

}  // namespace

std::optional<MonthOptions> parse_month_options(int argc, const char* const* argv, int& exit_code) {
  CLI::App app("Replays months of requests through the daemon", "month_bench");
  MonthOptions options;
  Raw raw;
  describe(app, options, raw);
  const auto end = test::read_command_line(app, argc, argv, [&] { fill(options, raw); });
  exit_code = end.value_or(exit_code);
  return end ? std::nullopt : std::optional(std::move(options));
}

}  // namespace quotecached::bench
