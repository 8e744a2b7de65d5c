#include "load/comparison.hpp"

#include <chrono>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::load;
using namespace std::chrono_literals;

namespace {

Figures answered(int count, nanoseconds each, nanoseconds cpu) {
  Figures figures;
  for (int i = 0; i < count; ++i) figures.latency.add(each);
  figures.answers[200] = count;
  figures.sources[Source::Hit] = count;
  figures.elapsed = 1s;
  figures.cpu = count * cpu;
  figures.bytes = count * 1000;
  return figures;
}

// The daemon takes so many times as much as a floor of 100 us and 5 us.
Round round_of(double latency, double cpu) {
  const auto times = [](nanoseconds of, double by) {
    return nanoseconds(static_cast<std::int64_t>(static_cast<double>(of.count()) * by));
  };
  return {answered(100, times(100us, latency), times(5us, cpu)), answered(50, 100us, 5us)};
}

Report report_of(std::vector<Round> rounds) {
  Report report;
  report.version = "1.2.3";
  report.concurrency = 16;
  report.duration = 10s;
  report.is_complete = true;
  report.rounds = std::move(rounds);
  report.calls = 3;
  return report;
}

Baseline baseline_of(const Report& report) {
  auto baseline = parse_baseline(as_json(report));
  REQUIRE(baseline);
  return *baseline;
}

std::vector<std::string> worse(const std::vector<Compared>& compared) {
  std::vector<std::string> names;
  for (const auto& one : compared)
    if (one.is_worse) names.push_back(one.figure);
  return names;
}

}  // namespace

TEST_SUITE("load::ratios_of") {
  TEST_CASE("medians over the rounds: one that was disturbed does not count") {
    const std::vector<Round> rounds{round_of(1.5, 2), round_of(9, 30), round_of(1.4, 1.9)};
    const auto ratios = ratios_of(rounds);
    REQUIRE(ratios.cpu);
    CHECK(*ratios.cpu == doctest::Approx(2));
    CHECK(*ratios.p50 == doctest::Approx(1.5).epsilon(0.02));
    CHECK(*ratios.p99 == doctest::Approx(1.5).epsilon(0.02));
  }

  TEST_CASE("of an even number the mean of the two in the middle") {
    const std::vector<Round> rounds{round_of(1, 1), round_of(1, 2), round_of(1, 4), round_of(1, 9)};
    CHECK(*ratios_of(rounds).cpu == doctest::Approx(3));
  }

  TEST_CASE("there is none without rounds, or where nobody tells the processor time") {
    CHECK(!ratios_of({}).cpu);
    CHECK(!ratios_of({}).p50);
    auto round = round_of(1, 1);
    round.daemon.cpu.reset();
    const std::vector<Round> rounds{round, Round{}};
    CHECK(!ratios_of(rounds).cpu);
    CHECK(ratios_of(rounds).p50);
  }
}

TEST_SUITE("load::Figures") {
  TEST_CASE("sums, shares and what went wrong") {
    auto sum = answered(90, 10us, 5us);
    auto other = answered(0, 10us, 5us);
    other.latency.add(1ms);
    other.answers[503] = 1;
    other.failures = 9;
    sum.add(other);
    CHECK(sum.requests() == 100);
    CHECK(sum.wrong() == 10);
    CHECK(sum.wrong_share() == doctest::Approx(0.1));
    CHECK(sum.share_of(Source::Hit) == 1);
    CHECK(sum.per_second() == doctest::Approx(45.5));
    CHECK(Figures().wrong_share() == 0);
    CHECK(Figures().per_second() == 0);
    CHECK(!Figures().cpu_per_answer());
  }

  TEST_CASE("processor time of which a part is not known is not known") {
    Figures sum;
    sum.add(answered(10, 1us, 5us));
    REQUIRE(sum.cpu_per_answer());
    CHECK(*sum.cpu_per_answer() == doctest::Approx(5));
    auto unknown = answered(10, 1us, 5us);
    unknown.cpu.reset();
    sum.add(unknown);
    CHECK(!sum.cpu);
  }
}

TEST_SUITE("load::report") {
  TEST_CASE("a table names the daemon, the floor and the ratios") {
    const auto text = as_table(report_of({round_of(2, 3)}));
    for (const auto* part :
         {"hot: 16 connections", "daemon ", "floor ", "daemon by floor", "3.00"}) {
      CAPTURE(part);
      CHECK(text.find(part) != std::string::npos);
    }
    CHECK(text.find("cut short") == std::string::npos);
    CHECK(text.ends_with("\n"));
    CHECK(as_table(Report{}).find("cut short") != std::string::npos);
  }

  TEST_CASE("a herd that is bought more than once each is a promise not kept") {
    auto report = report_of({round_of(1, 1)});
    CHECK(report.broken_promise().empty());
    report.scenario = Scenario::Herd;
    report.waves = 3;
    CHECK(report.broken_promise().empty());
    report.calls = 4;
    CHECK(report.broken_promise() == "4 calls to the provider for 3 assets");
  }

  TEST_CASE("an outage is told before and since") {
    auto report = report_of({round_of(1, 1), round_of(5, 1)});
    report.scenario = Scenario::Outage;
    report.outage_at = 1;
    CHECK(report.before_outage().latency.max() == doctest::Approx(100));
    CHECK(report.since_outage().latency.max() == doctest::Approx(500));
    CHECK(as_json(report).find("\"since_outage\":{\"requests\":100,") != std::string::npos);
    CHECK(as_table(report).find("Since the provider died: 0.00 % stale") != std::string::npos);
  }
}

TEST_SUITE("load::compare") {
  TEST_CASE("ratios count, not times") {
    const auto was = baseline_of(report_of({round_of(2, 3)}));
    struct Row {
      const char* name;
      double latency, cpu, threshold;
      std::vector<std::string> worse;
    };
    const Row rows[] = {{"the same", 2, 3, 0, {}},
                        {"better", 1, 2, 0, {}},
                        {"a little more", 2.08, 3.1, 0.05, {}},
                        {"more processor time", 2, 3.2, 0.05, {"cpu"}},
                        {"slower", 2.5, 3, 0.05, {"p50", "p99"}},
                        {"slower, as far as that may be", 2.5, 3, 0.5, {}}};
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto now = report_of({round_of(row.latency, row.cpu)});
      const auto compared = compare(now, was, row.threshold, compared_figures());
      REQUIRE(compared);
      CHECK(compared->size() == 4);
      CHECK(worse(*compared) == row.worse);
    }
    const auto twice = compare(report_of({round_of(4, 3)}), was, 0.05, {"cpu"});
    REQUIRE(twice);
    CHECK(worse(*twice).empty());
    CHECK(twice->front().text() == "cpu: 3.000 times the floor, was 3.000 (+0.0 %): as well");
  }

  TEST_CASE("requests that go wrong are a figure of their own") {
    const auto was = baseline_of(report_of({round_of(2, 3)}));
    auto round = round_of(2, 3);
    round.daemon.failures = 1;
    const auto compared = compare(report_of({round}), was, 0.05, {"wrong"});
    REQUIRE(compared);
    CHECK(worse(*compared) == std::vector<std::string>{"wrong"});
    CHECK(compared->front().text() == "wrong: 0.990 % of requests, was 0.000 %: worse");
  }

  TEST_CASE("another test is none to compare with") {
    const auto was = baseline_of(report_of({round_of(2, 3)}));
    auto other = report_of({round_of(2, 3)});
    CHECK(check_same_test(other, was));
    other.concurrency = 17;
    CHECK(!compare(other, was, 0.05, compared_figures()));
    other.concurrency = 16;
    other.rate = 5;
    CHECK(!check_same_test(other, was));
    other.rate = 100.0 / 3;
    CHECK(check_same_test(other, baseline_of(other)));
    other.rate = 0;
    other.scenario = Scenario::Cold;
    CHECK(!check_same_test(other, was));
    CHECK(!compare(report_of({}), was, 0.05, {"cpu"}));
  }

  TEST_CASE("what is no report is refused") {
    for (const std::string text : {"",
                                   "hi",
                                   "[]",
                                   "{}",
                                   R"({"scenario":"hot"})",
                                   R"({"scenario":"hot","options":{"concurrency":"x"}})",
                                   R"({"scenario":"hot","options":{"concurrency":16}})",
                                   R"({"scenario":7,"options":{"concurrency":16,"rate":0}})"}) {
      CAPTURE(text);
      const auto read = parse_baseline(text);
      REQUIRE(!read);
      CHECK(read.error().message.find("is no report of quotecached bench") != std::string::npos);
    }
  }

  TEST_CASE("figures that an earlier report has not are left out") {
    const auto read = parse_baseline(
        R"({"scenario":"hot","options":{"concurrency":16,"rate":0},"ratios":{"cpu":3,"p50":null}})");
    REQUIRE(read);
    const auto compared = compare(report_of({round_of(2, 3)}), *read, 0.05, {"cpu", "p50", "p99"});
    REQUIRE(compared);
    CHECK(compared->size() == 1);
  }
}
