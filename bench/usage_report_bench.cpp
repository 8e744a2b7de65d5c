// How long reports and pages take on a year of usage: 10 million requests in rollups, 500,000
// calls.
//
//   usage_report_bench [--benchmark_filter=asset]
//
// Each report is timed as the daemon makes it: queries, figures and JSON.
#include <cstdio>
#include <exception>
#include <string>

#include <benchmark/benchmark.h>

#include "store/reader.hpp"
#include "store/writer.hpp"
#include "support/temp_dir.hpp"
#include "support/usage_year.hpp"
#include "usage/alerts_page.hpp"
#include "usage/calls_page.hpp"
#include "usage/report.hpp"
#include "usage/report_json.hpp"

namespace {

using namespace quotecached;
using namespace std::chrono_literals;

constexpr TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 10h;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

struct Year {
  Year() {
    writer = must(store::Writer::open(path, {}, Log()));
    test::generate_usage_year(path, kNow);
    readers = must(store::ReaderPool::open(path, {}));
  }

  test::TempDir dir;
  std::string path = dir / "usage.db";
  std::unique_ptr<store::Writer> writer;
  std::unique_ptr<store::ReaderPool> readers;
};

void report(benchmark::State& state, store::ReaderPool& readers, usage::ReportQuery query) {
  const auto period = must(usage::period_of(query, {kNow, std::chrono::days(400), {}}));
  for (auto round : state) {
    auto text = must(readers.read([&](store::Reader& reader) {
      return usage::to_json(usage::read_report(reader, query.by, period),
                            ledger::price_of(0.001, "USD"));
    }));
    benchmark::DoNotOptimize(text.data());
  }
}

void page(benchmark::State& state, store::ReaderPool& readers, usage::PageQuery query) {
  for (auto round : state) {
    auto text = must(readers.read([&](store::Reader& reader) {
      return query.of == usage::PageQuery::Of::Calls ? usage::read_calls_page(reader, query)
                                                     : usage::read_alerts_page(reader, query);
    }));
    benchmark::DoNotOptimize(text.data());
  }
}

void add_benchmarks(store::ReaderPool& readers) {
  using enum usage::ReportBy;
  for (const int days : {7, 30, 365}) {
    for (const auto by : {Endpoint, Client, Asset, Cause, Day}) {
      const auto name = "report/" + std::string(to_string(by)) + "/" + std::to_string(days);
      benchmark::RegisterBenchmark(name.c_str(), [&readers, by, days](benchmark::State& state) {
        report(state, readers, {by, days});
      })->Unit(benchmark::kMillisecond);
    }
  }
  using enum usage::PageQuery::Of;
  for (const auto of : {Calls, Alerts}) {
    const auto* const name = of == Calls ? "page/calls" : "page/alerts";
    benchmark::RegisterBenchmark(name, [&readers, of](benchmark::State& state) {
      page(state, readers, {of, 50, {}});
    })->Unit(benchmark::kMillisecond);
  }
}

}  // namespace

int main(int count, char** arguments) try {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 64;
  const Year year;
  add_benchmarks(*year.readers);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "usage_report_bench: %s\n", e.what());
  return 1;
}
