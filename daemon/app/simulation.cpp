#include "app/simulation.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sysexits.h>
#include <unistd.h>

#include "app/from_settings.hpp"
#include "ledger/plan.hpp"
#include "simulate/clairvoyant.hpp"
#include "simulate/coins.hpp"
#include "simulate/paced_decider.hpp"
#include "simulate/report.hpp"
#include "simulate/simulation.hpp"
#include "trace/trace_reader.hpp"

namespace quotecached::app {
namespace {

constexpr std::int64_t kRequestsPerTelling = 20'000;
constexpr std::uintmax_t kMostOfMap = 256ull << 20;  // bytes; all coins ever listed are 10 MB

// What a plan is called, and what it caps.
struct WantedPlan {
  std::string name;
  ledger::Caps caps;
};

tl::unexpected<Error> no_plan(const std::string& name) {
  std::vector<std::string_view> known;
  for (const auto& plan : ledger::plans()) known.push_back(plan.name);
  return fail(
      ErrorCode::Invalid,
      fmt::format("--plan {}: there is no such plan; there are: {}", name, fmt::join(known, ", ")));
}

// Those of the command line; otherwise what the settings say. Fails with Invalid.
Result<std::vector<WantedPlan>> plans_of(const settings::Settings& settings,
                                         const SimulateCommand& wanted) {
  std::vector<WantedPlan> plans;
  for (const auto& name : wanted.plans) {
    const auto caps = ledger::caps_of_plan(name);
    if (!caps) return no_plan(name);
    plans.push_back({name, *caps});
  }
  for (const auto credits : wanted.per_month) {
    ledger::Caps caps;
    caps.per_month = {credits};
    plans.push_back({credits == 0 ? "no cap" : fmt::format("{} a month", credits), caps});
  }
  if (plans.empty()) plans.push_back({"as set", ledger_options(settings.credits).caps});
  return plans;
}

// One plan, being simulated.
struct Run {
  Run(const WantedPlan& wanted,
      const catalog::Catalogue& catalogue,
      const simulate::PacedDecider::Options& options,
      const simulate::Simulation::Options& world)
      : plan(wanted), decider(options), simulation(catalogue, decider, world) {}

  WantedPlan plan;
  simulate::PacedDecider decider;
  simulate::Simulation simulation;
};

class Simulations {
 public:
  Simulations(const settings::Settings& settings,
              const SimulateCommand& wanted,
              const std::vector<WantedPlan>& plans,
              const simulate::Coins& coins,
              TimePoint start)
      : catalogue_(catalogue_of(settings)) {
    const auto governor = governor_options(settings);
    simulate::PacedDecider::Options options;
    options.ledger = ledger_options(settings.credits);
    options.modes = governor.modes;
    options.pacing = governor.pacing;
    options.renewals.most_riding = settings.upstream.ride_along_bytes;
    options.renewals.learns_ticks = settings.freshness.tick;
    options.renewals.names = settings.freshness.names;
    options.rides = settings.upstream.ride_along_bytes.count > 0;
    const simulate::Simulation::Options world{
        start,
        {std::chrono::seconds(wanted.tick_seconds), std::chrono::seconds(wanted.late_seconds)},
        settings.freshness.names,
        coins};
    for (const auto& plan : plans) {
      options.ledger.caps = plan.caps;
      runs_.push_back(std::make_unique<Run>(plan, catalogue_, options, world));
    }
  }

  void ask(const trace::TracedRequest& request) {
    std::size_t entries = 0;
    for (const auto& run : runs_) entries = run->simulation.ask(request.at, request.target);
    if (entries > 0) asks_.push_back({request.at, static_cast<std::int64_t>(entries)});
  }

  // Looks back when all is asked.
  std::vector<simulate::Outcome> outcomes() {
    const simulate::Clairvoyant clairvoyant(asks_);
    std::vector<simulate::Outcome> outcomes;
    for (const auto& run : runs_) {
      simulate::Outcome one;
      one.plan = run->plan.name;
      one.per_month = run->plan.caps.per_month.count;
      one.figures = run->simulation.figures();
      one.entries = clairvoyant.assets();
      one.least_age = clairvoyant.least_age(one.figures.credits);
      outcomes.push_back(std::move(one));
    }
    return outcomes;
  }

 private:
  const catalog::Catalogue catalogue_;
  std::vector<std::unique_ptr<Run>> runs_;
  std::vector<simulate::Ask> asks_;  // 16 bytes a request
};

// On a terminal, how much of the file is done.
class Progress {
 public:
  explicit Progress(const std::string& path) : is_shown_(::isatty(STDERR_FILENO) == 1) {
    std::error_code failure;
    size_ = std::filesystem::file_size(path, failure);
    if (failure) size_ = 0;
  }
  ~Progress() {
    if (has_told_) std::fputs("\r\033[K", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void note(std::ifstream& in) {
    if (!is_shown_ || size_ == 0 || ++requests_ % kRequestsPerTelling != 0) return;
    const auto at = static_cast<double>(in.tellg());
    fmt::print(stderr, "\r{:3.0f} %", 100 * at / static_cast<double>(size_));
    has_told_ = true;
  }

 private:
  bool is_shown_;
  bool has_told_ = false;
  std::uintmax_t size_ = 0;
  std::int64_t requests_ = 0;
};

int tell(int status, const std::string& what) {
  fmt::print(stderr, "quotecached simulate: {}\n", what);
  return status;
}

// A file that is there and can be read. Fails with Unavailable.
Result<std::ifstream> open_file(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure))
    return fail(ErrorCode::Unavailable, path + ": is a directory");
  std::ifstream in(path);
  if (!in.is_open())
    return fail(ErrorCode::Unavailable, path + ": " + std::generic_category().message(errno));
  return in;
}

// What names lead to; of no file, each to something of its own. Fails with Unavailable, or with
// Invalid when the file is no map.
Result<simulate::Coins> coins_of(const std::string& path) {
  if (path.empty()) return simulate::Coins();
  auto in = open_file(path);
  if (!in) return std::move(in).failure();
  std::error_code failure;
  if (std::filesystem::file_size(path, failure) > kMostOfMap || failure)
    return fail(ErrorCode::Invalid, path + ": is too large for a map, or no file");
  const std::string answer{std::istreambuf_iterator<char>(*in), {}};
  if (in->bad()) return fail(ErrorCode::Unavailable, path + ": cannot be read");
  const auto* const endpoint = catalog::Catalogue::built_in().by_name("v1.map");
  auto coins = simulate::Coins::of_map(answer, *endpoint);
  if (!coins) return fail(ErrorCode::Invalid, path + ": " + coins.error().message);
  return coins;
}

int status_of(ErrorCode code) { return code == ErrorCode::Invalid ? EX_DATAERR : EX_NOINPUT; }

}  // namespace

int run_simulation(const settings::Settings& settings, const SimulateCommand& wanted) {
  const auto plans = plans_of(settings, wanted);
  if (!plans) return tell(EX_USAGE, plans.error().message);
  auto in = open_file(wanted.trace);
  if (!in) return tell(status_of(in.error().code), in.error().message);
  auto reader = trace::TraceReader::open(*in);
  if (!reader)
    return tell(status_of(reader.error().code), wanted.trace + ": " + reader.error().message);
  const auto coins = coins_of(wanted.names);
  if (!coins) return tell(status_of(coins.error().code), coins.error().message);
  Simulations simulations(settings, wanted, *plans, *coins, reader->start());
  {
    Progress progress(wanted.trace);
    while (true) {
      const auto request = reader->next();
      if (!request)
        return tell(status_of(request.error().code), wanted.trace + ": " + request.error().message);
      if (!*request) break;
      simulations.ask(**request);
      progress.note(*in);
    }
  }
  const auto outcomes = simulations.outcomes();
  std::fputs(simulate::report(outcomes, wanted.format).c_str(), stdout);
  return EX_OK;
}

}  // namespace quotecached::app
