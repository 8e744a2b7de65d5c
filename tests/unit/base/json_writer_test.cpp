#include "base/json_writer.hpp"

#include <limits>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;

TEST_SUITE("JsonWriter") {
  TEST_CASE("puts commas between values and nowhere else") {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("a").begin_array().integer(std::int64_t{1}).text("x\"").end_array();
    json.key("b").begin_object().end_object();
    json.key("c").begin_array().begin_object().key("d").null().end_object();
    json.begin_object().end_object().end_array();
    json.key("e").boolean(false);
    json.end_object();
    CHECK(out == R"({"a":[1,"x\""],"b":{},"c":[{"d":null},{}],"e":false})");
  }

  TEST_CASE("writes numbers as plain decimals") {
    struct Row {
      double value;
      int decimals;
      const char* text;
    };
    const Row rows[] = {
        {0, 3, "0"},
        {-0.0001, 3, "0"},
        {98, 3, "98"},
        {0.0125, 3, "0.013"},
        {0.000012, 6, "0.000012"},
        {1e15, 3, "1000000000000000"},
        {-2.5, 3, "-2.5"},
        {100, 0, "100"},
        {std::numeric_limits<double>::infinity(), 3, "null"},
        {std::numeric_limits<double>::quiet_NaN(), 3, "null"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.text);
      std::string out;
      JsonWriter(out).number(row.value, row.decimals);
      CHECK(out == row.text);
    }
  }

  TEST_CASE("writes times in UTC to the second, before 1970 too") {
    const auto text = [](TimePoint time) {
      std::string out;
      JsonWriter(out).time(time);
      return out;
    };
    CHECK(text(TimePoint(1'795'000'000'999ms)) == "\"2026-11-18T11:06:40Z\"");
    CHECK(text(TimePoint(0ms)) == "\"1970-01-01T00:00:00Z\"");
    CHECK(text(TimePoint(-1ms)) == "\"1969-12-31T23:59:59Z\"");
  }

  TEST_CASE("writes what is not known as null") {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    json.integer(std::optional<std::int64_t>()).time(std::optional<TimePoint>());
    json.number(std::optional<double>()).number(std::optional(1.5)).end_array();
    CHECK(out == "[null,null,null,1.5]");
  }
}
