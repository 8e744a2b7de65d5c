#include "pacing/spend_policy.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::pacing;

TEST_SUITE("pacing::SpendPolicy") {
  TEST_CASE("a policy has the rules of its mode, and a price only where these say so") {
    for (const auto mode : {SpendMode::Normal,
                            SpendMode::Economise,
                            SpendMode::ForegroundOnly,
                            SpendMode::CacheOnly}) {
      CAPTURE(to_string(mode));
      const auto policy = policy_of(mode, Age(40), 2.5, TimePoint(milliseconds(7)));
      CHECK(policy.mode == mode);
      CHECK(policy.rules == rules_of(mode));
      CHECK(policy.price == Age(rules_of(mode).saves ? 40 : 0));
      CHECK(policy.stretch == (rules_of(mode).saves ? 2.5 : 1));
      CHECK(policy.until == TimePoint(milliseconds(7)));
    }
  }

  TEST_CASE("before anything is published all may be paid for") {
    const PublishedPolicy published;
    CHECK(published.get() == policy_of(SpendMode::Normal));
    CHECK(published.mode() == SpendMode::Normal);
    CHECK(published.get().price == Age(0));
    CHECK(published.get().stretch == 1);
  }

  TEST_CASE("what is published is what all read") {
    PublishedPolicy published;
    const auto policy = policy_of(SpendMode::Economise, Age(500), 3);
    published.publish(policy);
    CHECK(published.get() == policy);
    CHECK(published.mode() == SpendMode::Economise);
  }
}
