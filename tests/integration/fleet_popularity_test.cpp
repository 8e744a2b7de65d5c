// What the clients of several daemons ask for, merged in a real Redis.
#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "refill/ask_sharer.hpp"
#include "support/redis_server.hpp"
#include "support/wait.hpp"
#include "tier_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;

namespace {

constexpr const char* kKey = "symbol_popularity";
using Names = std::vector<std::string>;

std::string target_of(int id) {
  return "/v2/cryptocurrency/quotes/latest?id=" + std::to_string(id) + "&skip_invalid=true";
}

LanePtr quotes() {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target_of(1), request));
  return lane_of(request);
}

// One daemon of the fleet.
struct Member {
  Member(test::TierBed& bed, const std::string& url, bool learns = true, milliseconds limit = 5s)
      : loop(bed) {
    AskSharer::Options options;
    options.url = url;
    options.timeout = limit;
    options.learns = learns;
    auto made = AskSharer::make(loop.loop.get_executor(),
                                std::move(options),
                                renewals,
                                catalog::Catalogue::built_in(),
                                Log());
    REQUIRE(made);
    sharer = std::move(*made);
  }
  ~Member() {
    sharer.reset();
    loop.loop.restart();
    loop.loop.poll();
  }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  void ask(int id, int times) {
    const auto asset = std::to_string(id);
    const auto key = key_of(*lane, asset, 0);
    cache::Entry copy;
    copy.fragment.text = "{}";
    copy.fetched_at = now;
    renewals.note_asked(lane, asset, 0, key, copy, now);
    const auto hash = hash64(key);
    if (times > 1) renewals.note_hits({&hash, 1}, times - 1, now);
  }
  // Each time after long enough to learn.
  Result<void> exchange() {
    now += 5min;
    return loop.await(sharer->exchange(now));
  }
  [[nodiscard]] Names popular() const { return renewals.most_asked(lane, 100, now); }

  test::TierBed& loop;
  TimePoint now = test::now();
  LanePtr lane = quotes();
  Renewals renewals{{}};
  std::unique_ptr<AskSharer> sharer;
};

struct Bed {
  // What is left of the asks for it in Redis.
  double asks(const std::string& member) {
    const auto score = redis.run({"ZSCORE", kKey, member});
    if (score.empty()) return 0;
    const double seconds = std::stod(redis.run({"EVAL", "return redis.call('time')[1]", "0"}));
    return std::exp2(std::stod(score) - seconds / 86'400);
  }
  double asks(int id) { return asks(target_of(id)); }
  // Members with a score of so many asks now.
  void add(const std::string& member, double asks) {
    redis.run({"EVAL",
               "local t=redis.call('time') "
               "return redis.call('zadd',KEYS[1],t[1]/86400+math.log(ARGV[2])/math.log(2),ARGV[1])",
               "1",
               kKey,
               member,
               std::to_string(asks)});
  }

  test::RedisServer redis;
  test::TierBed loop;
};

}  // namespace

TEST_SUITE("refill::AskSharer") {
  TEST_CASE("two daemons merge, and a third that is started anew knows what they ask for") {
    Bed bed;
    Member first(bed.loop, bed.redis.url());
    Member second(bed.loop, bed.redis.url());
    first.ask(1, 100);
    first.ask(2, 300);
    second.ask(1, 400);
    second.ask(3, 200);
    REQUIRE(first.exchange());
    REQUIRE(second.exchange());
    CHECK(bed.asks(1) == doctest::Approx(500).epsilon(0.01));
    CHECK(bed.asks(2) == doctest::Approx(300).epsilon(0.01));
    CHECK(bed.asks(3) == doctest::Approx(200).epsilon(0.01));
    CHECK(bed.redis.run({"ZCARD", kKey}) == "3");
    const auto life = std::stoi(bed.redis.run({"TTL", kKey}));
    CHECK(life > 604'800 - 60);
    CHECK(life <= 604'800);

    Member third(bed.loop, bed.redis.url());
    REQUIRE(third.exchange());
    CHECK(third.popular() == Names{"1", "2", "3"});
    CHECK(third.sharer->totals().members == 3);
    CHECK(third.renewals.debt(third.lane, third.now) == pacing::Age(0));
    // What it has learned is not told again.
    REQUIRE(third.exchange());
    CHECK(bed.asks(1) == doctest::Approx(500).epsilon(0.01));
    // Those who told their part know the others'.
    REQUIRE(first.exchange());
    CHECK(first.popular() == Names{"1", "2", "3"});
    const auto rate = first.renewals.asks_of(key_of(*first.lane, "3", 0), first.now)->rate;
    CHECK(rate * 86'400 / 0.6931 == doctest::Approx(200).epsilon(0.02));
  }

  TEST_CASE("however asks and exchanges fall, the sum is what one daemon would have counted") {
    std::mt19937 random(7);
    const auto roll = [&](int most) { return std::uniform_int_distribution<int>(1, most)(random); };
    for (int round = 0; round < 5; ++round) {
      CAPTURE(round);
      Bed bed;
      std::vector<std::unique_ptr<Member>> members;
      for (int i = 0; i < 3; ++i)
        members.push_back(std::make_unique<Member>(bed.loop, bed.redis.url(), i != 0));
      std::map<int, double> expected;
      for (int step = 0; step < 60; ++step) {
        auto& member = *members[static_cast<std::size_t>(roll(3) - 1)];
        if (roll(3) == 1) {
          // At its clock no time passes, or asks of before would be fewer now.
          REQUIRE(bed.loop.await(member.sharer->exchange(member.now)));
          continue;
        }
        const int id = roll(8);
        const int times = roll(50);
        member.ask(id, times);
        expected[id] += times;
      }
      for (auto& member : members) REQUIRE(bed.loop.await(member->sharer->exchange(member->now)));
      for (const auto& [id, asks] : expected) {
        CAPTURE(id);
        CHECK(bed.asks(id) == doctest::Approx(asks).epsilon(0.002));
      }
    }
  }

  TEST_CASE("a daemon that starts again with what it had kept tells nothing twice") {
    Bed bed;
    std::vector<Renewals::Kept> kept;
    {
      Member before(bed.loop, bed.redis.url());
      before.ask(1, 100);
      REQUIRE(before.exchange());
      kept = before.renewals.kept(before.now - 1h);
    }
    Member after(bed.loop, bed.redis.url());
    after.renewals.restore(kept, catalog::Catalogue::built_in(), after.now);
    REQUIRE(after.exchange());
    CHECK(bed.asks(1) == doctest::Approx(100).epsilon(0.01));
    after.ask(1, 11);
    REQUIRE(after.exchange());
    CHECK(bed.asks(1) == doctest::Approx(111).epsilon(0.01));
    // One that has kept nothing learns back what it had told.
    Member anew(bed.loop, bed.redis.url());
    REQUIRE(anew.exchange());
    CHECK(anew.popular() == Names{"1"});
  }

  TEST_CASE("while Redis is away asks wait, and when it is back with nothing all is told anew") {
    Bed bed;
    Member first(bed.loop, bed.redis.url());
    Member second(bed.loop, bed.redis.url());
    first.ask(1, 100);
    REQUIRE(first.exchange());
    bed.redis.kill9();
    for (int i = 0; i < 3; ++i) {
      first.ask(1, 10);
      first.ask(2, 20);
      CHECK_FALSE(first.exchange());
    }
    CHECK(first.sharer->totals().waiting == 2);
    CHECK(first.popular() == Names{"1", "2"});
    bed.redis.start();  // without what it knew
    REQUIRE(test::wait_until([&] { return first.exchange().has_value(); }));
    CHECK(first.sharer->totals().waiting == 0);
    CHECK(bed.asks(1) == doctest::Approx(130).epsilon(0.02));
    CHECK(bed.asks(2) == doctest::Approx(60).epsilon(0.02));
    first.ask(1, 10);
    REQUIRE(first.exchange());
    CHECK(bed.asks(1) == doctest::Approx(140).epsilon(0.02));
  }

  TEST_CASE("asks whose answer got lost are not added twice") {
    Bed bed;
    Member one(bed.loop, bed.redis.url(), true, 1s);
    one.ask(1, 100);
    REQUIRE(one.exchange());
    bed.redis.sigstop();
    one.ask(1, 50);
    // Stands in the server's socket, to be read when it goes on.
    const auto sent = one.exchange();
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == ErrorCode::Timeout);
    one.ask(1, 7);
    bed.redis.sigcont();
    REQUIRE(test::wait_until([&] { return bed.asks(1) > 140; }));
    REQUIRE(test::wait_until([&] { return one.exchange().has_value(); }));
    CHECK(bed.asks(1) == doctest::Approx(150).epsilon(0.01));
    REQUIRE(one.exchange());
    CHECK(bed.asks(1) == doctest::Approx(157).epsilon(0.01));
  }

  TEST_CASE("a mark that Redis has lost alone has nothing added twice") {
    Bed bed;
    Member one(bed.loop, bed.redis.url());
    one.ask(1, 100);
    REQUIRE(one.exchange());
    const auto mark = bed.redis.run({"KEYS", "qc1-popularity:*"});
    REQUIRE_FALSE(mark.empty());
    for (const auto* odd : {"", "x"}) {
      CAPTURE(odd);
      const auto current = bed.redis.run({"KEYS", "qc1-popularity:*"});
      bed.redis.run({"DEL", current});
      if (*odd != 0) bed.redis.run({"SET", current, odd});
      one.ask(1, 10);
      REQUIRE(one.exchange());
      bed.redis.run({"DEL", current});
    }
    CHECK(bed.asks(1) == doctest::Approx(120).epsilon(0.02));
  }

  TEST_CASE("what is no sorted set is left alone, and asks wait until it is gone") {
    Bed bed;
    Member one(bed.loop, bed.redis.url());
    bed.redis.run({"SET", kKey, "somebody's"});
    one.ask(1, 100);
    for (int i = 0; i < 3; ++i) {
      const auto how = one.exchange();
      REQUIRE_FALSE(how);
      CHECK(how.error().code == ErrorCode::Unavailable);
      CHECK(how.error().message.find("WRONGTYPE") != std::string::npos);
    }
    CHECK(bed.redis.run({"GET", kKey}) == "somebody's");
    CHECK(one.popular() == Names{"1"});
    bed.redis.run({"DEL", kKey});
    REQUIRE(one.exchange());
    CHECK(bed.asks(1) == doctest::Approx(100).epsilon(0.02));
  }

  TEST_CASE(
      "members that make no sense are passed over, and those scored beyond all asks removed") {
    Bed bed;
    bed.redis.run({"ZADD", kKey, "inf", "/inf", "-inf", target_of(4), "1e300", target_of(1)});
    bed.redis.run({"ZADD", kKey, "12", "BTC"});
    bed.add("no target", 1e6);
    bed.add(target_of(2), 1000);
    bed.add("/v2/cryptocurrency/quotes/latest?id=8,9", 1e6);
    Member one(bed.loop, bed.redis.url());
    REQUIRE(one.exchange());
    CHECK(one.popular() == Names{"2"});
    CHECK(one.sharer->totals().members == 7);
    one.ask(1, 5);
    one.ask(4, 6);
    REQUIRE(one.exchange());
    CHECK(bed.asks(1) == doctest::Approx(5).epsilon(0.01));
    CHECK(bed.asks(4) == doctest::Approx(6).epsilon(0.01));
    CHECK(bed.redis.run({"ZSCORE", kKey, "/inf"}).empty());
    CHECK(bed.redis.run({"ZSCORE", kKey, "BTC"}) == "12");
  }

  TEST_CASE("the set keeps the ten thousand that are asked for most") {
    Bed bed;
    bed.redis.run({"EVAL",
                   "local t=redis.call('time') for i=1,10050 do "
                   "redis.call('zadd',KEYS[1],t[1]/86400+i/1000,'/'..i) end",
                   "1",
                   kKey});
    Member one(bed.loop, bed.redis.url());
    one.ask(1, 100'000);
    REQUIRE(one.exchange());
    CHECK(bed.redis.run({"ZCARD", kKey}) == "10000");
    CHECK(bed.asks(1) > 99'000);
    CHECK(bed.redis.run({"ZSCORE", kKey, "/51"}).empty());
    CHECK_FALSE(bed.redis.run({"ZSCORE", kKey, "/52"}).empty());
  }

  TEST_CASE("a daemon whose clock jumps tells asks for what they are") {
    Bed bed;
    Member one(bed.loop, bed.redis.url());
    one.ask(1, 100);
    REQUIRE(one.exchange());
    one.now += 24h * 400;
    one.ask(1, 50);
    REQUIRE(one.exchange());
    CHECK(bed.asks(1) == doctest::Approx(150).epsilon(0.01));
    one.now -= 24h * 800;
    one.ask(1, 50);
    CHECK(one.sharer->is_due(one.now));
    REQUIRE(one.exchange());
    CHECK(bed.asks(1) == doctest::Approx(200).epsilon(0.01));
  }

  TEST_CASE("one that does not learn tells all the same") {
    Bed bed;
    bed.add(target_of(2), 1000);
    Member one(bed.loop, bed.redis.url(), false);
    one.ask(1, 5);
    REQUIRE(one.exchange());
    CHECK(bed.asks(1) == doctest::Approx(5).epsilon(0.01));
    CHECK(one.popular() == Names{"1"});
    CHECK(one.sharer->totals().members == 2);
  }

  TEST_CASE("an exchange is due each minute") {
    Bed bed;
    Member one(bed.loop, bed.redis.url());
    CHECK(one.sharer->is_due(one.now));
    REQUIRE(one.exchange());
    CHECK_FALSE(one.sharer->is_due(one.now + 1min - 1ms));
    CHECK(one.sharer->is_due(one.now + 1min));
  }

  TEST_CASE("a URL that is none is refused") {
    boost::asio::io_context loop;
    Renewals renewals{{}};
    AskSharer::Options options;
    options.url = "http://127.0.0.1";
    const auto made = AskSharer::make(
        loop.get_executor(), std::move(options), renewals, catalog::Catalogue::built_in(), Log());
    REQUIRE_FALSE(made);
    CHECK(made.error().code == ErrorCode::Invalid);
  }
}
