#include "health/published_report.hpp"

#include <string>

#include <doctest/doctest.h>

#include "health/document.hpp"
#include "health/question.hpp"

using namespace quotecached;
using namespace quotecached::health;
using namespace std::chrono_literals;

namespace {

const TimePoint kWall{std::chrono::sys_days{std::chrono::year{2027} / 1 / 15}};
const PublishedReport::Time kStart{std::chrono::hours(1)};

std::vector<Check> upstream(Status status) {
  return {{.name = "upstream", .status = status, .detail = "as it is"}};
}

}  // namespace

TEST_SUITE("health::PublishedReport") {
  TEST_CASE("is well before anybody has looked") {
    const PublishedReport report("1.2.3");
    const auto document = report.document(kStart);
    CHECK(document->status == Status::Pass);
    CHECK(document->checks.empty());
    CHECK(report.readiness() == Readiness::Ready);
  }

  TEST_CASE("tells what was published, and of the engine how long ago that was") {
    PublishedReport report("1.2.3");
    report.publish(upstream(Status::Warn), true, kWall, kStart);
    const auto document = report.document(kStart + 500ms);
    CHECK(document->status == Status::Warn);
    REQUIRE(document->checks.size() == 2);
    CHECK(document->checks[1].name == "engine:responseTime");
    CHECK(*document->checks[1].observed == 500);
    CHECK(document->brief.find("\"version\":\"1.2.3\"") != std::string::npos);
    CHECK(document->brief.size() < kShort);
    CHECK(document->verbose.find("\"time\":\"2027-01-15T00:00:00Z\"") != std::string::npos);
    const auto later = report.document(kStart + 11s);  // the engine hangs
    CHECK(later->status == Status::Fail);
  }

  TEST_CASE("a document is kept for a second, whatever is published meanwhile") {
    PublishedReport report("1.2.3");
    report.publish(upstream(Status::Pass), true, kWall, kStart);
    const auto first = report.document(kStart);
    report.publish(upstream(Status::Fail), true, kWall, kStart + 100ms);
    CHECK(report.document(kStart + kKept - 1ms) == first);
    const auto next = report.document(kStart + kKept);
    CHECK(next != first);
    CHECK(next->status == Status::Fail);
  }

  TEST_CASE("readiness is told at once, and a stop is for good") {
    PublishedReport report("1.2.3");
    report.publish(upstream(Status::Fail), true, kWall, kStart);
    CHECK(report.readiness() == Readiness::Ready);
    CHECK(to_json(report.readiness()) == "{\"status\":\"pass\"}\n");
    report.publish(upstream(Status::Fail), false, kWall, kStart);
    CHECK(report.readiness() == Readiness::NothingToServe);
    CHECK(to_json(report.readiness()).starts_with("{\"status\":\"fail\",\"output\":\"upstream "));
    report.begin_stop();
    report.publish(upstream(Status::Pass), true, kWall, kStart);
    CHECK(report.readiness() == Readiness::Stopping);
    CHECK(to_json(report.readiness()) == "{\"status\":\"fail\",\"output\":\"the daemon stops\"}\n");
  }
}

TEST_SUITE("health::parse_verbose") {
  TEST_CASE("knows one parameter, alone or with a word") {
    for (const auto* query : {"verbose", "verbose=", "verbose=true"}) {
      CAPTURE(query);
      CHECK(parse_verbose(query).value());
    }
    for (const auto* query : {"", "verbose=false"}) {
      CAPTURE(query);
      CHECK_FALSE(parse_verbose(query).value());
    }
    for (const auto* query : {"verbose=1", "Verbose", "x=1", "verbose&verbose", "verbose=true&x"}) {
      CAPTURE(query);
      CHECK_FALSE(parse_verbose(query));
    }
  }
}
