#include "options.hpp"

#include <utility>

#include "support/command_line.hpp"

namespace cmcsim {

namespace {

// As typed, before it means something.
struct Raw {
  std::string plan = "unlimited", latency = "0", v3_shape = "array", gzip = "on", clock_at,
              late = "0:0";
  double tick_seconds = 60;
  std::optional<std::int64_t> minute_limit, day_limit, month_limit;
};

void describe(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--listen", options.listen, "Plain HTTP on ADDRESS:PORT, port 0 for a free one");
  app.add_option("--tls-listen", options.tls_listen, "HTTPS on ADDRESS:PORT");
  app.add_option("--cert", options.cert_file, "PEM certificate chain for HTTPS");
  app.add_option("--cert-key", options.cert_key_file, "PEM private key for HTTPS");
  app.add_option("--coins", options.coins, "Size of the generated universe")
      ->check(CLI::Range(1, 100000));
  app.add_option("--recordings", options.recordings, "Folder of recorded answers to serve instead")
      ->check(CLI::ExistingDirectory);
  app.add_option("--tick", raw.tick_seconds, "Seconds between price changes, 0 for every call")
      ->check(CLI::Range(0.0, 86400.0));
  app.add_option("--tick-late", raw.late, "LEAST:MOST seconds after which a tick is served");
  app.add_option("--price-seed", options.simulator.price_seed, "Seed of universe and prices");
  app.add_option("--latency", raw.latency, "Milliseconds, or lognormal:MEDIAN:P99");
  app.add_option(
      "--plan", raw.plan, "unlimited, basic, basic2023, hobbyist, startup, standard, ...");
  app.add_option("--minute-limit", raw.minute_limit, "Calls per minute, 0 for no limit");
  app.add_option("--day-limit", raw.day_limit, "Credits per day, 0 for no limit");
  app.add_option("--month-limit", raw.month_limit, "Credits per month, 0 for no limit");
  app.add_option("--key", options.simulator.keys, "An accepted API key; without any, every key is");
  app.add_option("--v3-shape", raw.v3_shape, "Data of v3 quotes: array or object")
      ->check(CLI::IsMember({"array", "object"}));
  app.add_option("--gzip", raw.gzip, "Compress bodies over 1 KiB when asked: on or off")
      ->check(CLI::IsMember({"on", "off"}));
  app.add_flag("--stamps", options.simulator.stamps, "Assets say when they were written");
  app.add_option("--clock-at", raw.clock_at, "The clock stands there until it is moved");
}

void fill(Options& options, const Raw& raw) {
  SimulatorOptions& simulator = options.simulator;
  const auto plan = limits_of_plan(raw.plan);
  if (!plan) throw CLI::ValidationError("--plan", "no plan is called " + raw.plan);
  simulator.limits = *plan;
  if (raw.minute_limit) simulator.limits.calls_per_minute = *raw.minute_limit;
  if (raw.day_limit) simulator.limits.credits_per_day = *raw.day_limit;
  if (raw.month_limit) simulator.limits.credits_per_month = *raw.month_limit;
  const auto latency = Latency::parse(raw.latency);
  if (!latency) {
    throw CLI::ValidationError("--latency", "give milliseconds or lognormal:MEDIAN:P99");
  }
  simulator.latency = *latency;
  simulator.tick = std::chrono::milliseconds(static_cast<std::int64_t>(raw.tick_seconds * 1000));
  const auto late = Lateness::parse(raw.late);
  if (!late) throw CLI::ValidationError("--tick-late", "give LEAST:MOST in seconds");
  simulator.late = *late;
  simulator.v3_shape = raw.v3_shape == "array" ? V3Shape::Array : V3Shape::Object;
  simulator.gzip = raw.gzip == "on";
  if (!raw.clock_at.empty()) simulator.clock_at = parse_iso(raw.clock_at);
  if (!raw.clock_at.empty() && !simulator.clock_at)
    throw CLI::ValidationError("--clock-at", "give a moment such as 2026-11-01T00:00:00Z");
  if (options.listen.empty() && options.tls_listen.empty()) {
    throw CLI::RequiredError("--listen or --tls-listen");
  }
  if (!options.tls_listen.empty() && (options.cert_file.empty() || options.cert_key_file.empty())) {
    throw CLI::RequiredError("--cert and --cert-key with --tls-listen");
  }
}

}  // namespace

std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code) {
  CLI::App app("Simulated crypto price API for tests and benchmarks", "cmcsim");
  Options options;
  Raw raw;
  describe(app, options, raw);
  const auto end =
      quotecached::test::read_command_line(app, argc, argv, [&] { fill(options, raw); });
  exit_code = end.value_or(exit_code);
  return end ? std::nullopt : std::optional(std::move(options));
}

}  // namespace cmcsim
