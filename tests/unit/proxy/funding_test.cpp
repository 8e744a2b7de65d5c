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

TEST_SUITE("proxy::unpayable") {
  TEST_CASE("each mode pays for what its rules say") {
    const auto request = parse(kQuotes + "?id=1,2");
    Gather gather(request);
    gather.offer(0, stale_entry(), kNow);  // the other has no copy
    struct Row {
      SpendMode mode;
      Positions expected;
    };
    for (const auto& row : {Row{SpendMode::Normal, {}},
                            Row{SpendMode::Economise, {}},  // the one fetched takes it along
                            Row{SpendMode::ForegroundOnly, {0}},
                            Row{SpendMode::CacheOnly, {0, 1}}}) {
      CAPTURE(to_string(row.mode));
      const IsWorth never = [](auto) { return false; };
      CHECK(unpayable(gather, rules_of(row.mode), never) == row.expected);
    }
  }

  TEST_CASE("economising, the stale copies of a request are renewed together or not at all") {
    const auto request = parse(kQuotes + "?id=1,2,3");
    Gather gather(request);
    for (std::size_t at = 0; at < 2; ++at) gather.offer(at, stale_entry(), kNow);
    auto fresh = std::make_shared<cache::Entry>(*stale_entry());
    fresh->fresh_until = kNow + 1s;
    gather.offer(2, fresh, kNow);
    std::vector<std::string> asked;
    const auto worth = [&](bool is_worth) -> IsWorth {
      return [&, is_worth](std::span<const pacing::StaleCopy> copies) {
        for (const auto& copy : copies) {
          asked.emplace_back(copy.key);
          CHECK(copy.fetched_at == kNow - 70s);
        }
        return is_worth;
      };
    };
    CHECK(unpayable(gather, rules_of(SpendMode::Normal), worth(false)).empty());
    CHECK(asked.empty());
    CHECK(unpayable(gather, rules_of(SpendMode::Economise), worth(true)).empty());
    CHECK(asked == gather.keys_at(Positions{0, 1}));
    CHECK(unpayable(gather, rules_of(SpendMode::Economise), worth(false)) == Positions{0, 1});
  }
}
