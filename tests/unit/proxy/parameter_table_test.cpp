// What was said of parameters, for how long, and how often the provider may be asked.
#include "proxy/parameter_table.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached::proxy;
using quotecached::provider::ParameterVerdict;

namespace {

constexpr ParameterTable::Time kStart{std::chrono::hours(1000)};

}  // namespace

TEST_SUITE("proxy::ParameterTable") {
  TEST_CASE("what was said lasts: of a known one from its last use") {
    ParameterTable table({.known_for = 100s, .unknown_for = 10s, .unsaid_for = 5s});
    CHECK_FALSE(table.find("v2.quotes", "colour", kStart));
    table.note("v2.quotes", "colour", ParameterVerdict::Known, kStart);
    table.note("v2.quotes", "shape", ParameterVerdict::Unknown, kStart);
    table.note("v2.quotes", "size", ParameterVerdict::Unsaid, kStart);
    CHECK(table.find("v2.quotes", "colour", kStart + 99s) == ParameterVerdict::Known);
    CHECK(table.find("v2.quotes", "colour", kStart + 198s) == ParameterVerdict::Known);
    CHECK_FALSE(table.find("v2.quotes", "colour", kStart + 298s));
    CHECK(table.find("v2.quotes", "shape", kStart + 9s) == ParameterVerdict::Unknown);
    CHECK_FALSE(table.find("v2.quotes", "shape", kStart + 10s));
    CHECK(table.find("v2.quotes", "size", kStart + 4s) == ParameterVerdict::Unknown);
    CHECK_FALSE(table.find("v2.quotes", "size", kStart + 5s));
    CHECK_FALSE(table.find("v1.quotes", "colour", kStart));
    CHECK_FALSE(table.find("v2.quotes", "Colour", kStart));
  }

  TEST_CASE("the last word counts") {
    ParameterTable table({});
    table.note("v2.quotes", "colour", ParameterVerdict::Unknown, kStart);
    table.note("v2.quotes", "colour", ParameterVerdict::Known, kStart + 1s);
    CHECK(table.find("v2.quotes", "colour", kStart + 2s) == ParameterVerdict::Known);
  }

  TEST_CASE("an endpoint rests alone, and what is known there stays so") {
    ParameterTable table({});
    table.note("v2.quotes", "colour", ParameterVerdict::Known, kStart);
    table.rest("v2.quotes", kStart + 10s);
    CHECK(table.rests("v2.quotes", kStart + 9s) == 1s);
    CHECK(table.rests("v2.quotes", kStart + 10s) == 0s);
    CHECK(table.rests("v1.quotes", kStart) == 0s);
    CHECK(table.find("v2.quotes", "colour", kStart) == ParameterVerdict::Known);
  }

  TEST_CASE("so many questions a minute, counted from the first") {
    ParameterTable table({.questions_per_minute = 2});
    CHECK(table.until_question(kStart) == 0s);
    CHECK(table.take_question(kStart));
    CHECK(table.take_question(kStart + 30s));
    CHECK_FALSE(table.take_question(kStart + 59s));
    CHECK(table.until_question(kStart + 59s) == 1s);
    CHECK(table.until_question(kStart + 58500ms) == 2s);
    CHECK(table.until_question(kStart + 60s) == 0s);
    CHECK(table.take_question(kStart + 60s));
    CHECK(table.take_question(kStart + 119s));
    CHECK_FALSE(table.take_question(kStart + 119s));
    table.give_back_question();
    CHECK(table.take_question(kStart + 119s));
  }
}
