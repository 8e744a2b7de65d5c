#include "refill/suspects.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;

TEST_SUITE("refill::Suspects") {
  const TimePoint kStart{1'700'000'000s};
  const TimePoint kHeld = kStart - 1h;  // when the copy was fetched

  TEST_CASE("a claim is believed when it was made often enough over long enough") {
    struct Row {
      const char* name;
      Claim claim;
      std::vector<std::chrono::seconds> said;  // after the start
      bool is_believed;                        // the last of them
    };
    const Row rows[] = {
        {"once", Claim::Flawed, {0s}, false},
        {"twice, long after", Claim::Flawed, {0s, 3600s}, false},
        {"three times at once", Claim::Flawed, {0s, 0s, 0s}, false},
        {"three times, a second short", Claim::Flawed, {0s, 60s, 299s}, false},
        {"three times over five minutes", Claim::Flawed, {0s, 60s, 300s}, true},
        {"many times over five minutes", Claim::Flawed, {0s, 60s, 120s, 180s, 240s, 300s}, true},
        {"gone, a second short", Claim::Gone, {0s, 60s, 119s}, false},
        {"gone over two minutes", Claim::Gone, {0s, 60s, 120s}, true},
        {"short over two minutes", Claim::Short, {0s, 60s, 120s}, false},
        {"short over five minutes", Claim::Short, {0s, 150s, 300s}, true},
        {"the clock was set back", Claim::Gone, {0s, 60s, -3600s}, false},
        {"and goes on from there", Claim::Gone, {0s, -3600s, -3540s, -3480s}, true},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Suspects suspects(10);
      bool is_believed = false;
      for (const auto said : row.said)
        is_believed = suspects.believes("a", row.claim, kStart + said, kHeld - 10h);
      CHECK(is_believed == row.is_believed);
      CHECK(suspects.size() == (is_believed ? 0 : 1));
    }
  }

  TEST_CASE("what denies a claim makes it start anew") {
    Suspects suspects(10);
    CHECK_FALSE(suspects.believes("a", Claim::Gone, kStart, kHeld));
    CHECK_FALSE(suspects.believes("a", Claim::Gone, kStart + 60s, kHeld));
    SUBCASE("a good answer") {
      suspects.clear("a");
      CHECK_FALSE(suspects.believes("a", Claim::Gone, kStart + 120s, kHeld));
    }
    SUBCASE("a copy that somebody else fetched since") {
      CHECK_FALSE(suspects.believes("a", Claim::Gone, kStart + 120s, kStart + 90s));
    }
    SUBCASE("another claim") {
      CHECK_FALSE(suspects.believes("a", Claim::Flawed, kStart + 120s, kHeld));
    }
    CHECK_FALSE(suspects.believes("a", Claim::Gone, kStart + 180s, kHeld));
  }

  TEST_CASE("keys are told apart, and no more are kept than may be") {
    Suspects suspects(2);
    for (const char* key : {"a", "b", "c"})
      CHECK_FALSE(suspects.believes(key, Claim::Gone, kStart, kHeld));
    CHECK(suspects.size() == 2);
    CHECK_FALSE(Suspects(0).believes("a", Claim::Gone, kStart, kHeld));
  }

  TEST_CASE("what is claimed for longest is told while it is") {
    Suspects suspects(10);
    CHECK_FALSE(suspects.worst(kStart));
    CHECK_FALSE(suspects.believes("a", Claim::Flawed, kStart, kHeld));
    CHECK_FALSE(suspects.believes("b", Claim::Flawed, kStart + 60s, kHeld));
    CHECK_FALSE(suspects.believes("a", Claim::Flawed, kStart + 120s, kHeld));
    CHECK(suspects.worst(kStart + 120s) == alert::Contradiction{kStart, kStart + 120s, 2});
    suspects.clear("a");
    CHECK(suspects.worst(kStart + 120s) == alert::Contradiction{kStart + 60s, kStart + 60s, 1});
    CHECK_FALSE(suspects.worst(kStart + 61s + Suspects::kForgotten));
  }
}
