// Who waits for an answer gets it before what rode in it is filed, and nobody notices the
// difference.
#include <algorithm>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include "riders_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using test::Bed;
using test::good;
using test::key_of_id;
using test::kQuotes;
using test::make_known;

namespace {

constexpr int kKnown = 50;

// How many of the copies in memory are those of the last call: of 900, and of what rode. All others
// are older than a minute.
std::size_t renewed(const Bed& bed) {
  std::size_t count = 0;
  for (int id = 1; id <= kKnown; ++id) {
    const auto copy = bed.memory.lookup(key_of_id(std::to_string(id)));
    if (copy && copy->fetched_at > bed.clock.now() - 30s) ++count;
  }
  return count + (bed.memory.lookup(key_of_id("900")) ? 1 : 0);
}

// The call for 900 is answered, and what rode is not filed.
refill::PendingPtr answered(Bed& bed) {
  make_known(bed, 1, kKnown);
  auto wanted = bed.want(kQuotes + "900").front();
  bed.run_until([&] { return wanted->resolved.is_set(); });
  REQUIRE(wanted->entry);
  REQUIRE(renewed(bed) == 0);
  return wanted;
}

}  // namespace

TEST_SUITE("refill::LateFiling") {
  TEST_CASE("who waits is answered first, and all that a call brought is filed at one moment") {
    Bed bed(good);
    const auto wanted = answered(bed);
    CHECK(bed.refill.is_busy(wanted->key));
    CHECK(bed.refill.is_busy(key_of_id("7")));
    CHECK_FALSE(bed.refill.is_idle());
    int steps = 0;
    bed.run_until([&] {
      const auto count = renewed(bed);
      CHECK((count == 0 || count == kKnown + 1));
      ++steps;
      return count > 0;
    });
    CHECK(steps > 3);  // others have had their turn in between
    bed.run_until([&] { return bed.refill.is_idle(); });
    CHECK_FALSE(bed.refill.is_busy(key_of_id("7")));
  }

  TEST_CASE(
      "who asks for what waits to be filed takes what was brought, and no second call is made") {
    Bed bed(good);
    const auto wanted = answered(bed);
    const auto calls = bed.upstream.calls().size();
    const std::int64_t credits = bed.book.totals().credits;
    const auto same = bed.want(kQuotes + "900").front();
    CHECK(same->entry == wanted->entry);
    const auto rider = bed.want(kQuotes + "7", "late").front();
    bed.settle({rider});
    REQUIRE(rider->entry);
    CHECK(rider->entry == bed.memory.lookup(key_of_id("7")));
    bed.run_until([&] { return bed.refill.is_idle(); });
    CHECK(bed.upstream.calls().size() == calls);
    CHECK(bed.book.totals().credits == credits);
    CHECK(rider->cost.count == 0);
    // Filed is filed: the next ask is one for a new copy.
    bed.settle(bed.want(kQuotes + "900"));
    CHECK(bed.upstream.calls().size() == calls + 1);
  }

  TEST_CASE("who looks in memory for any of it finds all of it") {
    for (const std::string id : {"900", "7"}) {
      CAPTURE(id);
      Bed bed(good);
      (void)answered(bed);
      bed.refill.file_now(key_of_id("901"));  // that is none of it
      CHECK(renewed(bed) == 0);
      bed.refill.file_now(key_of_id(id));
      CHECK(renewed(bed) == kKnown + 1);
    }
  }

  TEST_CASE("a stop files what was brought") {
    Bed bed(good);
    (void)answered(bed);
    bool has_stopped = false;
    auto stop = [](refill::Refill* refill, bool* done) -> boost::asio::awaitable<void> {
      co_await refill->stop(5s);
      *done = true;
    };
    auto task = stop(&bed.refill, &has_stopped);
    boost::asio::co_spawn(bed.loop, std::move(task), boost::asio::detached);
    bed.run_until([&] { return has_stopped; });
    CHECK(renewed(bed) == kKnown + 1);
    CHECK(bed.refill.is_idle());
  }

  TEST_CASE("what is dropped with the engine leaves nobody waiting") {
    refill::PendingPtr rider;
    {
      Bed bed(good);
      (void)answered(bed);
      rider = bed.want(kQuotes + "7").front();
    }
    CHECK(rider->resolved.waiting() == 0);
  }

  TEST_CASE("where few ride nothing is put off") {
    Bed bed(good);
    make_known(bed, 1, 4);
    const auto wanted = bed.want(kQuotes + "900").front();
    bed.run_until([&] { return wanted->resolved.is_set(); });
    CHECK(bed.memory.lookup(wanted->key) == wanted->entry);
    CHECK(renewed(bed) == 5);
  }

  TEST_CASE("what was to ride and is missing in the answer keeps its copy, as ever") {
    bool loses = false;
    Bed bed([&](const std::string& target) {
      if (!loses) return good(target);
      std::string shorter = target;
      const auto at = shorter.find(",7,");
      if (at != std::string::npos) shorter.erase(at, 2);
      return good(shorter);
    });
    make_known(bed, 1, kKnown);
    loses = true;
    const auto before = bed.memory.lookup(key_of_id("7"));
    bed.settle(bed.want(kQuotes + "900"));
    CHECK(bed.memory.lookup(key_of_id("7")) == before);
    CHECK(renewed(bed) == kKnown);
    CHECK(bed.refill.is_busy(key_of_id("7")));  // and is not asked for again soon
  }
}
