#include "app/bench.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>
#include <sysexits.h>
#include <unistd.h>

#include "app/file_limit.hpp"
#include "app/version.hpp"
#include "load/comparison.hpp"
#include "load/load_test.hpp"
#include "load/report.hpp"
#include "settings/secret_file.hpp"
#include "trace/trace_reader.hpp"

namespace quotecached::app {
namespace {

constexpr int kWorse = 1;
constexpr std::size_t kMostTraced = 1'000'000;
constexpr std::size_t kLargestReport = 1UL << 20U;
constexpr std::size_t kFilesBesides = 64;

int tell_bench(int status, std::string_view what) {
  fmt::print(stderr, "quotecached bench: {}\n", what);
  return status;
}

// Opened for reading; a folder is none to read.
Result<std::ifstream> open_input(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure))
    return fail(ErrorCode::NotFound, path + ": is a directory");
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open())
    return fail(ErrorCode::NotFound, path + ": " + std::generic_category().message(errno));
  return in;
}

Result<std::vector<std::string>> read_targets(const std::string& path) {
  auto in = open_input(path);
  if (!in) return std::move(in).failure();
  auto reader = trace::TraceReader::open(*in);
  if (!reader) return std::move(reader).failure(path);
  std::vector<std::string> targets;
  while (targets.size() < kMostTraced) {
    auto request = reader->next();
    if (!request) return std::move(request).failure(path);
    if (!*request) break;
    targets.push_back((**request).target);
  }
  if (targets.empty()) return fail(ErrorCode::Invalid, path + ": has no requests");
  return targets;
}

Result<load::Baseline> read_baseline(const std::string& path) {
  auto in = open_input(path);
  if (!in) return std::move(in).failure();
  std::string text(kLargestReport, '\0');
  in->read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in->gcount()));
  auto baseline = load::parse_baseline(text);
  if (!baseline) return std::move(baseline).failure(path);
  return baseline;
}

// "http://host[:port]", without a path.
Result<load::Endpoint> endpoint_of(const BenchCommand& wanted) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest = wanted.target;
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::Invalid, fmt::format("--target {}: {}", wanted.target, why));
  };
  if (!rest.starts_with(kScheme)) return wrong("must begin with http://");
  rest.remove_prefix(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && !rest.substr(colon).ends_with(']');
  std::string host(has_port ? rest.substr(0, colon) : rest);
  const std::string port(has_port ? rest.substr(colon + 1) : "80");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || rest.find_first_of("/?#@ \r\n") != std::string_view::npos)
    return wrong("must be http://HOST:PORT and no more");
  boost::asio::io_context loop;
  boost::asio::ip::tcp::resolver resolver(loop);
  boost::system::error_code error;
  const auto found = resolver.resolve(host, port, error);
  if (error || found.empty())
    return fail(ErrorCode::Unavailable,
                fmt::format("--target {}: {}", wanted.target, error.message()));
  load::Endpoint endpoint;
  endpoint.address = found.begin()->endpoint();
  endpoint.host = std::string(rest);
  if (wanted.token_file.empty()) return endpoint;
  auto text = settings::read_private_file(wanted.token_file);
  if (!text) return std::move(text).failure("--token-file");
  auto token = settings::make_secret(*text);
  if (!token) return std::move(token).failure("--token-file " + wanted.token_file);
  endpoint.token = token->reveal();
  return endpoint;
}

// What does not go together; empty when all does.
std::string clash_in(const CommandLine& line) {
  const auto& wanted = line.bench;
  const bool has_target = !wanted.target.empty();
  const auto scenario = wanted.scenario;
  if (line.config)
    return "--config: a daemon of its own takes no file; --set changes one setting of it";
  if (has_target && !line.sets.empty()) return "--set: a --target has settings of its own";
  if (!has_target && !wanted.token_file.empty()) return "--token-file: is shown to a --target";
  if (!has_target && wanted.spends) return "--spend: without a --target nothing is spent";
  if ((scenario == load::Scenario::Trace) != !wanted.trace.empty())
    return "--scenario trace and the name of a trace go together";
  if (has_target && scenario == load::Scenario::Outage)
    return "--scenario outage: the provider of a --target is not ours to stop";
  if (has_target && !wanted.spends &&
      (scenario == load::Scenario::Cold || scenario == load::Scenario::Herd))
    return fmt::format(
        "--scenario {}: each new asset costs the --target's account a credit or "
        "more; --spend allows that",
        load::to_string(scenario));
  return {};
}

// What is to be said before a daemon that pays is loaded.
void warn_of_cost(const BenchCommand& wanted) {
  if (wanted.target.empty()) return;
  tell_bench(0, "warning: what the target has no fresh copy of, it buys: misses cost credits");
}

void show_progress(const load::Progress& progress) {
  const auto& figures = progress.so_far;
  fmt::print(stderr,
             "\r\033[Kround {} of {}: {:.0f} requests a second, p99 {:.0f} us",
             progress.round,
             progress.rounds,
             figures.per_second(),
             figures.latency.quantile(0.99));
}

int status_of_failure(const Error& error) {
  switch (error.code) {
    case ErrorCode::NotFound: return EX_NOINPUT;
    case ErrorCode::Invalid: return EX_DATAERR;
    case ErrorCode::Unavailable:
    case ErrorCode::Timeout:
    case ErrorCode::Exhausted: break;
  }
  return EX_UNAVAILABLE;
}

// What is known before anything runs.
load::Report planned(const BenchCommand& wanted) {
  load::Report plan;
  plan.scenario = wanted.scenario;
  plan.concurrency = wanted.concurrency;
  plan.rate = wanted.rate;
  return plan;
}

// The exit status.
int hold_against(const load::Report& report,
                 const load::Baseline& baseline,
                 const BenchCommand& wanted) {
  if (!report.is_complete) return tell_bench(EX_TEMPFAIL, "cut short: nothing is compared");
  const auto figures = wanted.figures.empty() ? load::compared_figures() : wanted.figures;
  const auto compared = load::compare(report, baseline, wanted.threshold, figures);
  if (!compared) return tell_bench(EX_DATAERR, wanted.baseline + ": " + compared.error().message);
  bool is_worse = false;
  for (const auto& one : *compared) {
    fmt::print(stderr, "{}\n", one.text());
    is_worse = is_worse || one.is_worse;
  }
  return is_worse ? kWorse : EX_OK;
}

Result<load::Report> run_test(const CommandLine& line, load::LoadTestOptions options) {
  const auto& wanted = line.bench;
  options.scenario = wanted.scenario;
  options.connections = wanted.concurrency;
  options.rate = wanted.rate;
  options.duration = wanted.duration;
  options.rounds = wanted.rounds;
  options.version = kVersion;
  options.sets = line.sets;
  options.target_text = wanted.target;
  options.spends = wanted.spends;
  const bool is_shown = ::isatty(STDERR_FILENO) == 1;
  if (is_shown) options.tell = show_progress;
  raise_file_limit(2 * wanted.concurrency + kFilesBesides);
  auto report = load::run_load_test(options);
  if (is_shown) std::fputs("\r\033[K", stderr);
  return report;
}

}  // namespace

int run_bench(const CommandLine& line) {
  const auto& wanted = line.bench;
  const auto clash = clash_in(line);
  if (!clash.empty()) return tell_bench(EX_USAGE, clash);
  std::optional<load::Baseline> baseline;
  if (!wanted.baseline.empty()) {
    auto read = read_baseline(wanted.baseline);
    if (!read) return tell_bench(status_of_failure(read.error()), read.error().message);
    baseline = std::move(*read);
    const auto same = load::check_same_test(planned(wanted), *baseline);
    if (!same) return tell_bench(EX_DATAERR, wanted.baseline + ": " + same.error().message);
  }
  load::LoadTestOptions options;
  if (!wanted.trace.empty()) {
    auto targets = read_targets(wanted.trace);
    if (!targets) return tell_bench(status_of_failure(targets.error()), targets.error().message);
    options.traced = std::move(*targets);
  }
  if (!wanted.target.empty()) {
    auto endpoint = endpoint_of(wanted);
    if (!endpoint) {
      const bool is_wrong = endpoint.error().code == ErrorCode::Invalid;
      return tell_bench(is_wrong ? EX_USAGE : status_of_failure(endpoint.error()),
                        endpoint.error().message);
    }
    options.target = std::move(*endpoint);
  }
  warn_of_cost(wanted);
  const auto report = run_test(line, std::move(options));
  if (!report) {
    const bool is_wrong = report.error().code == ErrorCode::Invalid;
    return tell_bench(is_wrong ? EX_USAGE : EX_UNAVAILABLE, report.error().message);
  }
  const auto text = wanted.is_json ? load::as_json(*report) : load::as_table(*report);
  std::fputs(text.c_str(), stdout);
  if (report->rounds.empty()) return tell_bench(EX_TEMPFAIL, "cut short before a round was over");
  const auto broken = report->broken_promise();
  if (!broken.empty()) return tell_bench(kWorse, broken);
  return baseline ? hold_against(*report, *baseline, wanted) : EX_OK;
}

}  // namespace quotecached::app
