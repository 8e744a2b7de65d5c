#include "settings/value.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "settings/suggest.hpp"

using namespace quotecached;
using namespace quotecached::settings;
using namespace std::chrono_literals;

TEST_SUITE("settings::value") {
  TEST_CASE("durations carry their unit") {
    struct {
      std::string_view text;
      std::optional<milliseconds> value;
    } const rows[] = {
        {"0s", 0ms},
        {"500ms", 500ms},
        {"15s", 15s},
        {"5m", 5min},
        {"24h", 24h},
        {"7d", 168h},
        {"9223372036854775807ms", milliseconds(std::numeric_limits<std::int64_t>::max())},
        {"9223372036854775808ms", {}},
        {"9223372036854775s", 9223372036854775s},
        {"9223372036854776s", {}},
        {"18446744073709551616ms", {}},
        {"15", {}},
        {"", {}},
        {"s", {}},
        {"15 s", {}},
        {" 15s", {}},
        {"-1s", {}},
        {"+1s", {}},
        {"1.5s", {}},
        {"1S", {}},
        {"1min", {}},
        {"0x10s", {}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto got = parse_duration(row.text);
      CHECK(got.has_value() == row.value.has_value());
      if (got && row.value) CHECK(*got == *row.value);
    }
  }

  TEST_CASE("sizes carry their unit") {
    struct {
      std::string_view text;
      std::optional<std::uint64_t> value;
    } const rows[] = {
        {"0B", 0},
        {"1B", 1},
        {"1KiB", 1024},
        {"64MiB", 64ULL << 20},
        {"1GiB", 1ULL << 30},
        {"2TiB", 2ULL << 40},
        {"8388607TiB", 8388607ULL << 40},
        {"8388608TiB", {}},
        {"64", {}},
        {"64MB", {}},
        {"64mib", {}},
        {"64 MiB", {}},
        {"-1B", {}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto got = parse_size(row.text);
      CHECK(got.has_value() == row.value.has_value());
      if (got && row.value) CHECK(got->count == *row.value);
    }
  }

  TEST_CASE("what is printed is what is read") {
    for (const milliseconds value : {0ms,
                                     1ms,
                                     999ms,
                                     1000ms,
                                     60000ms,
                                     119000ms,
                                     120000ms,
                                     3600000ms,
                                     86400000ms,
                                     5400000ms,
                                     3599999ms}) {
      CAPTURE(value.count());
      milliseconds before = value;
      milliseconds after{-1};
      std::string text = to_toml(Field(&before));
      text = text.substr(1, text.size() - 2);
      REQUIRE(assign(Field(&after), {0, 1e15}, Value(text)));
      CHECK(after == before);
    }
  }

  TEST_CASE("bounds are inclusive, and not a number is outside") {
    std::int64_t count = 5;
    CHECK(assign(Field(&count), {1, 64}, Value(std::int64_t{1})));
    CHECK(assign(Field(&count), {1, 64}, Value(std::int64_t{64})));
    const auto low = assign(Field(&count), {1, 64}, Value(std::int64_t{0}));
    REQUIRE_FALSE(low);
    CHECK(low.error().message == "must be from 1 to 64");
    CHECK_FALSE(assign(Field(&count), {1, 64}, Value(std::int64_t{65})));
    CHECK_FALSE(assign(Field(&count), {1, 64}, Value(2.0)));
    CHECK(count == 64);
    double share = 0.25;
    CHECK_FALSE(assign(Field(&share), {0, 0.5}, Value(std::numeric_limits<double>::quiet_NaN())));
    CHECK_FALSE(assign(Field(&share), {0, 0.5}, Value(0.51)));
    CHECK(share == doctest::Approx(0.25));
    milliseconds wait{7};
    const auto late = assign(Field(&wait), {0, 60000}, Value(std::string("61s")));
    REQUIRE_FALSE(late);
    CHECK(late.error().message == "must be from \"0s\" to \"60s\"");
  }

  TEST_CASE("text holds no control characters and is not endless") {
    std::string text = "before";
    CHECK_FALSE(assign(Field(&text), {}, Value(std::string("a\nb"))));
    CHECK_FALSE(assign(Field(&text), {}, Value(std::string("a\0b", 3))));
    CHECK_FALSE(assign(Field(&text), {}, Value(std::string(4097, 'x'))));
    CHECK_FALSE(assign(Field(&text), {}, Value(true)));
    CHECK(text == "before");
    CHECK(assign(Field(&text), {}, Value(std::string(4096, 'x'))));
  }
}

TEST_SUITE("settings::nearest") {
  TEST_CASE("slips of the keyboard are near, other words are not") {
    const std::string words[] = {"upstream.timeout", "upstream.retries", "listen.threads"};
    CHECK(nearest("upstream.timeuot", words) == "upstream.timeout");
    CHECK(nearest("upstream.retrys", words) == "upstream.retries");
    CHECK(nearest("listn.thread", words) == "listen.threads");
    CHECK(nearest("colour", words).empty());
    CHECK(nearest(std::string(5000, 'x'), words).empty());
  }
  TEST_CASE("distances are counted in edits") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("abc", "abc") == 0);
    CHECK(edit_distance("abc", "acb") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
  }
}
