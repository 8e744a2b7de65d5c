#include "health/document.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::health;

namespace {

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2027} / 1 / 15}};

Report report() {
  Report report{"1.2.3", kNow, {}};
  report.checks.push_back({.name = "upstream", .detail = "0 of 4 recent calls failed"});
  report.checks.push_back({.name = "redis:responseTime",
                           .status = Status::Warn,
                           .detail = "it is \"down\"",
                           .observed = 7,
                           .unit = "ms",
                           .at = kNow - std::chrono::seconds(5)});
  return report;
}

}  // namespace

TEST_SUITE("health::document") {
  TEST_CASE("is short: only what does not pass has a detail") {
    CHECK(to_json(report(), Detail::Trouble) ==
          R"({"status":"warn","version":"1.2.3","checks":{"upstream":[{"status":"pass"}],)"
          R"("redis:responseTime":[{"status":"warn","output":"it is \"down\""}]}})"
          "\n");
  }

  TEST_CASE("tells all that was measured to who wants it") {
    CHECK(to_json(report(), Detail::All) ==
          R"({"status":"warn","version":"1.2.3","checks":{"upstream":[{"status":"pass",)"
          R"("time":"2027-01-15T00:00:00Z","output":"0 of 4 recent calls failed"}],)"
          R"("redis:responseTime":[{"status":"warn","observedValue":7,"observedUnit":"ms",)"
          R"("time":"2027-01-14T23:59:55Z","output":"it is \"down\""}]}})"
          "\n");
  }

  TEST_CASE("tells names and statuses alone to whom the rest is not meant for") {
    CHECK(to_json(report(), Detail::None) ==
          R"({"status":"warn","version":"1.2.3","checks":{"upstream":[{"status":"pass"}],)"
          R"("redis:responseTime":[{"status":"warn"}]}})"
          "\n");
    CHECK(to_json(report(), Detail::Time) ==
          R"({"status":"warn","version":"1.2.3","checks":{"upstream":[{"status":"pass",)"
          R"("time":"2027-01-15T00:00:00Z"}],"redis:responseTime":[{"status":"warn",)"
          R"("time":"2027-01-14T23:59:55Z"}]}})"
          "\n");
  }

  TEST_CASE("stays below 1 KiB however much is wrong, and cuts no character in two") {
    for (const std::string& letter : {std::string("x"), std::string("\""), std::string("\u00e9")}) {
      Report bad{"1.2.3", kNow, {}};
      std::string detail;
      for (int i = 0; i < 1000; ++i) detail += letter;
      for (const auto* name : {"upstream",
                               "upstream:responseTime",
                               "credits:day",
                               "credits:month",
                               "memory:responseTime",
                               "redis:responseTime",
                               "memcached:responseTime",
                               "sqlite:responseTime",
                               "ledger",
                               "disk:free",
                               "clock",
                               "copies:runway",
                               "engine:responseTime"})
        bad.checks.push_back({.name = name, .status = Status::Fail, .detail = detail});
      const auto text = to_json(bad, Detail::Trouble);
      CAPTURE(text);
      CHECK(text.size() < kShort);
      CHECK(text.find("\xc3\"") == std::string::npos);
      CHECK(to_json(bad, Detail::All).size() > 13'000);
    }
  }
}
