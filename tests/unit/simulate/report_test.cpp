#include "simulate/report.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::simulate;
using namespace std::chrono_literals;

namespace {

std::vector<Outcome> two_plans() {
  Outcome scarce;
  scarce.plan = "basic";
  scarce.per_month = 10000;
  scarce.figures.credits = 9800;
  scarce.figures.requests = 3;
  scarce.figures.refused = 1;
  scarce.figures.fetched = 490'000;
  for (const auto age : {0s, 100s, 500s}) scarce.figures.ages.add(age);
  scarce.entries = 3;
  scarce.least_age = LeastAge{9800, 300'000, 5};
  Outcome endless;
  endless.plan = "no cap";
  return {scarce, endless};
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_SUITE("simulate::report") {
  TEST_CASE("a table has a line for each plan, with columns in line") {
    const auto text = report(two_plans(), Format::Table);
    REQUIRE(lines_in(text) == 3);
    const auto width = text.find('\n');
    CHECK(text.size() == 3 * (width + 1));
    CHECK(text.find("basic      9800      98.0 %        1       200.0") != std::string::npos);
    CHECK(text.find("100.0   2.00\n") != std::string::npos);
    CHECK(text.find("no cap        0           -") != std::string::npos);
  }

  TEST_CASE("what of the trace is left out is said below the table, and only there") {
    auto plans = two_plans();
    for (auto& plan : plans) plan.figures.requests = 3;
    CHECK(lines_in(report(plans, Format::Table)) == 3);
    for (auto& plan : plans) plan.figures.unknown = 2;
    CHECK(report(plans, Format::Table).find("\n2 of 5 requests are left out: ") !=
          std::string::npos);
    CHECK(report(plans, Format::Json).find("left out") == std::string::npos);
    CHECK(report(plans, Format::Csv).find("left out") == std::string::npos);
    for (auto& plan : plans) plan.figures.requests = plan.figures.unknown = 0;
    CHECK(report(plans, Format::Table).ends_with("\nThe trace has no requests.\n"));
  }

  TEST_CASE("names that nobody can tell the meaning of are told, and what to do") {
    auto plans = two_plans();
    for (auto& plan : plans) plan.figures.requests = 9;
    for (auto& plan : plans) plan.figures.by_name = 4;
    CHECK(lines_in(report(plans, Format::Table)) == 3);
    for (auto& plan : plans) plan.figures.by_stray_name = 4;
    const auto text = report(plans, Format::Table);
    CHECK(lines_in(text) == 4);
    CHECK(text.find("\n4 of 9 requests ask by symbols or slugs ") != std::string::npos);
    CHECK(text.find("--names map.json") != std::string::npos);
    for (auto& plan : plans) plan.figures.by_stray_name = 1;
    const auto known = report(plans, Format::Table);
    CHECK(known.find("\n1 of 9 requests ask by symbols or slugs that the map ") !=
          std::string::npos);
    CHECK(known.find("--names") == std::string::npos);
    const auto json = report(plans, Format::Json);
    CHECK(json.find(R"("by_name":4,"by_unknown_name":1,)") != std::string::npos);
    CHECK(json.find("lead") == std::string::npos);
  }

  TEST_CASE("JSON tells what is not known as null") {
    const auto text = report(two_plans(), Format::Json);
    CHECK(text.find(R"({"plans":[{"plan":"basic","per_month":10000,"credits":9800,)") == 0);
    CHECK(text.find(R"("entries_per_credit":50,)") != std::string::npos);
    CHECK(text.find(R"("least_mean_seconds":100,"times_the_least":2})") != std::string::npos);
    CHECK(text.find(R"({"plan":"no cap","per_month":null,"credits":0,)") != std::string::npos);
    CHECK(text.find(R"("least_mean_seconds":null,"times_the_least":null}]})") != std::string::npos);
  }

  TEST_CASE("CSV has as many fields in each line as in the head") {
    const auto text = report(two_plans(), Format::Csv);
    REQUIRE(lines_in(text) == 3);
    std::size_t begin = 0;
    for (int line = 0; line < 3; ++line) {
      const auto end = text.find('\n', begin);
      CHECK(std::count(text.begin() + static_cast<std::ptrdiff_t>(begin),
                       text.begin() + static_cast<std::ptrdiff_t>(end),
                       ',') == 15);
      begin = end + 1;
    }
    CHECK(text.find("basic,10000,9800,0,3,1,0,200.000,") != std::string::npos);
    CHECK(text.find("\r\nno cap,,0,") != std::string::npos);
  }

  TEST_CASE("formats have names") {
    CHECK(parse_format("table") == Format::Table);
    CHECK(parse_format("json") == Format::Json);
    CHECK(parse_format("csv") == Format::Csv);
    CHECK_FALSE(parse_format("xml"));
  }
}
