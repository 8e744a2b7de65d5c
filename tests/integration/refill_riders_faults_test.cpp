// Ride-alongs when the provider, or another daemon, is in the way: what was asked for does not
// suffer from what rides, nor what rides from a slip.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include "riders_bed.hpp"
#include "support/redis_server.hpp"
#include "unit/cache/fakes.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;

namespace {

LanePtr lane_of_ids() {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), kQuotes + "1", request));
  return lane_of(request);
}

// Another daemon that shares the Redis, as far as it claims what it is fetching.
class Neighbour {
 public:
  Neighbour(Bed& bed, const std::string& url) : bed_(bed) {
    cache::Claims::Options options;
    options.url = url;
    options.timeout = 5s;
    auto made = cache::Claims::make(bed.loop.get_executor(), options);
    REQUIRE(made);
    claims_ = std::move(*made);
  }

  // Which of them are its own now.
  std::vector<bool> claim(Names keys) {
    std::vector<bool> ours;
    const auto claim = [](cache::Claims* claims, Names wanted, std::vector<bool>* told)
        -> boost::asio::awaitable<void> { *told = co_await claims->claim(std::move(wanted)); };
    auto task = claim(claims_.get(), std::move(keys), &ours);
    boost::asio::co_spawn(bed_.loop, std::move(task), boost::asio::detached);
    bed_.run_until([&] { return !ours.empty(); });
    return ours;
  }
  // Our own outlive the call that made them known for a moment.
  void claim_all(const Names& keys) {
    bed_.run_until([&] {
      const auto ours = claim(keys);
      return std::ranges::count(ours, false) == 0;
    });
  }

 private:
  Bed& bed_;
  std::unique_ptr<cache::Claims> claims_;
};

}  // namespace

TEST_SUITE("refill::Refill riders: faults") {
  TEST_CASE("what makes calls fail in which it rides keeps nobody from his own for long") {
    bool is_poison = false;
    Bed bed(
        [&](const std::string& target) {
          const bool is_bad = is_poison && holds(ids_of(target), "7");
          return is_bad ? Reply{.http_status = 500, .body = "<html>"} : good(target);
        },
        without_retries());
    make_known(bed, 1, 50);
    is_poison = true;
    int failed = 0;
    for (int i = 0; i < 20; ++i) {
      const auto wanted = bed.want(kQuotes + std::to_string(900 + i));
      bed.settle(wanted);
      if (wanted.front()->failure) ++failed;
      bed.clock.advance(20s);
    }
    CHECK(failed <= 3);
    is_poison = false;
    bed.clock.advance(10min);
    bed.settle(bed.want(kQuotes + "990"));
    CHECK(last_ids(bed).size() > 50);
  }

  TEST_CASE("after an outage calls are filled up again") {
    OutageBed bed;
    make_known(bed, 1, 50);
    bed.is_down = true;
    for (int i = 0; i < 4; ++i) bed.settle(bed.want(kQuotes + "900"));
    bed.is_down = false;
    bed.settle(bed.want(kQuotes + "901"));
    bed.settle(bed.want(kQuotes + "902"));
    CHECK(last_ids(bed).size() > 50);
  }

  TEST_CASE("however a refusal names nothing of what was asked, it is repeated without riders") {
    struct Row {
      const char* name;
      unsigned http_status;
      const char* message;
    };
    for (const Row& row :
         {Row{"no parameter, with status 200", 200, "No."},
          Row{"the short form, without names", 400, R"(Invalid value for \"id\")"},
          Row{"what nobody asked for", 400, R"(Invalid value for \"id\": \"0\")"}}) {
      CAPTURE(row.name);
      Bed bed([&](const std::string& target) {
        const auto ids = ids_of(target);
        if (!holds(ids, "900") || ids.size() == 1) return good(target);
        auto reply = refused(row.message);
        reply.http_status = row.http_status;
        return reply;
      });
      make_known(bed, 1, 50);
      const auto wanted = bed.want(kQuotes + "900");
      bed.settle(wanted);
      CHECK(wanted.front()->entry);
      CHECK(last_ids(bed) == Names{"900"});
    }
  }

  TEST_CASE("one refusal that names what rides does not replace a good copy") {
    Bed bed([](const std::string& target) {
      const auto ids = ids_of(target);
      const bool is_bad = holds(ids, "900") && holds(ids, "7");
      return is_bad ? refused(R"(Invalid value for \"id\": \"7\")") : good(target);
    });
    make_known(bed, 1, 50);
    const auto before = bed.memory.lookup(key_of_id("7"));
    const auto wanted = bed.want(kQuotes + "900");
    bed.settle(wanted);
    CHECK(wanted.front()->entry);
    CHECK(bed.memory.lookup(key_of_id("7")) == before);
  }

  TEST_CASE("what was to ride in a call that another daemon makes is left to others at once") {
    test::RedisServer redis;
    redis.start();
    Bed bed(good, {}, nullptr, test::unrecorded(), {}, redis.url(), 1min);
    make_known(bed, 1, 9);
    Neighbour theirs(bed, redis.url());
    theirs.claim_all({key_of_id("900")});
    const auto calls = bed.upstream.calls().size();
    bed.settle(bed.want(kQuotes + "900"));  // patience with the other daemon has ended
    REQUIRE(bed.upstream.calls().size() == calls + 1);
    CHECK(bed.refill.counters().riding.load() == 9);
    CHECK(last_ids(bed) == Names{"900"});
    CHECK(theirs.claim({key_of_id("5"), key_of_id("900")}) == std::vector{true, true});
  }

  TEST_CASE(
      "what another daemon fetches in one currency rides in the others, and is joined there") {
    test::RedisServer redis;
    redis.start();
    std::chrono::milliseconds delay{0};
    const auto in_both = [&](const std::string& target) {
      std::string body(test::kGood);
      for (const auto& id : ids_of(target)) {
        if (body.back() == '}') body += ',';
        body += "\"" + id + "\":{\"id\":" + id + R"(,"symbol":"X","quote":{)" +
                R"("USD":{"price":1},"EUR":{"price":2}}})";
      }
      return Reply{.body = body + "}}", .delay = delay};
    };
    Bed bed(in_both, {}, nullptr, test::unrecorded(), {}, redis.url());
    const std::string both = "&convert=USD,EUR";
    make_known(bed, 1, 9, both);
    Neighbour theirs(bed, redis.url());
    theirs.claim_all({key_of_id("7", "EUR"), key_of_id("901", "EUR")});
    const auto calls = bed.upstream.calls().size();
    delay = 300ms;
    const auto wanted = bed.want(kQuotes + "900,901" + both);
    bed.run_until_called(calls + 1);
    const auto joined = bed.want(kQuotes + "7");
    bed.settle(joined);
    CHECK(joined.front()->entry);
    CHECK(bed.upstream.calls().size() == calls + 2);
    CHECK(last_ids(bed) == Names{"901", "7"});
    CHECK(bed.upstream.calls().back().find("EUR") == std::string::npos);
    bed.settle(wanted);
  }

  TEST_CASE("a copy that another daemon has brought is paid for, as one of our own") {
    test::RedisServer redis;
    redis.start();
    const auto shared = std::make_shared<TierControl>();
    std::vector<std::unique_ptr<cache::Tier>> tiers;
    tiers.push_back(std::make_unique<FakeTier>("redis", shared));
    Bed bed(good, {}, nullptr, test::unrecorded(), {}, redis.url(), 1s, std::move(tiers));
    make_known(bed, 1, 1);
    Neighbour theirs(bed, redis.url());
    theirs.claim_all({key_of_id("1")});
    auto& renewals = bed.refill.renewals();
    const auto lane = lane_of_ids();
    const auto held = bed.memory.lookup(key_of_id("1"));
    renewals.note_asked(lane, "1", 0, key_of_id("1"), *held, bed.clock.now());
    REQUIRE(renewals.is_worth({&lane, 1}, pacing::Age(60), bed.clock.now()));
    const auto calls = bed.upstream.calls().size();
    const auto wanted = bed.want(kQuotes + "1", {}, true);
    auto brought = std::make_shared<cache::Entry>(*held);
    brought->fetched_at = bed.clock.now();
    brought->fresh_until = brought->fetched_at + 60s;
    shared->held[key_of_id("1")] = brought;
    bed.settle(wanted);
    REQUIRE(wanted.front()->is_from_neighbour);
    REQUIRE(bed.upstream.calls().size() == calls);
    bed.run_until([&] { return bed.refill.is_idle(); });
    // Had nothing come of it, it would be owed again.
    CHECK(renewals.debt(lane, bed.clock.now() + 31s).count() == 0);
  }
}
