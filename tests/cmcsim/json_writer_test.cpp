#include "json_writer.hpp"

#include <cstdlib>

#include <doctest/doctest.h>

#include "gzip.hpp"
#include "latency.hpp"
#include "query.hpp"

using namespace cmcsim;

TEST_SUITE("cmcsim::JsonWriter") {
  TEST_CASE("numbers are written as JavaScript writes them and read back the same") {
    const std::pair<double, const char*> rows[] = {
        {0, "0"},
        {1, "1"},
        {-2.5, "-2.5"},
        {100000, "100000"},
        {21000000, "21000000"},
        {0.1, "0.1"},
        {0.000001, "0.000001"},
        {7e-8, "7e-8"},
        {1.54e-12, "1.54e-12"},
        {1e21, "1e+21"},
        {123456789012345680.0, "123456789012345680"},
        {67250.123456789, "67250.123456789"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.second);
      CHECK(number_text(row.first) == row.second);
      CHECK(std::strtod(row.second, nullptr) == row.first);
    }
  }

  TEST_CASE("commas stand between members and items, quotes and controls are escaped") {
    std::string out;
    JsonWriter json(out);
    json.open('{')
        .key("a")
        .open('[')
        .integer(1)
        .text("x\"\n\x01")
        .close(']')
        .key("b")
        .null()
        .close('}');
    CHECK(out == "{\"a\":[1,\"x\\\"\\n\\u0001\"],\"b\":null}");
  }
}

TEST_SUITE("cmcsim::Query") {
  TEST_CASE("targets are decoded, lists lose empties and repetitions") {
    const Target target = parse_target("/v1/a%20b?symbol=%24MYRO&x=1+2&flag&bad=%zz");
    CHECK(target.path == "/v1/a b");
    CHECK(target.query.text_or("symbol", "") == "$MYRO");
    CHECK(target.query.text_or("x", "") == "1 2");
    CHECK(target.query.has("flag"));
    CHECK(target.query.text_or("bad", "") == "%zz");
    CHECK(split_list("b,,a,b,") == std::vector<std::string>{"b", "a"});
  }
}

TEST_SUITE("cmcsim::Latency") {
  TEST_CASE("constant and log-normal latencies are understood, anything else is not") {
    std::mt19937_64 random(1);
    const auto constant = Latency::parse("25");
    REQUIRE(constant.has_value());
    CHECK(constant.value().draw(random) == std::chrono::milliseconds(25));
    const auto spread = Latency::parse("lognormal:80:400");
    REQUIRE(spread.has_value());
    int above_median = 0, above_p99 = 0;
    constexpr int draws = 10000;
    for (int i = 0; i < draws; ++i) {
      const auto drawn = spread.value().draw(random);
      if (drawn > std::chrono::milliseconds(80)) ++above_median;
      if (drawn > std::chrono::milliseconds(400)) ++above_p99;
    }
    CHECK(above_median > 4700);
    CHECK(above_median < 5300);
    CHECK(above_p99 > 50);
    CHECK(above_p99 < 150);
    for (const char* bad :
         {"", "x", "-1", "lognormal:", "lognormal:5", "lognormal:5:4", "lognormal:0:4", "5ms"}) {
      CAPTURE(bad);
      CHECK_FALSE(Latency::parse(bad));
    }
  }
}

TEST_SUITE("cmcsim::gzip") {
  TEST_CASE("only clients that take gzip get it") {
    CHECK(accepts_gzip("gzip"));
    CHECK(accepts_gzip("deflate, gzip;q=0.5"));
    CHECK_FALSE(accepts_gzip(""));
    CHECK_FALSE(accepts_gzip("br"));
    CHECK_FALSE(accepts_gzip("gzip;q=0"));
    const std::string packed = gzip(std::string(100000, 'a'));
    CHECK(packed.size() < 1000);
    CHECK(packed.substr(0, 2) == "\x1f\x8b");
  }
}
