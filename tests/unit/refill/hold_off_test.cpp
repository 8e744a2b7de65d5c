#include "refill/hold_off.hpp"

#include <memory>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::calling;
using namespace quotecached::refill;

namespace {

const HoldOffs::Time kStart{1000s};

FailurePtr some_failure(unsigned status = 502) {
  return std::make_shared<const Failure>(Failure{status, status, "no", 0s});
}

}  // namespace

TEST_SUITE("refill::HoldOffs") {
  TEST_CASE("a failing lane binds those with a copy only, until its time") {
    HoldOffs holds(10);
    holds.hold("lane", HoldOffs::Binds::WhoHasCopy, some_failure(), kStart + 30s);
    CHECK(holds.held("lane", true, kStart + 29s));
    CHECK_FALSE(holds.held("lane", false, kStart + 29s));
    CHECK_FALSE(holds.held("lane", true, kStart + 30s));
    CHECK_FALSE(holds.held("other", true, kStart));
    holds.clear("lane");
    CHECK_FALSE(holds.held("lane", true, kStart));
  }

  TEST_CASE("a request the provider calls wrong binds everyone") {
    HoldOffs holds(10);
    holds.hold("key", HoldOffs::Binds::Everyone, some_failure(400), kStart + 60s);
    const auto held = holds.held("key", false, kStart);
    REQUIRE(held);
    CHECK(held->http_status == 400);
  }

  TEST_CASE("when full, the one that ends soonest makes room") {
    HoldOffs holds(2);
    holds.hold("late", HoldOffs::Binds::Everyone, some_failure(), kStart + 60s);
    holds.hold("soon", HoldOffs::Binds::Everyone, some_failure(), kStart + 10s);
    holds.hold("new", HoldOffs::Binds::Everyone, some_failure(), kStart + 30s);
    CHECK(holds.held("late", false, kStart));
    CHECK(holds.held("new", false, kStart));
    CHECK_FALSE(holds.held("soon", false, kStart));
    holds.hold("late", HoldOffs::Binds::Everyone, some_failure(), kStart + 90s);
    CHECK(holds.held("new", false, kStart));
  }
}
