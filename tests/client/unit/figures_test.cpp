#include "cli/figures.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "cli/text.hpp"

namespace quotecache::cli::test {

TEST_SUITE("client::figures") {
  TEST_CASE("thousands are set apart") {
    CHECK(grouped(std::int64_t{0}) == "0");
    CHECK(grouped(std::int64_t{999}) == "999");
    CHECK(grouped(std::int64_t{1000}) == "1,000");
    CHECK(grouped(std::int64_t{-123456}) == "-123,456");
    CHECK(grouped(std::int64_t{-1234567}) == "-1,234,567");
    CHECK(grouped(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
    CHECK(grouped(1234.5, 2) == "1,234.50");
    CHECK(grouped(123.0, 0) == "123");
  }

  TEST_CASE("credits are whole where they are, money is exact where it is small") {
    CHECK(credits_text(12120) == "12,120");
    CHECK(credits_text(0) == "0");
    CHECK(credits_text(-0.001) == "0");
    CHECK(credits_text(30.25) == "30.25");
    CHECK(money_text(1210.101) == "1,210.10");
    CHECK(money_text(0.0123) == "0.0123");
    CHECK(money_text(0) == "0.00");
    CHECK(money_text(1.005) == "1.01");  // 1.00 by its double, which is less
    CHECK(money_text(-1.005) == "-1.01");
    CHECK(money_text(2.675, "USD") == "2.68 USD");
    CHECK(money_text(0.00005) == "0.0001");
    CHECK(money_text(0.00004) == "0.0000");
    CHECK(money_text(-0.00004) == "0.0000");
    CHECK(money_text(0.999999) == "1.0000");
    CHECK(money_text(0.3, "") == "0.3000");
    CHECK(money_text(12'345'678.994999) == "12,345,678.99");
  }

  TEST_CASE("a share is 100 % only when it is all") {
    CHECK(percent_text(0) == "0.0 %");
    CHECK(percent_text(0.8104) == "81.0 %");
    CHECK(percent_text(0.99999) == "99.9 %");
    CHECK(percent_text(1) == "100.0 %");
    CHECK(percent_text(1.175) == "117.5 %");
  }

  TEST_CASE("bytes have the unit that reads best") {
    CHECK(bytes_text(0) == "0 B");
    CHECK(bytes_text(999) == "999 B");
    CHECK(bytes_text(1000) == "1.0 kB");
    CHECK(bytes_text(98765) == "98.8 kB");
    CHECK(bytes_text(999999) == "1.0 MB");
    CHECK(bytes_text(123456789) == "123 MB");
    CHECK(bytes_text(9'000'000'000'000'000) == "9,000 TB");
  }

  TEST_CASE("durations are told in two units at most") {
    using namespace std::chrono_literals;
    CHECK(duration_text(-5s) == "0 s");
    CHECK(duration_text(59'999ms) == "59 s");
    CHECK(duration_text(60s) == "1 min");
    CHECK(duration_text(140min) == "2 h 20 min");
    CHECK(duration_text(76h) == "3 d 4 h");
  }

  TEST_CASE("a bar shows whatever is used, and is full only when all is") {
    const Look utf8{80, true, false};
    const Look ascii{80, false, false};
    CHECK(bar(0, 4, utf8) == "░░░░");
    CHECK(bar(0.5, 4, utf8) == "██░░");
    CHECK(bar(0.0001, 4, utf8) == "▏░░░");
    CHECK(bar(0.9999, 4, utf8) == "███▉");
    CHECK(bar(1, 4, utf8) == "████");
    CHECK(bar(7, 4, utf8) == "████");
    CHECK(bar(-1, 4, utf8) == "░░░░");
    CHECK(bar(0.5, 4, ascii) == "##..");
    CHECK(bar(0.9999, 4, ascii) == "###.");
    for (int i = 0; i <= 100; ++i) CHECK(columns_of(bar(i / 100.0, 12, utf8)) == 12);
  }
}

}  // namespace quotecache::cli::test
