// Replays months of requests through the real daemon, and prints the ages that clients saw.
#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

#include "base/iso_time.hpp"
#include "month/options.hpp"
#include "month/table.hpp"
#include "replay/replay.hpp"
#include "simulate/clairvoyant.hpp"

namespace {

using namespace quotecached;
using namespace quotecached::bench;

struct Trace {
  TimePoint start;
  milliseconds length{0};
  std::vector<trace::TracedRequest> requests;
};

Trace read_trace(const std::string& path) {
  std::ifstream in(path);
  auto reader = trace::TraceReader::open(in);
  if (!reader) throw std::runtime_error(path + ": " + reader.error().message);
  Trace trace{reader->start(), {}, {}};
  while (true) {
    auto request = reader->next();
    if (!request) throw std::runtime_error(path + ": " + request.error().message);
    if (!*request) break;
    trace.requests.push_back(std::move(**request));
  }
  if (!trace.requests.empty())
    trace.length = std::chrono::ceil<std::chrono::days>(trace.requests.back().at + milliseconds(1));
  return trace;
}

Trace draw_trace(const MonthOptions& options, unsigned seed) {
  test::Sim sim;
  const test::Demand demand(options.shape, seed);
  return {options.shape.start,
          std::chrono::days(options.shape.days),
          named_trace(demand, names_of(sim, options.shape.assets), options.asking, seed)};
}

Trace trace_of(const MonthOptions& options, unsigned seed) {
  return options.trace_file.empty() ? draw_trace(options, seed) : read_trace(options.trace_file);
}

// Of whoever knows all requests: what is asked for by name, the rest costs nothing.
double least_mean(const Trace& trace, std::int64_t calls) {
  std::vector<simulate::Ask> asks;
  for (const auto& request : trace.requests) {
    const auto assets = static_cast<std::int64_t>(test::assets_named(request.target).size());
    if (assets > 0) asks.push_back({request.at, assets});
  }
  const simulate::Clairvoyant clairvoyant(asks);
  const auto least = clairvoyant.least_age(calls);
  return least ? least->mean_seconds(clairvoyant.assets()) : 0;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text << std::flush;
  if (!out) throw std::runtime_error("cannot write " + path);
}

// Runs what is to be run, some at once; prints each line as it is known.
class Bench {
 public:
  explicit Bench(const MonthOptions& options) : options_(options) {
    for (const unsigned seed : options_.seeds)
      for (const auto budget : options_.budgets) runs_.push_back({seed, budget, {}, {}});
  }

  // Throws what the first run that failed threw.
  const std::vector<MonthRun>& run() {
    fmt::print("{}", table_head());
    std::fflush(stdout);
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < options_.jobs; ++i) workers.emplace_back([this] { work(); });
    for (auto& worker : workers) worker.join();
    if (failure_) std::rethrow_exception(failure_);
    return runs_;
  }

 private:
  void work() {
    while (MonthRun* const run = next()) {
      try {
        replay(*run);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
      }
    }
  }

  MonthRun* next() {
    const std::lock_guard lock(mutex_);
    return failure_ || begun_ == runs_.size() ? nullptr : &runs_[begun_++];
  }

  void replay(MonthRun& run) {
    const auto began = std::chrono::steady_clock::now();
    const auto trace = trace_of(options_, run.seed);
    test::Replay::Options options;
    options.start = trace.start;
    options.per_month = run.budget;
    options.sets = options_.sets;
    options.sim = options_.sim;
    if (!options_.is_quiet) options.progress = [&run](double part) { tell(run, part); };
    test::Replay replay(std::move(options));
    run.figures = replay.run(trace.requests, trace.length);
    run.least_mean = least_mean(trace, run.figures.credits);
    run.took = std::chrono::steady_clock::now() - began;
    const std::lock_guard lock(mutex_);
    fmt::print("{}", table_line(run));
    std::fflush(stdout);
  }

  static void tell(const MonthRun& run, double part) {
    fmt::print(stderr, "\rseed {} budget {}: {:.0f} %  ", run.seed, run.budget, 100 * part);
  }

  const MonthOptions& options_;
  std::vector<MonthRun> runs_;
  std::mutex mutex_;
  std::size_t begun_ = 0;
  std::exception_ptr failure_;
};

// By test::Asking.
constexpr std::array<std::string_view, 3> kAsked{"id", "id, prices alone", "mixed names"};

std::string described(const MonthOptions& options) {
  if (!options.trace_file.empty()) return options.trace_file;
  return fmt::format("{} days from {}, {} assets, by {}",
                     options.shape.days,
                     iso_time(options.shape.start),
                     options.shape.assets,
                     kAsked[static_cast<std::size_t>(options.asking)]);
}

void run(const MonthOptions& options) {
  if (!options.write_trace.empty()) {
    const auto trace = trace_of(options, options.seeds.front());
    return write_file(options.write_trace, test::trace_text(trace.start, trace.requests));
  }
  fmt::print("{}\n", described(options));
  Bench bench(options);
  const auto& runs = bench.run();
  if (!options.json_file.empty()) write_file(options.json_file, to_json(described(options), runs));
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = parse_month_options(argc, argv, exit_code);
  if (!options) return exit_code;
  try {
    run(*options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "\nmonth_bench: {}\n", error.what());
    return 1;
  }
  return 0;
}
