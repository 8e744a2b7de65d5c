// Purges over a real Redis and a real database: what daemons tell each other, what is kept.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "cache/sqlite_rows.hpp"
#include "purge/exchange.hpp"
#include "purge/rule_rows.hpp"
#include "purge/rule_text.hpp"
#include "redis/connection.hpp"
#include "support/migrated_database.hpp"
#include "support/redis_server.hpp"
#include "tier_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using purge::Exchange;
using purge::RuleBook;
using test::TierBed;

namespace {

cache::PurgeRule rule(const std::string& id, milliseconds before = 0ms) {
  cache::PurgeRule made;
  made.pattern.ids = {id};
  made.before = test::now() + before;
  made.until = made.before + 1h;
  return made;
}

// A daemon, as far as it tells and hears of purges.
struct Node {
  Node(TierBed& its_bed, const test::RedisServer& redis, std::string name) : bed(its_bed) {
    Exchange::Options options;
    options.url = redis.url();
    options.name = std::move(name);
    options.timeout = 5s;
    auto made = Exchange::make(
        bed.loop.get_executor(),
        std::move(options),
        book,
        clock,
        [this](const cache::PurgeRules& rules) {
          for (const auto& one : rules) (void)book.add(one);
          return takes;
        },
        Log(Log::Level::Error, Log::Format::Text));
    REQUIRE(made);
    exchange = *std::move(made);
  }

  Result<purge::Heard> talk() { return bed.await(exchange->talk(Exchange::Talk::Full)); }
  void order(const cache::PurgeRule& one) {
    (void)book.add(one);
    exchange->tell(purge::to_text(one.pattern));
  }
  purge::Confirmation confirm(std::chrono::milliseconds limit) {
    auto confirmation = bed.await(exchange->confirm(limit));
    REQUIRE(confirmation);
    return *std::move(confirmation);
  }
  [[nodiscard]] std::optional<TimePoint> before(const std::string& id) const {
    const auto found = book.by_text().find("id=" + id);
    return found == book.by_text().end() ? std::nullopt : std::optional(found->second.before);
  }

  TierBed& bed;
  SystemClock clock;
  RuleBook book{100};
  bool takes = true;
  std::unique_ptr<Exchange> exchange;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("purge::Exchange") {
  TEST_CASE("two talks at once withdraw what gave way once") {
    test::RedisServer redis;
    redis.start();
    TierBed bed;
    Node a(bed, redis, "a");
    a.order(rule("1"));
    a.order(rule("2"));
    REQUIRE(a.talk());
    cache::PurgeRule all = rule("1", 1s);
    all.pattern = {};
    all.pattern.globs = {"*"};
    a.order(all);
    auto replaced = a.book.take_replaced();
    CHECK(replaced.size() == 2);
    a.exchange->withdraw(replaced);
    bool has_ended = false;
    boost::asio::co_spawn(bed.loop,
                          a.exchange->talk(Exchange::Talk::Brief),
                          [&](const std::exception_ptr& bug, const Result<purge::Heard>& heard) {
                            has_ended = !bug && heard;
                          });
    REQUIRE(a.talk());
    REQUIRE(a.talk());
    CHECK(has_ended);
    Node b(bed, redis, "b");
    REQUIRE(b.talk());
    CHECK(b.book.size() == 1);
    CHECK(b.book.by_text().contains(purge::to_text(all.pattern)));
  }

  TEST_CASE("what one orders the others hold, and say so") {
    test::RedisServer redis;
    redis.start();
    TierBed bed;
    Node a(bed, redis, "a");
    Node b(bed, redis, "b");
    REQUIRE(a.talk());
    REQUIRE(b.talk());
    const auto first = rule("1");
    a.order(first);
    auto confirmation = a.confirm(50ms);
    CHECK(confirmation.by.empty());
    CHECK(confirmation.lacking == Names{"b"});
    REQUIRE(b.talk());
    CHECK(b.before("1") == first.before);
    confirmation = a.confirm(5s);
    CHECK(confirmation.by == Names{"b"});
    CHECK(confirmation.lacking.empty());
    // The later moment counts, whoever tells it, and an earlier one changes nothing.
    const auto later = rule("1", 10s);
    b.order(later);
    REQUIRE(b.talk());
    a.order(rule("1", -10s));
    REQUIRE(a.talk());
    CHECK(a.before("1") == later.before);
    // A daemon that comes later hears of all, one that goes is not waited for.
    Node c(bed, redis, "c");
    REQUIRE(c.talk());
    CHECK(c.before("1") == later.before);
    bed.await([](Exchange* exchange) -> boost::asio::awaitable<bool> {
      co_await exchange->leave();
      co_return true;
    }(b.exchange.get()));
    CHECK(a.confirm(5s).by == Names{"c"});
  }

  TEST_CASE("who cannot take a rule over does not say that it holds it") {
    test::RedisServer redis;
    redis.start();
    TierBed bed;
    Node a(bed, redis, "a");
    Node b(bed, redis, "b");
    REQUIRE(b.talk());
    b.takes = false;
    a.order(rule("1"));
    REQUIRE(a.talk());
    CHECK_FALSE(b.talk());
    CHECK(a.confirm(50ms).lacking == Names{"b"});
    b.takes = true;
    REQUIRE(b.talk());
    CHECK(a.confirm(50ms).by == Names{"b"});
  }

  TEST_CASE("what Redis lost is told anew, and nobody confirms by an old count") {
    test::RedisServer redis;
    redis.start();
    TierBed bed;
    Node a(bed, redis, "a");
    Node b(bed, redis, "b");
    for (const auto* id : {"1", "2", "3"}) a.order(rule(id));
    REQUIRE(a.talk());
    REQUIRE(b.talk());
    redis.flush();
    a.order(rule("4"));
    REQUIRE(a.talk());
    auto confirmation = a.confirm(50ms);
    CHECK(confirmation.by.empty());
    REQUIRE(b.talk());
    CHECK(b.before("4"));
    CHECK(a.confirm(50ms).by == Names{"b"});
    Node c(bed, redis, "c");
    REQUIRE(c.talk());
    for (const auto* id : {"1", "2", "3", "4"}) CHECK(c.before(id));
  }

  TEST_CASE("who comes later hears of no rule that gave way to another, but of one made anew") {
    test::RedisServer redis;
    redis.start();
    TierBed bed;
    Node a(bed, redis, "a");
    Node b(bed, redis, "b");
    for (const auto* id : {"1", "2", "3"}) a.order(rule(id, -10s));
    REQUIRE(a.talk());
    REQUIRE(b.talk());
    auto all = rule("1");
    all.pattern.ids = {"1", "2", "3"};
    a.order(all);
    const auto anew = rule("2", 10s);
    b.order(anew);  // at the same time, and not known to `a`
    REQUIRE(b.talk());
    a.exchange->withdraw(a.book.take_replaced());
    REQUIRE(a.talk());
    Node c(bed, redis, "c");
    REQUIRE(c.talk());
    CHECK(c.book.size() == 2);
    CHECK(c.book.take_replaced().empty());
    CHECK(c.before("2") == anew.before);
    CHECK(a.confirm(5s).lacking == Names{"b"});  // it has not heard of `all` yet
    REQUIRE(b.talk());
    CHECK(a.confirm(5s).lacking.empty());
  }

  TEST_CASE("a daemon that was killed is named for five minutes") {
    test::RedisServer redis;
    redis.start();
    TierBed bed;
    std::string url = redis.url();
    std::string password;
    auto connection = redis::Connection::make(bed.loop.get_executor(), url, password, {});
    REQUIRE(connection);
    const auto seen = [&](const std::string& name, std::chrono::seconds ago) {
      const auto at = std::chrono::system_clock::now().time_since_epoch() - ago;
      const auto ms = std::chrono::duration_cast<milliseconds>(at).count();
      std::vector<redis::Command> commands{
          {"HSET", std::string(purge::kToldKey), "d:" + name, "0 " + std::to_string(ms) + " 0"}};
      REQUIRE(bed.await((*connection)->run(std::move(commands), 5s)));
    };
    seen("killed", 290s);
    seen("forgotten", 310s);
    Node a(bed, redis, "a");
    a.order(rule("1"));
    const auto began = std::chrono::steady_clock::now();
    CHECK(a.confirm(5s).lacking == Names{"killed"});
    CHECK(std::chrono::steady_clock::now() - began < 4s);  // and is not waited for
  }

  TEST_CASE("without Redis it fails, and what was to be told is told later") {
    test::RedisServer redis;
    redis.start();
    TierBed bed;
    Node a(bed, redis, "a");
    Node b(bed, redis, "b");
    redis.stop();
    a.order(rule("1"));
    CHECK_FALSE(a.talk());
    redis.start();
    REQUIRE(a.talk());
    REQUIRE(b.talk());
    CHECK(b.before("1"));
  }
}

TEST_SUITE("purge: the database") {
  TEST_CASE("rules come back while they hold") {
    test::MigratedDatabase bed;
    const auto now = std::chrono::floor<milliseconds>(test::now());
    auto held = rule("1");
    auto ended = rule("2");
    ended.until = now - 1ms;
    purge::keep_rules(bed.database, {held, ended}, {}, now - 1h);
    auto rules = purge::load_rules(*bed.readers, now);
    REQUIRE(rules);
    REQUIRE(rules->size() == 1);
    CHECK(rules->front() == held);
    held.before += 5ms;
    purge::keep_rules(bed.database, {held}, {}, now);
    rules = purge::load_rules(*bed.readers, now - 2h);
    REQUIRE(rules);
    REQUIRE(rules->size() == 1);  // the other one went
    CHECK(rules->front() == held);
    auto wide = rule("1", 1s);
    wide.pattern.ids = {"1", "2"};
    purge::keep_rules(bed.database, {wide}, {{purge::to_text(held.pattern), held.before}}, now);
    rules = purge::load_rules(*bed.readers, now);
    REQUIRE(rules);
    REQUIRE(rules->size() == 1);
    CHECK(rules->front() == wide);
    // Jobs may come in another order than they were ordered in.
    auto newer = wide;
    newer.before += 1h;
    newer.until += 1h;
    purge::keep_rules(bed.database, {newer}, {}, now);
    purge::keep_rules(bed.database, {wide}, {}, now);
    purge::keep_rules(bed.database, {}, {{purge::to_text(wide.pattern), wide.before}}, now);
    rules = purge::load_rules(*bed.readers, now);
    REQUIRE(rules);
    REQUIRE(rules->size() == 1);
    CHECK(rules->front() == newer);
  }

  TEST_CASE("entries are found by what a pattern covers") {
    test::MigratedDatabase bed;
    const auto now = test::now();
    cache::upsert_entries(bed.database,
                          {{"qc1:v2.quotes:id:1:USD:-", test::make_entry("{}")},
                           {"qc1:v2.quotes:id:2:USD:-", test::make_entry("{}")},
                           {"qc1:v2.quotes:id:1:EUR:-", test::make_entry("{}", 2h)}},
                          now,
                          {});
    const auto pattern = rule("1").pattern;
    const auto found = bed.readers->read([&](store::Reader& reader) {
      return cache::find_keys(
          reader, now, {}, [&](const std::string& key, const cache::Entry& entry) {
            return cache::covers(pattern, key, entry);
          });
    });
    REQUIRE(found);
    CHECK(*found == std::vector<std::string>{"qc1:v2.quotes:id:1:USD:-"});
  }
}
