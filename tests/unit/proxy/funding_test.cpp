#include "proxy/funding.hpp"

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;
using pacing::SpendMode;

namespace {

const TimePoint kNow{1'700'000'000s};
const std::string kQuotes = "/v2/cryptocurrency/quotes/latest";

cache::EntryPtr stale_entry() {
  auto entry = std::make_shared<cache::Entry>();
  entry->fetched_at = kNow - 70s;
  entry->fresh_until = kNow - 10s;
  entry->stale_until = kNow + 1h;
  return entry;
}

catalog::Request parse(const std::string& target) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return request;
}

using Positions = std::vector<std::size_t>;

}  // namespace

TEST_SUITE("proxy::renewal_of") {
  TEST_CASE(
      "what is paid for anyway takes stale copies along; otherwise they are weighed, or left") {
    const auto request = parse(kQuotes + "?id=1,2");
    Gather lacking(request);
    lacking.offer(0, stale_entry(), kNow);  // the other has no copy
    Gather complete(request);
    for (const std::size_t at : {0U, 1U}) complete.offer(at, stale_entry(), kNow);
    struct Row {
      SpendMode mode;
      Renewal lacking;
      Renewal complete;
    };
    for (const auto& row : {Row{SpendMode::Normal, Renewal::Yes, Renewal::Yes},
                            Row{SpendMode::Economise, Renewal::Yes, Renewal::IfWorth},
                            Row{SpendMode::ForegroundOnly, Renewal::No, Renewal::No},
                            Row{SpendMode::CacheOnly, Renewal::No, Renewal::No}}) {
      CAPTURE(to_string(row.mode));
      CHECK(renewal_of(lacking, rules_of(row.mode)) == row.lacking);
      CHECK(renewal_of(complete, rules_of(row.mode)) == row.complete);
    }
  }

  TEST_CASE("what is missing takes nothing along where it is not paid for itself") {
    const auto request = parse(kQuotes + "?id=1,2");
    Gather gather(request);
    gather.offer(0, stale_entry(), kNow);
    CHECK(renewal_of(gather, {.misses = false, .refreshes = pacing::Refreshes::Worthwhile}) ==
          Renewal::IfWorth);
  }
}

TEST_SUITE("proxy::unpayable") {
  TEST_CASE("each mode pays for what its rules say") {
    const auto request = parse(kQuotes + "?id=1,2");
    Gather gather(request);
    gather.offer(0, stale_entry(), kNow);  // the other has no copy
    struct Row {
      SpendMode mode;
      bool renews;
      Positions expected;
    };
    for (const auto& row : {Row{SpendMode::Normal, true, {}},
                            Row{SpendMode::Economise, true, {}},
                            Row{SpendMode::Economise, false, {0}},
                            Row{SpendMode::ForegroundOnly, false, {0}},
                            Row{SpendMode::CacheOnly, false, {0, 1}}}) {
      CAPTURE(to_string(row.mode));
      CHECK(unpayable(gather, rules_of(row.mode), row.renews) == row.expected);
    }
  }

  TEST_CASE("the stale copies of a request are renewed together or not at all") {
    const auto request = parse(kQuotes + "?id=1,2,3");
    Gather gather(request);
    for (std::size_t at = 0; at < 2; ++at) gather.offer(at, stale_entry(), kNow);
    auto fresh = std::make_shared<cache::Entry>(*stale_entry());
    fresh->fresh_until = kNow + 1s;
    gather.offer(2, fresh, kNow);
    CHECK(unpayable(gather, rules_of(SpendMode::Economise), true).empty());
    CHECK(unpayable(gather, rules_of(SpendMode::Economise), false) == Positions{0, 1});
  }
}
