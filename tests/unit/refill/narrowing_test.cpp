#include "refill/narrowing.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached::refill;
using Ask = Narrowing::Ask;

TEST_SUITE("refill::Narrowing") {
  TEST_CASE("several converts are asked one by one first") {
    Narrowing narrowing;
    CHECK(narrowing.after_refusal(100, 2) == Ask::ByConvert);
    CHECK(narrowing.after_refusal(1, 2) == Ask::ByConvert);
  }

  TEST_CASE("two assets refused alone: the refusal is about the lane") {
    Narrowing narrowing;
    CHECK(narrowing.after_refusal(100, 1) == Ask::OneAlone);
    narrowing.note_refused_alone();
    CHECK(narrowing.after_refusal(99, 1) == Ask::OneAlone);
    narrowing.note_refused_alone();
    CHECK(narrowing.after_refusal(98, 1) == Ask::Nothing);
  }

  TEST_CASE("assets alone that tell nothing are not tried for ever") {
    Narrowing narrowing;
    for (int i = 0; i < 3; ++i) CHECK(narrowing.after_refusal(100, 1) == Ask::OneAlone);
    CHECK(narrowing.after_refusal(97, 1) == Ask::Nothing);
  }

  TEST_CASE("one that is good alone: the rest is halved, eight times at most") {
    for (const bool was_refused_first : {false, true}) {
      CAPTURE(was_refused_first);
      Narrowing narrowing;
      CHECK(narrowing.after_refusal(100, 1) == Ask::OneAlone);
      if (was_refused_first) narrowing.note_refused_alone();
      narrowing.note_good();
      for (int i = 0; i < 8; ++i) CHECK(narrowing.after_refusal(50, 1) == Ask::Halves);
      CHECK(narrowing.after_refusal(50, 1) == Ask::Nothing);
    }
  }

  TEST_CASE("what is left of a pair whose other half is good is what is wrong") {
    Narrowing narrowing;
    narrowing.note_good();
    CHECK(narrowing.after_refusal(1, 1) == Ask::Nothing);
  }

  TEST_CASE("once upstream fails nothing more is asked, and nothing more is known") {
    Narrowing narrowing;
    CHECK(narrowing.after_refusal(100, 1) == Ask::OneAlone);
    narrowing.note_failure();
    CHECK(narrowing.after_refusal(99, 1) == Ask::GiveUp);
  }

  TEST_CASE("clean is what went well without a refusal") {
    Narrowing narrowing;
    CHECK_FALSE(narrowing.is_clean());
    narrowing.note_good();
    CHECK(narrowing.is_clean());
    (void)narrowing.after_refusal(2, 1);
    CHECK_FALSE(narrowing.is_clean());
  }
}

TEST_SUITE("refill::SplitLanes") {
  TEST_CASE("a lane is kept for its time, and the one that ends soonest makes room") {
    const SplitLanes::Time start{1h};
    SplitLanes lanes(2);
    lanes.add("a", start);
    CHECK(lanes.contains("a", start + 10min - 1ms));
    CHECK_FALSE(lanes.contains("a", start + 10min));
    CHECK_FALSE(lanes.contains("b", start));
    lanes.add("b", start + 1s);
    lanes.add("c", start + 2s);
    CHECK_FALSE(lanes.contains("a", start + 3s));
    CHECK(lanes.contains("b", start + 3s));
    CHECK(lanes.contains("c", start + 3s));
  }
}
