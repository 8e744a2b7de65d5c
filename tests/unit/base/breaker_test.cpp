#include "base/breaker.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;
using State = Breaker::State;

namespace {

const Breaker::Time kStart{1h};

Breaker opened_at_start() {
  Breaker breaker({.failures_to_open = 1, .first_probe_after = 500ms, .last_probe_after = 4000ms});
  breaker.insist().failed(kStart);
  return breaker;
}

}  // namespace

TEST_SUITE("base::Breaker") {
  TEST_CASE("opens only after the set number of failures in a row") {
    for (const int needed : {1, 2, 3, 10}) {
      CAPTURE(needed);
      Breaker breaker({.failures_to_open = needed});
      for (int i = 1; i < needed; ++i) {
        CHECK_FALSE(breaker.insist().failed(kStart));
        CHECK(breaker.allow(kStart));
      }
      CHECK(breaker.insist().failed(kStart));
      CHECK(breaker.state() == State::Open);
      CHECK_FALSE(breaker.allow(kStart));
    }
  }

  TEST_CASE("a success in between starts the count again") {
    Breaker breaker({.failures_to_open = 2});
    breaker.insist().failed(kStart);
    CHECK_FALSE(breaker.insist().succeeded());
    CHECK_FALSE(breaker.insist().failed(kStart));
    CHECK(breaker.state() == State::Closed);
  }

  TEST_CASE("lets exactly one probe through, and not a moment early") {
    auto breaker = opened_at_start();
    CHECK_FALSE(breaker.allow(kStart + 500ms - 1ns));
    const auto probe = breaker.allow(kStart + 500ms);
    CHECK(probe);
    CHECK(breaker.state() == State::Probing);
    CHECK_FALSE(breaker.allow(kStart + 500ms));
    CHECK_FALSE(breaker.allow(kStart + 1h));
  }

  TEST_CASE("a probe that succeeds closes it and says so once") {
    auto breaker = opened_at_start();
    auto probe = breaker.allow(kStart + 500ms);
    REQUIRE(probe);
    CHECK(probe->succeeded());
    CHECK_FALSE(breaker.insist().succeeded());
    CHECK(breaker.allow(kStart + 500ms));
    SUBCASE("and the next opening waits the first time again") {
      breaker.insist().failed(kStart + 1s);
      CHECK_FALSE(breaker.allow(kStart + 1s + 499ms));
      CHECK(breaker.allow(kStart + 1s + 500ms));
    }
  }

  TEST_CASE("each failed probe doubles the wait up to the limit") {
    auto breaker = opened_at_start();
    auto now = kStart;
    for (const auto wait : {500ms, 1000ms, 2000ms, 4000ms, 4000ms}) {
      CAPTURE(wait.count());
      CHECK_FALSE(breaker.allow(now + wait - 1ms));
      now += wait;
      auto probe = breaker.allow(now);
      REQUIRE(probe);
      CHECK_FALSE(probe->failed(now));
      CHECK(breaker.state() == State::Open);
    }
  }

  TEST_CASE("a late failure of an older call does not push the probe away") {
    auto breaker = opened_at_start();
    auto late = breaker.insist();
    CHECK_FALSE(late.failed(kStart + 499ms));
    CHECK(breaker.allow(kStart + 500ms));
  }

  TEST_CASE("a late success of an older call closes it") {
    auto breaker = opened_at_start();
    CHECK(breaker.insist().succeeded());
    CHECK(breaker.state() == State::Closed);
  }

  TEST_CASE("an abandoned probe gives its turn to the next caller") {
    auto breaker = opened_at_start();
    SUBCASE("in words") {
      auto probe = breaker.allow(kStart + 500ms);
      REQUIRE(probe);
      probe->abandoned();
      CHECK(breaker.state() == State::Open);
    }
    SUBCASE("or by its end") {
      const auto probe = breaker.allow(kStart + 500ms);
      REQUIRE(probe);
    }
    CHECK(breaker.state() == State::Open);
    CHECK(breaker.allow(kStart + 500ms));
    SUBCASE("while abandoning changes nothing when there is no probe") {
      breaker.insist().succeeded();
      breaker.insist().abandoned();
      CHECK(breaker.state() == State::Closed);
    }
  }

  TEST_CASE("only the probe in progress gives its turn back") {
    auto breaker = opened_at_start();
    auto older = breaker.insist();
    auto late = breaker.insist();
    auto first = breaker.allow(kStart + 500ms);
    REQUIRE(first);
    older.abandoned();
    CHECK(breaker.state() == State::Probing);
    late.failed(kStart + 500ms);
    const auto second = breaker.allow(kStart + 1500ms);
    REQUIRE(second);
    first->abandoned();
    CHECK(breaker.state() == State::Probing);
  }

  TEST_CASE("an attempt that was handed on is reported once") {
    auto breaker = opened_at_start();
    auto probe = breaker.allow(kStart + 500ms);
    REQUIRE(probe);
    {
      auto handed_on = std::move(*probe);
      CHECK(handed_on.succeeded());
      handed_on.abandoned();
    }
    CHECK(breaker.state() == State::Closed);
  }

  TEST_CASE("a reset forgets the failures so far") {
    auto breaker = opened_at_start();
    CHECK(breaker.reset());
    CHECK_FALSE(breaker.reset());
    CHECK(breaker.allow(kStart));
  }
}
