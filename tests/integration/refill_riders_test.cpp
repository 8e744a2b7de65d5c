// Ride-alongs: what else a call brings for nothing, and that whoever it was made for never suffers
// from it.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include "refill/neighbours.hpp"
#include "riders_bed.hpp"
#include "sqlite_files.hpp"
#include "support/redis_server.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using test::Bed;
using test::good;
using test::holds;
using test::ids_of;
using test::key_of_id;
using test::kQuotes;
using test::last_ids;
using test::make_known;
using test::Names;
using test::OutageBed;
using test::refused;
using test::Reply;

TEST_SUITE("refill::Refill riders") {
  TEST_CASE("a call for two assets is filled up to a hundred, and costs a credit") {
    Bed bed(good);
    std::vector<credit::CallRecord> records;
    bed.book.on_settled([&](const credit::CallRecord& record) { records.push_back(record); });
    make_known(bed, 1, 75);
    make_known(bed, 76, 150);
    const auto calls = bed.upstream.calls().size();
    const std::int64_t credits = bed.book.totals().credits;
    const auto before = bed.clock.now();
    const auto wanted = bed.want(kQuotes + "900,901");
    bed.settle(wanted);
    for (const auto& one : wanted) CHECK(one->entry);
    CHECK(bed.upstream.calls().size() == calls + 1);
    CHECK(bed.book.totals().credits == credits + 1);
    const auto ids = last_ids(bed);
    CHECK(ids.size() == 100);
    CHECK(holds(ids, "900"));
    CHECK(holds(ids, "901"));
    CHECK(records.back().intent.assets == Names{"900", "901"});
    CHECK(records.back().intent.riding == 98);
    CHECK(bed.refill.counters().riding.load() ==
          98 + 25);  // the second call to make them known had some
    for (const auto& id : ids) {
      CAPTURE(id);
      const auto entry = bed.memory.lookup(key_of_id(id));
      REQUIRE(entry);
      CHECK(entry->fetched_at >= before);
    }
    // The next call brings those that are older.
    bed.settle(bed.want(kQuotes + "902"));
    const auto next = last_ids(bed);
    for (int id = 1; id <= 150; ++id) {
      CAPTURE(id);
      const auto name = std::to_string(id);
      CHECK((holds(ids, name) || holds(next, name)));
    }
  }

  TEST_CASE("switched off, calls carry what was asked for") {
    Refill::Options options;
    options.rides = false;
    Bed bed(good, options);
    make_known(bed, 1, 50);
    bed.settle(bed.want(kQuotes + "900"));
    CHECK(last_ids(bed) == Names{"900"});
    CHECK(bed.refill.counters().riding.load() == 0);
  }

  TEST_CASE("nothing rides that memory has no copy of: an answer could not be held against it") {
    Bed bed(good);
    make_known(bed, 1, 50);
    bed.memory.clear();
    bed.settle(bed.want(kQuotes + "900"));
    CHECK(last_ids(bed) == Names{"900"});
  }

  TEST_CASE("a price that is lost in what rides does not replace a good copy") {
    bool loses = false;
    Bed bed([&](const std::string& target) {
      if (!loses) return good(target);
      std::string body(test::kGood);
      for (const auto& id : ids_of(target)) {
        if (body.back() == '}') body += ',';
        body += id == "1" ? R"("1":{"id":1,"symbol":"X","quote":{"USD":{"price":null}}})"
                          : test::quote_of(id, id);
      }
      return Reply{.body = body + "}}"};
    });
    make_known(bed, 1, 50);
    const auto before = bed.memory.lookup(key_of_id("1"));
    loses = true;
    bed.settle(bed.want(kQuotes + "900"));
    REQUIRE(holds(last_ids(bed), "1"));
    CHECK(bed.memory.lookup(key_of_id("1")) == before);
    CHECK(bed.memory.lookup(key_of_id("2"))->fetched_at > before->fetched_at);
  }

  TEST_CASE("a refusal that names nothing is repeated without riders, and none ride for a while") {
    bool is_picky = true;
    Bed bed([&](const std::string& target) {
      const auto ids = ids_of(target);
      const bool is_bad = is_picky && holds(ids, "900") && ids.size() > 1;
      return is_bad ? refused("No.") : good(target);
    });
    make_known(bed, 1, 50);
    const auto calls = bed.upstream.calls().size();
    const auto wanted = bed.want(kQuotes + "900");
    bed.settle(wanted);
    CHECK(wanted.front()->entry);
    REQUIRE(bed.upstream.calls().size() == calls + 2);
    CHECK(ids_of(bed.upstream.calls()[calls]).size() == 51);
    CHECK(last_ids(bed) == Names{"900"});
    is_picky = false;
    bed.clock.advance(9min);
    bed.settle(bed.want(kQuotes + "901"));
    CHECK(last_ids(bed) == Names{"901"});
    bed.clock.advance(1min);
    bed.settle(bed.want(kQuotes + "902"));
    CHECK(last_ids(bed).size() > 50);
    CHECK(bed.upstream.calls().size() == calls + 4);
  }

  TEST_CASE("a refusal that names one of those that ride is repeated without that one") {
    Bed bed([is_known = true](const std::string& target) mutable {
      const bool is_bad = !is_known && holds(ids_of(target), "7");
      is_known = false;  // from the second call on it is not
      return is_bad ? refused(R"(Invalid value for \"id\": \"7\")") : good(target);
    });
    make_known(bed, 1, 50);
    const auto calls = bed.upstream.calls().size();
    const auto wanted = bed.want(kQuotes + "900");
    bed.settle(wanted);
    CHECK(wanted.front()->entry);
    REQUIRE(bed.upstream.calls().size() == calls + 2);
    CHECK(holds(ids_of(bed.upstream.calls()[calls]), "7"));
    CHECK(last_ids(bed).size() == 50);
    CHECK_FALSE(holds(last_ids(bed), "7"));
  }

  TEST_CASE("a failure of the provider is told to who waits, and no rider is asked for alone") {
    OutageBed bed;
    make_known(bed, 1, 50);
    bed.is_down = true;
    const auto calls = bed.upstream.calls().size();
    const auto wanted = bed.want(kQuotes + "900");
    bed.settle(wanted);
    REQUIRE(wanted.front()->failure);
    CHECK(wanted.front()->failure->http_status == 502);
    CHECK(bed.upstream.calls().size() == calls + 1);
  }

  TEST_CASE("a batch that all clients gave up is not made for what rides") {
    Refill::Options options;
    options.planner.max_calls = options.caller.max_calls = 1;
    options.request_deadline = 500ms;
    std::chrono::milliseconds delay{0};
    Bed bed(
        [&](const std::string& target) {
          auto reply = good(target);
          reply.delay = delay;
          return reply;
        },
        options);
    make_known(bed, 1, 50);
    const auto calls = bed.upstream.calls().size();
    delay = 1500ms;
    const auto slow = bed.want("/v2/cryptocurrency/quotes/latest?slug=a");
    bed.run_until_called(calls + 1);
    const auto late = bed.want(kQuotes + "900");
    bed.settle(late);
    REQUIRE(late.front()->failure);
    CHECK(late.front()->failure->http_status == 504);
    CHECK(bed.refill.counters().abandoned.load() == 1);
    CHECK(bed.refill.counters().riding.load() == 50);  // they were chosen
    CHECK(bed.upstream.calls().size() == calls + 1);
    // They ride in the next.
    delay = 0ms;
    bed.settle(bed.want(kQuotes + "901"));
    CHECK(last_ids(bed).size() == 51);
    CHECK(slow.front()->resolved.is_set());
  }

  TEST_CASE("a client that joins what rides is answered by the same call") {
    for (const bool is_refused : {false, true}) {
      CAPTURE(is_refused);
      std::chrono::milliseconds delay{0};
      Bed bed([&](const std::string& target) {
        auto reply =
            is_refused && ids_of(target).size() > 2 && delay > 0ms ? refused("No.") : good(target);
        reply.delay = delay;
        return reply;
      });
      make_known(bed, 1, 50);
      const auto calls = bed.upstream.calls().size();
      delay = 300ms;
      const auto wanted = bed.want(kQuotes + "900");
      bed.run_until_called(calls + 1);
      const auto joined = bed.want(kQuotes + "5", "late");
      bed.settle(wanted);
      bed.settle(joined);
      CHECK(wanted.front()->entry);
      CHECK(joined.front()->entry);
      CHECK(joined.front()->cost.count == 0);
      CHECK(bed.upstream.calls().size() == calls + (is_refused ? 2 : 1));
      if (is_refused) CHECK(last_ids(bed) == Names{"900", "5"});
    }
  }

  TEST_CASE("clients are charged the same, whatever rides") {
    for (const bool has_rides : {false, true}) {
      CAPTURE(has_rides);
      Refill::Options options;
      options.rides = has_rides;
      Bed bed(good, options, nullptr, test::unrecorded(), {{"a", {{9}, {}}}, {"b", {{9}, {}}}});
      make_known(bed, 1, 50);
      const std::int64_t credits = bed.book.totals().credits;
      const auto first = bed.want(kQuotes + "900,901", "a");
      const auto second = bed.want(kQuotes + "902", "b");
      bed.settle(first);
      bed.settle(second);
      CHECK(last_ids(bed).size() == (has_rides ? 53 : 3));
      CHECK(bed.book.totals().credits == credits + 1);
      CHECK(first[0]->cost.count + first[1]->cost.count == 1);
      CHECK(second[0]->cost.count == 0);
      for (const auto& use : bed.clients.uses()) {
        CAPTURE(use.client);
        CHECK(use.uses[static_cast<std::size_t>(ledger::WindowKind::Day)].spent ==
              (use.client == "a" ? 1 : 0));
      }
    }
  }

  TEST_CASE("what rode is in the record of calls") {
    const test::TempDir dir;
    const auto file = dir.file("calls.db");
    {
      const auto writer = test::open_writer(file);
      Bed bed(good, {}, writer.get());
      make_known(bed, 1, 50);
      bed.settle(bed.want(kQuotes + "900,901"));
      REQUIRE(test::run_job(*writer, [](SQLite::Database&) {}));
    }
    SQLite::Database database(file);
    SQLite::Statement rows(database,
                           "SELECT assets, riding, credits FROM upstream_calls ORDER BY id");
    REQUIRE(rows.executeStep());
    CHECK(rows.getColumn(0).getInt() == 50);
    CHECK(rows.getColumn(1).getInt() == 0);
    REQUIRE(rows.executeStep());
    CHECK(rows.getColumn(0).getInt() == 2);
    CHECK(rows.getColumn(1).getInt() == 50);
    CHECK(rows.getColumn(2).getInt() == 1);
  }

  TEST_CASE("what another daemon is fetching does not ride, and is not waited for") {
    test::RedisServer redis;
    redis.start();
    Refill::Options settings;
    settings.planner.max_calls = settings.caller.max_calls = 1;
    Bed bed(good, settings, nullptr, test::unrecorded(), {}, redis.url());
    make_known(bed, 1, 50);
    cache::Claims::Options options;
    options.url = redis.url();
    options.timeout = 5s;
    const auto theirs = cache::Claims::make(bed.loop.get_executor(), options);
    REQUIRE(theirs);
    std::vector<bool> claimed;
    const auto claim = [](cache::Claims* claims,
                          std::vector<std::string> keys,
                          std::vector<bool>* ours) -> boost::asio::awaitable<void> {
      *ours = co_await claims->claim(std::move(keys));
    };
    // Ours outlives the call that made it known for a moment.
    bed.run_until([&] {
      claimed.clear();
      auto task = claim(theirs->get(), {key_of_id("7")}, &claimed);
      boost::asio::co_spawn(bed.loop, std::move(task), boost::asio::detached);
      bed.run_until([&] { return !claimed.empty(); });
      return claimed.front();
    });
    const auto start = std::chrono::steady_clock::now();
    const auto wanted = bed.want(kQuotes + "900");
    bed.settle(wanted);
    CHECK(wanted.front()->entry);
    CHECK(last_ids(bed).size() == 50);
    CHECK_FALSE(holds(last_ids(bed), "7"));
    // Its batch is over: the next has its turn before patience with the other daemon would end.
    bed.settle(bed.want(kQuotes + "901"));
    CHECK(std::chrono::steady_clock::now() - start < Neighbours::Options{}.patience);
  }
}
