// Refill and the book of calls with its database: what a call is booked as, and what is told to
// those whose call is not paid.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "refill_bed.hpp"
#include "sqlite_files.hpp"
#include "store/writer.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::calling;
using namespace quotecached::refill;
using test::Bed;
using test::good;
using test::kQuotes;
using test::made;
using test::open_writer;
using test::Reply;
using test::run_job;
using test::TempDir;

namespace {

credit::Book::Options capped(const ledger::Caps& caps) {
  credit::Book::Options options;
  options.ledger.caps = caps;
  options.ledger.foreground_reserve = 0;
  options.stops_on_ledger_failure = false;
  return options;
}

// The last call's row, column by column.
struct Row {
  std::string endpoint;
  std::string cause;
  std::string client;
  int credits = 0;
  int predicted = 0;
  int state = -1;
  int assets = 0;
};

Row last_row(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READONLY, 2000);
  SQLite::Statement row(database,
                        "SELECT endpoint, cause, client, credits, predicted, state, assets "
                        "FROM upstream_calls ORDER BY id DESC");
  REQUIRE(row.executeStep());
  return {row.getColumn(0).getString(),
          row.getColumn(1).getString(),
          row.getColumn(2).getString(),
          row.getColumn(3).getInt(),
          row.getColumn(4).getInt(),
          row.getColumn(5).getInt(),
          row.getColumn(6).getInt()};
}

asio::awaitable<void> probe_into(Refill* refill, std::optional<CallResult>* result) {
  upstream::Request request;
  request.target = "/v1/key/info";
  auto end = co_await refill->probe(std::move(request), "v1.key_info");
  result->emplace(std::move(end));
}

}  // namespace

TEST_SUITE("refill::Refill") {
  TEST_CASE("when the provider sees a call its hold is on the disk, with all that is known of it") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    std::optional<Row> seen;
    Bed bed(
        [&](const std::string& target) {
          seen = last_row(dir.file());
          return good(target);
        },
        {},
        writer.get(),
        {});
    bed.settle(bed.want(kQuotes + "1,2,3&convert=USD,EUR", "bot"));
    REQUIRE(seen);
    CHECK(seen->endpoint == "v2.quotes");
    CHECK(seen->cause == "miss");
    CHECK(seen->client == "bot");
    CHECK(seen->credits == 2);
    CHECK(seen->predicted == 2);
    CHECK(seen->state == 0);
    CHECK(seen->assets == 3);
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
    const auto settled = last_row(dir.file());
    CHECK(settled.state == 1);
    CHECK(settled.credits == 1);  // as the answer says
  }

  TEST_CASE("a call is booked as what it is made for, and as a refresh for who holds a copy") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    std::string seen;
    Bed bed(
        [&](const std::string& target) {
          seen = last_row(dir.file()).cause;
          return good(target);
        },
        {},
        writer.get(),
        {});
    using enum credit::Cause;
    struct Row {
      const char* id;
      Reason reason;
      bool has_copy;
      const char* cause;
    };
    for (const auto& row : {Row{"1", {Priority::Foreground, Miss}, false, "miss"},
                            Row{"2", {Priority::Foreground, Miss}, true, "refresh"},
                            Row{"3", {Priority::Refresh, Refresh}, true, "refresh"},
                            Row{"4", {Priority::Warm, Warm}, true, "warm"},
                            Row{"5", {Priority::Warm, Cron}, true, "cron"},
                            Row{"6", {Priority::Backfill, Warm}, false, "warm"}}) {
      CAPTURE(row.id);
      bed.settle(bed.want(kQuotes + row.id, "", row.has_copy, row.reason));
      CHECK(seen == row.cause);
    }
  }

  TEST_CASE("a lookup by symbol is held for all coins that may share one") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    std::optional<Row> seen;
    Bed bed(
        [&](const std::string&) {
          seen = last_row(dir.file());
          return Reply{.body = std::string(test::kGood) + "}}"};
        },
        {},
        writer.get(),
        {});
    bed.settle(bed.want("/v2/cryptocurrency/quotes/latest?symbol=AAA,BBB,CCC,DDD,EEE"));
    REQUIRE(seen);
    CHECK(seen->credits == 2);  // 5 x 25 coins, 100 to a credit
    CHECK(seen->predicted == 1);
  }

  TEST_CASE("what the budget does not cover is not called, and clients hear until when") {
    Bed bed(
        [](const std::string& target) { return good(target); }, {}, nullptr, capped({0, {1}, {}}));
    // The day must not end between the two calls.
    const auto now = bed.clock.now();
    if (std::chrono::ceil<std::chrono::days>(now) - now < 10s) bed.clock.advance(10s);
    const auto paid = bed.want(kQuotes + "1");
    bed.settle(paid);
    CHECK(paid.front()->entry);
    const auto unpaid = bed.want(kQuotes + "2");
    bed.settle(unpaid);
    REQUIRE(unpaid.front()->failure);
    CHECK(unpaid.front()->failure->http_status == 429);
    CHECK(unpaid.front()->failure->error_code == 1009);
    CHECK(unpaid.front()->failure->retry_after > 0s);
    CHECK(unpaid.front()->failure->retry_after <= 24h);
    CHECK(bed.upstream.calls().size() == 1);
  }

  TEST_CASE("a call waits for the next minute, and goes out then") {
    Bed bed(
        [](const std::string& target) { return good(target); }, {}, nullptr, capped({1, {}, {}}));
    // Early in a minute, so that the test does not cross its end by itself.
    const auto now = bed.clock.now();
    bed.clock.advance(std::chrono::ceil<std::chrono::minutes>(now) + 50s - now);
    bed.settle(bed.want(kQuotes + "1"));
    const auto second = bed.want(kQuotes + "2");
    bed.loop.run_for(600ms);
    CHECK(bed.upstream.calls().size() == 1);
    CHECK_FALSE(second.front()->resolved.is_set());
    bed.clock.advance(10s);
    bed.settle(second);
    CHECK(second.front()->entry);
    CHECK(bed.upstream.calls().size() == 2);
  }

  TEST_CASE("the spend mode is obeyed by whoever needs the call most") {
    Bed bed([](const std::string& target) { return good(target); });
    bed.policy.publish(pacing::policy_of(pacing::SpendMode::ForegroundOnly));
    const auto refresh = bed.want(kQuotes + "1", "", true);
    bed.settle(refresh);
    REQUIRE(refresh.front()->failure);
    CHECK(refresh.front()->failure->http_status == 429);
    CHECK(bed.upstream.calls().empty());
    const auto miss = bed.want(kQuotes + "2");
    bed.settle(miss);
    CHECK(miss.front()->entry);
    bed.policy.publish(pacing::policy_of(pacing::SpendMode::CacheOnly));
    const auto refused = bed.want(kQuotes + "3");
    bed.settle(refused);
    CHECK(refused.front()->failure);
    CHECK(bed.upstream.calls().size() == 1);
  }

  TEST_CASE("key/info may be asked in any mode and costs nothing") {
    Bed bed([](const std::string&) {
      return Reply{.body = R"({"status":{"error_code":0,"credit_count":0},"data":{}})"};
    });
    bed.policy.publish(pacing::policy_of(pacing::SpendMode::CacheOnly));
    const auto result = made(bed, probe_into);
    CHECK_FALSE(result.failure);
    REQUIRE(result.response);
    CHECK(bed.upstream.calls() == std::vector<std::string>{"/v1/key/info"});
    CHECK(bed.book.totals().credits == 0);
  }

  TEST_CASE("freshness is stretched from when that was said") {
    Refill::Options options;
    options.times.ttl_jitter = 0;
    Bed bed([](const std::string& target) { return good(target); }, options);
    const auto plain = bed.want(kQuotes + "1");
    bed.settle(plain);
    bed.policy.publish(pacing::policy_of(pacing::SpendMode::Economise, pacing::Age(0), 2.5));
    const auto stretched = bed.want(kQuotes + "2");
    bed.settle(stretched);
    const auto fresh_of = [](const PendingPtr& one) {
      REQUIRE(one->entry);
      return one->entry->fresh_until - one->entry->fetched_at;
    };
    CHECK(fresh_of(stretched.front()) == fresh_of(plain.front()) * 5 / 2);
  }

  TEST_CASE("since when the provider is not there is known until it is") {
    unsigned http_status = 200;
    Refill::Options options;
    options.caller.retries = 0;
    Bed bed(
        [&](const std::string& target) {
          auto reply = good(target);
          reply.http_status = http_status;
          return reply;
        },
        options);
    CHECK_FALSE(bed.refill.upstream_health().outage);
    http_status = 502;
    const auto before = bed.clock.now();
    bed.settle(bed.want(kQuotes + "1"));
    const auto first = bed.refill.upstream_health().outage;
    REQUIRE(first);
    const auto since = first->since;
    CHECK(since >= before);
    bed.clock.advance(5s);
    bed.settle(bed.want(kQuotes + "2"));
    const auto outage = bed.refill.upstream_health().outage;
    REQUIRE(outage);
    CHECK(outage->since == since);
    CHECK(outage->last > since);
    http_status = 200;
    bed.settle(bed.want(kQuotes + "3"));
    CHECK_FALSE(bed.refill.upstream_health().outage);
  }

  TEST_CASE("who hears that the day is spent waits at least as long as the provider says") {
    Bed bed([](const std::string&) {
      return Reply{
          .http_status = 429,
          .body = R"({"status":{"error_code":1009,"error_message":"spent","credit_count":0}})",
          .headers = "Retry-After: 172800\r\n"};
    });
    const auto wanted = bed.want(kQuotes + "1");
    bed.settle(wanted);
    REQUIRE(wanted.front()->failure);
    CHECK(wanted.front()->failure->error_code == 1009);
    CHECK(wanted.front()->failure->retry_after == 48h);
  }

  TEST_CASE("while the ledger cannot be written clients without a copy hear that") {
    Bed bed([](const std::string& target) { return good(target); }, {}, nullptr, {});
    const auto wanted = bed.want(kQuotes + "1");
    bed.settle(wanted);
    REQUIRE(wanted.front()->failure);
    CHECK(wanted.front()->failure->http_status == 503);
    CHECK(wanted.front()->failure->retry_after >= 1s);
    CHECK(bed.upstream.calls().empty());
  }

  TEST_CASE("each attempt is booked, retries as such") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    Refill::Options options;
    options.caller.retry_delay = 10ms;
    int calls = 0;
    Bed bed(
        [&](const std::string& target) {
          return ++calls == 1 ? Reply{.http_status = 502, .body = "<html>"} : good(target);
        },
        options,
        writer.get(),
        {});
    bed.settle(bed.want(kQuotes + "1"));
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
    SQLite::Database database(dir.file(), SQLite::OPEN_READONLY);
    CHECK(database.execAndGet("SELECT count(*) FROM upstream_calls").getInt() == 2);
    CHECK(last_row(dir.file()).cause == "retry");
    CHECK(database.execAndGet("SELECT spent FROM credit_windows WHERE kind = 'minute'").getInt() >=
          1);
  }

  TEST_CASE("an answer that a gateway lost may have been billed, the provider's errors are not") {
    struct Row {
      unsigned http_status;
      const char* body;
      std::int64_t booked;
    };
    const char* const status = R"({"status":{"error_code":500,"credit_count":0}})";
    const Row rows[] = {{504, "", 1},
                        {520, "<html>", 1},
                        {524, "<html>", 1},
                        {502, "<html>", 0},
                        {503, "<html>", 0},
                        {500, status, 0},
                        {504, status, 0},
                        {200, "<html>", 1}};
    for (const Row& row : rows) {
      CAPTURE(row.http_status);
      CAPTURE(row.body);
      Refill::Options options;
      options.caller.retries = 0;
      Bed bed([&](const std::string&) { return Reply{row.http_status, row.body, 0ms}; }, options);
      bed.settle(bed.want(kQuotes + "1"));
      CHECK(bed.book.totals().calls == 1);
      CHECK(bed.book.totals().credits == row.booked);
    }
  }
}
