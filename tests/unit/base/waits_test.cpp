#include "base/waits.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace std::chrono_literals;

namespace {

const Waits::Time kStart{1h};

std::chrono::nanoseconds of(const Waits::Spent& spent, Wait wait) {
  return spent[static_cast<std::size_t>(wait)];
}

}  // namespace

TEST_SUITE("base::Waits") {
  TEST_CASE("every wait has a word of its own") {
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < kWaits; ++i) words.insert(to_string(static_cast<Wait>(i)));
    CHECK(words.size() == kWaits);
    CHECK(to_string(Wait::MinuteTurn) == "minute_turn");
  }

  TEST_CASE("says what is waited for, since when, and how long each took") {
    Waits waits(Wait::Engine, kStart);
    waits.begin(Wait::Chain, kStart + 2ms);
    waits.begin(Wait::None, kStart + 10ms);
    waits.begin(Wait::Chain, kStart + 11ms);
    const auto current = waits.current();
    CHECK(current.what == Wait::Chain);
    CHECK(current.since == kStart + 11ms);
    const auto spent = waits.spent(kStart + 14ms);
    CHECK(of(spent, Wait::Engine) == 2ms);
    CHECK(of(spent, Wait::Chain) == 11ms);
    CHECK(of(spent, Wait::None) == 1ms);
    CHECK(of(spent, Wait::Call) == 0ms);
  }

  TEST_CASE("who follows a batch has its part of the batch's waits alone") {
    const auto batch = std::make_shared<Waits>(Wait::Batch, kStart);
    batch->begin(Wait::Call, kStart + 10ms);
    Waits late(Wait::Chain, kStart + 10ms);
    late.follow(batch, kStart + 30ms);
    SUBCASE("a call in flight counts from when it was joined") {
      CHECK(late.current().what == Wait::Call);
      CHECK(late.current().since == kStart + 30ms);
      CHECK(of(late.spent(kStart + 50ms), Wait::Call) == 20ms);
    }
    SUBCASE("the batch goes on to something else") {
      batch->begin(Wait::Retry, kStart + 40ms);
      CHECK(late.current().what == Wait::Retry);
      CHECK(late.current().since == kStart + 40ms);
      const auto spent = late.spent(kStart + 45ms);
      CHECK(of(spent, Wait::Call) == 10ms);
      CHECK(of(spent, Wait::Retry) == 5ms);
    }
    SUBCASE("what comes after it was left is not counted") {
      late.begin(Wait::None, kStart + 35ms);
      batch->begin(Wait::None, kStart + 90ms);
      const auto spent = late.spent(kStart + 100ms);
      CHECK(of(spent, Wait::Call) == 5ms);
      CHECK(of(spent, Wait::Chain) == 20ms);
      CHECK(of(spent, Wait::Batch) == 0ms);
    }
  }

  TEST_CASE("as text it names what took a millisecond or more") {
    Waits waits(Wait::Chain, kStart);
    waits.begin(Wait::Commit, kStart + 3ms);
    waits.begin(Wait::Call, kStart + 3ms + 400us);
    waits.begin(Wait::None, kStart + 5024ms);
    CHECK(to_text(waits.spent(kStart + 6000ms)) == "chain 3 ms, call 5020 ms");
    CHECK(to_text({}).empty());
  }
}
