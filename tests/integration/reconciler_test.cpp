// The reconciler against an upstream that counts as the test wants.
#include "refill/reconciler.hpp"

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "refill_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using test::Bed;
using test::good;
using test::kQuotes;
using test::Reply;

namespace {

constexpr std::string_view kKeyInfo = "/v1/key/info";

Reply key_info(std::int64_t per_month, std::int64_t used) {
  return {.body = fmt::format(R"({{"status":{{"error_code":0,"credit_count":0}},"data":{{"plan":{{)"
                              R"("credit_limit_monthly":{},"rate_limit_minute":30}},)"
                              R"("usage":{{"current_month":{{"credits_used":{}}}}}}}}})",
                              per_month,
                              used)};
}

credit::Book::Options adopting() {
  auto options = test::unrecorded();
  options.adopts_plan = true;
  return options;
}

struct Desk {
  explicit Desk(test::ScriptedUpstream::Script script,
                Reconciler::Options options = {},
                const credit::Book::Options& book = adopting())
      : bed(std::move(script), {}, nullptr, book),
        reconciler(bed.loop.get_executor(), bed.refill, bed.book, bed.dialect, options, Log()) {
    leave_turn_of_month();
    reconciler.start();
  }
  // In a month's first minutes a larger count may be the last month's, and is not believed.
  void leave_turn_of_month() {
    const auto month_at = [now = bed.clock.now()](std::chrono::minutes away) {
      return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now + away)).month();
    };
    if (month_at(-10min) != month_at(10min)) bed.clock.advance(20min);
  }
  template <class Condition>
  void run_until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!condition() && std::chrono::steady_clock::now() < end) bed.loop.run_one_for(1s);
    REQUIRE(condition());
  }
  void stop() {
    bool is_over = false;
    auto task = reconciler.stop(1s);
    asio::co_spawn(
        bed.loop, std::move(task), [&](std::exception_ptr failure) { is_over = !failure; });
    run_until([&] { return is_over; });
  }

  Bed bed;
  Reconciler reconciler;
};

}  // namespace

TEST_SUITE("refill::Reconciler") {
  TEST_CASE("brings limits and use in line, at the start and then again and again") {
    std::int64_t used = 97;
    Desk desk([&](const std::string&) { return key_info(100, used); }, {.interval = 20ms});
    desk.run_until([&] { return desk.bed.book.view().read_at.has_value(); });
    const auto first = desk.bed.book.view();
    REQUIRE(first.plan);
    CHECK(first.plan->caps.per_month == Credits{100});
    CHECK(first.plan->caps.requests_per_minute == 30);
    CHECK(first.uses[2].spent == 97);
    CHECK(first.drift[2] == 0);  // that was before there was a book
    used = 99;
    desk.run_until([&] { return desk.bed.book.view().uses[2].spent == 99; });
    desk.stop();
    desk.bed.loop.run_for(100ms);  // what was under way at the stop arrives
    const auto calls = desk.bed.upstream.calls().size();
    desk.bed.loop.run_for(100ms);
    CHECK(desk.bed.upstream.calls().size() == calls);
  }

  TEST_CASE("reads at once when asked to") {
    std::int64_t used = 1;
    Desk desk([&](const std::string&) { return key_info(100, used); }, {.interval = 1h});
    desk.run_until([&] { return desk.bed.book.view().uses[2].spent == 1; });
    used = 2;
    bool went_well = false;
    auto reading = desk.reconciler.read();
    asio::co_spawn(
        desk.bed.loop, std::move(reading), [&](std::exception_ptr failure, Result<void> end) {
          went_well = !failure && end.has_value();
        });
    desk.run_until([&] { return went_well; });
    CHECK(desk.bed.book.view().uses[2].spent == 2);
    desk.stop();
  }

  TEST_CASE("a refused key is asked about until it is good, and that ends its alarm at once") {
    bool is_good = false;
    int calls = 0;
    Desk desk(
        [&](const std::string&) {
          ++calls;
          return is_good
                     ? key_info(100, 1)
                     : Reply{
                           401, R"({"status":{"error_code":1001}})", std::chrono::milliseconds(0)};
        },
        {.interval = 1h, .retry_after = 10ms});
    desk.run_until([&] { return calls >= 3; });
    CHECK(desk.bed.book.view().key_error == 1001);
    is_good = true;
    desk.run_until([&] { return !desk.bed.book.view().key_error; });
    desk.stop();
  }

  TEST_CASE("a key that is refused between two readings is asked about soon") {
    bool is_good = true;
    Desk desk(
        [&](const std::string& target) {
          if (is_good) return target.starts_with(kKeyInfo) ? key_info(100, 1) : good(target);
          is_good = true;  // the next time
          return Reply{401, R"({"status":{"error_code":1001}})", std::chrono::milliseconds(0)};
        },
        {.interval = 1h, .retry_after = 10ms});
    desk.run_until([&] { return desk.bed.book.view().read_at.has_value(); });
    is_good = false;
    desk.bed.settle(desk.bed.want(kQuotes + "1"));
    desk.run_until([&] { return !desk.bed.book.view().key_error; });
    const auto again = desk.bed.want(kQuotes + "2");
    desk.bed.settle(again);
    CHECK(again.front()->entry);
    desk.stop();
  }

  TEST_CASE("what was used is taken though no limit is told") {
    auto book = adopting();
    book.ledger.caps.per_month = {50};
    Desk desk(
        [](const std::string&) {
          return Reply{.body = R"({"status":{"error_code":0},"data":{"plan":{},)"
                               R"("usage":{"current_month":{"credits_used":7}}}})"};
        },
        {},
        book);
    desk.run_until([&] { return !desk.bed.book.view().reading_error.empty(); });
    CHECK_FALSE(desk.bed.book.view().plan);
    CHECK(desk.bed.book.view().uses[2].cap == 50);
    CHECK(desk.bed.book.view().uses[2].spent == 7);
  }

  TEST_CASE("the first calls wait for the limits, and obey them") {
    auto book = adopting();
    book.first_reading = 5s;
    Desk desk(
        [](const std::string& target) {
          if (target != kKeyInfo) return good(target);
          auto reply = key_info(100, 100);
          reply.delay = 200ms;
          return reply;
        },
        {},
        book);
    const auto wanted = desk.bed.want(kQuotes + "1");
    desk.bed.settle(wanted);
    REQUIRE(wanted.front()->failure);
    CHECK(wanted.front()->failure->error_code == 1010);
    CHECK(desk.bed.upstream.calls() == std::vector<std::string>{std::string(kKeyInfo)});
  }

  TEST_CASE("a reading that fails lets calls pass, and is soon made again") {
    auto book = adopting();
    book.first_reading = 5s;
    int readings = 0;
    Desk desk(
        [&](const std::string& target) {
          if (target != kKeyInfo) return good(target);
          ++readings;
          return readings < 3 ? Reply{.body = R"({"status":{"error_code":0},"data":{"plan":{}}})"}
                              : key_info(100, 1);
        },
        {.interval = 1h, .retry_after = 20ms},
        book);
    const auto wanted = desk.bed.want(kQuotes + "1");
    desk.bed.settle(wanted);
    CHECK(wanted.front()->entry);
    desk.run_until([&] { return desk.bed.book.view().plan.has_value(); });
    CHECK(readings == 3);
    CHECK(desk.bed.book.view().reading_error.empty());
  }
}
