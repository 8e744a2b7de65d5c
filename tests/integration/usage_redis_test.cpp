// Counters in a real Redis: each count arrives once, whatever happens to the server.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "support/redis_server.hpp"
#include "support/wait.hpp"
#include "tier_bed.hpp"
#include "usage/redis_counters.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::usage;

namespace {

constexpr TimePoint kNoon =
    TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)) + 12h;
constexpr const char* kToday = "daily_credits:2026-11-21";

credit::CallRecord call_of(const char* endpoint, std::int64_t credits, TimePoint started = kNoon) {
  credit::CallRecord call;
  call.started = started;
  call.intent.endpoint = endpoint;
  call.outcome.http_status = 200;
  call.outcome.charge.credits = {credits};
  return call;
}

struct Bed {
  explicit Bed(milliseconds timeout = 1000ms) {
    RedisCounters::Options options;
    options.url = redis.url();
    options.timeout = timeout;
    options.every = 5ms;
    options.breaker.first_probe_after = 1ms;
    options.breaker.last_probe_after = 1ms;
    auto made = RedisCounters::make(
        loop.loop.get_executor(), std::move(options), [this] { return counted; }, Log());
    REQUIRE(made);
    counters = std::move(*made);
  }
  ~Bed() {
    counters.reset();
    loop.loop.restart();
    loop.loop.poll();
  }
  Bed(const Bed&) = delete;
  Bed& operator=(const Bed&) = delete;

  Result<void> send(TimePoint now = kNoon) { return loop.await(counters->send(now)); }
  bool sends() {
    return test::wait_until([this] { return send().has_value(); });
  }
  std::string field(const std::string& key, const std::string& name) {
    return redis.run({"HGET", key, name});
  }

  test::RedisServer redis;
  test::TierBed loop;
  std::vector<UsageRow> counted;
  std::unique_ptr<RedisCounters> counters;
};

}  // namespace

TEST_SUITE("usage::RedisCounters") {
  TEST_CASE("credits are counted by day and endpoint, and days end a week after they are over") {
    Bed bed;
    bed.counters->note(call_of("v2.quotes", 2));
    bed.counters->note(call_of("v2.quotes", 3));
    bed.counters->note(call_of("v1.map", 1));
    bed.counters->note(call_of("v1.map", 7, kNoon - 24h));
    bed.counters->note(call_of("v1.free", 0));
    REQUIRE(bed.send());
    CHECK(bed.field(kToday, "total") == "6");
    CHECK(bed.field(kToday, "v2.quotes") == "5");
    CHECK(bed.field(kToday, "v1.map") == "1");
    CHECK(bed.redis.run({"HLEN", kToday}) == "3");
    CHECK(bed.field("daily_credits:2026-11-20", "total") == "7");
    CHECK(bed.field("cache_metrics", "credits") == "13");
    CHECK(bed.field("cache_metrics", "calls") == "5");
    const auto life = [&](const char* key) {
      return std::chrono::seconds(std::stoi(bed.redis.run({"TTL", key})));
    };
    CHECK(life(kToday) <= 7 * 24h + 12h);
    CHECK(life(kToday) > 7 * 24h + 12h - 60s);
    CHECK(life("daily_credits:2026-11-20") <= 6 * 24h + 12h);
    CHECK(life("daily_credits:2026-11-20") > 6 * 24h + 12h - 60s);
    CHECK(life("cache_metrics") == -1s);
  }

  TEST_CASE("requests are counted over all endpoints and clients, differences only") {
    Bed bed;
    UsageCounts counts;
    counts.requests = 20;
    counts.hits[index_of(TierKind::Memory)] = 10;
    counts.hits[index_of(TierKind::Sqlite)] = 3;
    counts.stale = 2;
    counts.misses = 4;
    counts.failed = 1;
    bed.counted = {{"v2.quotes", "", counts}, {"v1.map", "bot", counts}};
    REQUIRE(bed.send());
    bed.counted[0].counts.requests += 5;
    bed.counted[0].counts.hits[index_of(TierKind::Redis)] += 5;
    REQUIRE(bed.send());
    REQUIRE(bed.send());
    const std::pair<const char*, const char*> expected[] = {{"requests", "45"},
                                                            {"hits", "31"},
                                                            {"hits_memory", "20"},
                                                            {"hits_redis", "5"},
                                                            {"hits_sqlite", "6"},
                                                            {"hits_memcached", ""},
                                                            {"stale", "4"},
                                                            {"misses", "8"},
                                                            {"failed", "2"}};
    for (const auto& counter : expected) {
      CAPTURE(counter.first);
      CHECK(bed.field("cache_metrics", counter.first) == counter.second);
    }
  }

  TEST_CASE("what happens while the server is down arrives when it is back") {
    Bed bed;
    bed.counters->note(call_of("v2.quotes", 1));
    REQUIRE(bed.send());
    bed.redis.kill9();
    for (int i = 0; i < 3; ++i) {
      bed.counters->note(call_of("v2.quotes", 10));
      CHECK_FALSE(bed.send());
    }
    bed.redis.start();  // without what it knew
    CHECK(bed.sends());
    CHECK(bed.sends());
    CHECK(bed.field(kToday, "total") == "30");
    CHECK(bed.field("cache_metrics", "calls") == "3");
  }

  TEST_CASE("a batch whose answer got lost is not added twice") {
    Bed bed(1000ms);
    bed.counters->note(call_of("v2.quotes", 1));
    REQUIRE(bed.send());
    bed.redis.sigstop();
    bed.counters->note(call_of("v2.quotes", 10));
    // Stands in the server's socket, to be read when it goes on.
    const auto sent = bed.send();
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == ErrorCode::Timeout);
    bed.counters->note(call_of("v2.quotes", 100));
    bed.redis.sigcont();
    REQUIRE(test::wait_until([&] { return bed.field(kToday, "total") == "11"; }));
    CHECK(bed.sends());
    CHECK(bed.sends());
    CHECK(bed.field(kToday, "total") == "111");
    CHECK(bed.field("cache_metrics", "calls") == "3");
  }

  TEST_CASE("a counter that Redis refuses is kept, and the others are added once") {
    Bed bed;
    bed.redis.run({"SET", "cache_metrics", "somebody's"});
    bed.counters->note(call_of("v2.quotes", 1));
    REQUIRE(bed.send());
    bed.counters->note(call_of("v1.map", 2));
    REQUIRE(bed.send());
    CHECK(bed.field(kToday, "total") == "3");
    bed.redis.run({"DEL", "cache_metrics"});
    REQUIRE(bed.send());
    CHECK(bed.field("cache_metrics", "calls") == "2");
    CHECK(bed.field("cache_metrics", "credits") == "3");
    CHECK(bed.field(kToday, "total") == "3");
  }

  TEST_CASE("several daemons add to the same counters") {
    Bed bed;
    RedisCounters::Options options;
    options.url = bed.redis.url();
    auto other = RedisCounters::make(
        bed.loop.loop.get_executor(),
        std::move(options),
        [] { return std::vector<UsageRow>(); },
        Log());
    REQUIRE(other);
    bed.counters->note(call_of("v2.quotes", 1));
    (*other)->note(call_of("v2.quotes", 2));
    REQUIRE(bed.send());
    REQUIRE(bed.loop.await((*other)->send(kNoon)));
    CHECK(bed.field(kToday, "total") == "3");
  }

  TEST_CASE("served, counters arrive by themselves until it is cancelled") {
    Bed bed;
    const SystemClock clock;
    boost::asio::cancellation_signal cancel;
    bool is_over = false;
    boost::asio::co_spawn(bed.loop.loop,
                          bed.counters->serve(&clock),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&](const std::exception_ptr&) { is_over = true; }));
    const auto arrives = [&](const char* total) {
      bed.loop.loop.restart();
      return test::wait_until([&] {
        bed.loop.loop.run_for(10ms);
        return bed.field("cache_metrics", "credits") == total;
      });
    };
    bed.counters->note(call_of("v2.quotes", 1));
    CHECK(arrives("1"));
    bed.redis.kill9();
    bed.counters->note(call_of("v2.quotes", 2));
    bed.loop.loop.run_for(50ms);
    bed.redis.start();
    CHECK(arrives("2"));
    cancel.emit(boost::asio::cancellation_type::terminal);
    bed.loop.loop.run_for(1s);
    CHECK(is_over);
  }

  TEST_CASE("a URL that is none is refused") {
    boost::asio::io_context loop;
    RedisCounters::Options options;
    options.url = "http://127.0.0.1";
    const auto made = RedisCounters::make(
        loop.get_executor(), std::move(options), [] { return std::vector<UsageRow>(); }, Log());
    REQUIRE_FALSE(made);
    CHECK(made.error().code == ErrorCode::Invalid);
  }
}
