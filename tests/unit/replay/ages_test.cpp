#include "replay/ages.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kNow{1'793'491'260'500ms};  // 2026-11-01T00:01:00.500Z

std::string asset(int id, std::string_view written, std::string_view updated) {
  return "{\"id\":" + std::to_string(id) + ",\"last_updated\":\"" + std::string(updated) +
         "\",\"written_at_ms\":" + std::string(written) +
         ",\"quote\":{\"USD\":{\"price\":1,\"last_updated\":\"" + std::string(updated) + "\"}}}";
}

}  // namespace

TEST_SUITE("replay::ages") {
  TEST_CASE("assets are found in every shape of answer, with both ages") {
    const auto one = asset(1, "1793491200000", "2026-11-01T00:00:00.000Z");
    const auto two = asset(2, "1793491260500", "2026-11-01T00:01:00.000Z");
    for (const auto& data : {"{\"1\":" + one + ",\"2\":" + two + "}",
                             "{\"A\":[" + one + "],\"B\":[" + two + "]}",
                             "[" + one + "," + two + "]"}) {
      CAPTURE(data);
      const auto seen = assets_in("{\"status\":{\"credit_count\":0},\"data\":" + data + "}", kNow);
      REQUIRE(seen.size() == 2);
      CHECK(seen[0].age == 60'500ms);
      CHECK(seen[0].content_age == 60'500ms);
      CHECK(seen[1].age == 0ms);
      CHECK(seen[1].content_age == 500ms);
    }
  }

  TEST_CASE("an answer without assets has none, and an asset without stamps is a mistake") {
    CHECK(assets_in(R"({"status":{"error_code":1009}})", kNow).empty());
    CHECK(assets_in(R"({"status":{},"data":{}})", kNow).empty());
    CHECK(assets_in(R"({"status":{},"data":{"A":[]}})", kNow).empty());
    CHECK_THROWS_AS(assets_in(R"({"data":{"1":{"id":1,"quote":{"USD":{}}}}})", kNow),
                    std::runtime_error);
    CHECK_THROWS_AS(assets_in(R"({"data":{"1":{"id":1,"written_at_ms":1,"quote":{}}}})", kNow),
                    std::runtime_error);
  }

  TEST_CASE("a tally is exact") {
    AgeTally tally;
    CHECK(tally.mean() == 0);
    CHECK(tally.quantile(0.95) == 0);
    CHECK(tally.older_than(0ms) == 0);
    for (int i = 1; i <= 100; ++i) tally.add(std::chrono::seconds(i));
    CHECK(tally.count() == 100);
    CHECK(tally.mean() == doctest::Approx(50.5));
    CHECK(tally.quantile(0.95) == 95);
    CHECK(tally.quantile(0.951) == 96);
    CHECK(tally.quantile(1) == 100);
    CHECK(tally.quantile(0.001) == 1);
    CHECK(tally.older_than(90s) == doctest::Approx(0.1));
    CHECK(tally.older_than(100s) == 0);
  }
}
