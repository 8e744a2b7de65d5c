// Refill against an upstream that says what the test wants: what is called, how often, and what
// those who wait are told.
#include "refill/refill.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "refill_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using test::Bed;
using test::good;
using test::ids_of;
using test::kGood;
using test::kQuotes;
using test::quote_of;
using test::Reply;

TEST_SUITE("refill::Refill") {
  TEST_CASE("what is paid for and cannot be used is not paid for again at once") {
    // Under the key of one asset stands another.
    Bed bed([](const std::string&) {
      return Reply{.body = std::string(kGood) + quote_of("1", "2") + "}}"};
    });
    for (int i = 0; i < 5; ++i) {
      const auto wanted = bed.want(kQuotes + "1");
      bed.settle(wanted);
      CHECK(wanted.front()->entry == nullptr);
      REQUIRE(wanted.front()->failure);
      CHECK(wanted.front()->failure->http_status == 502);
    }
    CHECK(bed.upstream.calls().size() == 1);
  }

  TEST_CASE("the form of the provider's status is learnt by endpoint") {
    Bed bed([](const std::string& target) {
      auto reply = good(target);
      const std::string classic = R"("error_code":0)";
      const auto at = reply.body.find(classic);
      REQUIRE(at != std::string::npos);
      reply.body.replace(at, classic.size(), R"("error_code":"0","error_message":"")");
      return reply;
    });
    const auto* quotes = catalog::Catalogue::built_in().by_name("v2.quotes");
    const auto form = [&] { return bed.forms.of(quotes->position, provider::kClassicForm); };
    CHECK(form() == provider::kClassicForm);
    bed.settle(bed.want(kQuotes + "1"));
    CHECK(form() == provider::kTextForm);
  }

  TEST_CASE("a refusal that names nobody is narrowed down to its asset") {
    unsigned http_status = 400;
    std::string code = "400";
    SUBCASE("with a status of its own") {}
    SUBCASE("with status 200, and the code of a bad request") {
      http_status = 200;
      code = "4001";
    }
    Bed bed([=](const std::string& target) {
      const auto ids = ids_of(target);
      const bool is_bad = std::find(ids.begin(), ids.end(), "77") != ids.end();
      if (!is_bad) return good(target);
      return Reply{.http_status = http_status,
                   .body = R"({"status":{"error_code":)" + code +
                           R"(,"error_message":"No.","credit_count":0}})"};
    });
    std::string target = kQuotes + "1";
    for (int id = 2; id <= 100; ++id) target += "," + std::to_string(id);
    const auto wanted = bed.want(target);
    bed.settle(wanted);
    std::size_t found = 0;
    for (const auto& one : wanted) found += one->entry ? 1U : 0U;
    CHECK(found == 99);
    CHECK(bed.upstream.calls().size() <= 17);
  }

  TEST_CASE("a plan of one convert gets its answer, convert by convert, and is known then") {
    Bed bed([](const std::string& target) {
      const bool has_eur = target.find("EUR") != std::string::npos;
      if (!has_eur || target.find("USD") == std::string::npos) {
        Reply reply = good(target);
        if (!has_eur) return reply;
        for (auto at = reply.body.find("USD"); at != std::string::npos; at = reply.body.find("USD"))
          reply.body.replace(at, 3, "EUR");
        return reply;
      }
      return Reply{.http_status = 400,
                   .body = R"({"status":{"error_code":400,"error_message":)"
                           R"("Your plan is limited to 1 convert options"}})"};
    });
    std::string target = kQuotes + "1";
    for (int id = 2; id <= 200; ++id) target += "," + std::to_string(id);
    const auto wanted = bed.want(target + "&convert=USD,EUR");
    bed.settle(wanted);
    for (const auto& one : wanted) CHECK(one->entry);
    CHECK(bed.upstream.calls().size() <= 6);  // 30 when it was halved
    const auto before = bed.upstream.calls().size();
    const auto single = bed.want(kQuotes + "300&convert=USD,EUR");
    bed.settle(single);
    for (const auto& one : single) CHECK(one->entry);
    CHECK(bed.upstream.calls().size() == before + 2);
  }

  TEST_CASE("asked convert by convert, failures of upstream hold off nobody who has no copy") {
    bool is_down = false;
    Refill::Options options;
    options.caller.retries = 0;
    Bed bed(
        [&](const std::string& target) {
          if (is_down) return Reply{.http_status = 500, .body = "<html>"};
          if (target.find("USD") == target.npos) return good(target);
          return Reply{.http_status = 400,
                       .body = R"({"status":{"error_code":400,"error_message":)"
                               R"("Your plan is limited to 1 convert options"}})"};
        },
        options);
    bed.settle(bed.want(kQuotes + "1&convert=EUR,GBP,USD"));
    is_down = true;
    bed.settle(bed.want(kQuotes + "2&convert=EUR,GBP,USD"));
    is_down = false;
    const auto dollars = bed.want(kQuotes + "2");
    bed.settle(dollars);
    CHECK(dollars.front()->entry);
  }

  TEST_CASE("thousands of batches that end at once do not stand on one stack") {
    Bed bed([](const std::string&) {
      return Reply{.http_status = 429,
                   .body = R"({"status":{"error_code":1009,"error_message":"spent"}})"};
    });
    bed.settle(bed.want(kQuotes + "1"));  // the day is spent
    std::vector<PendingPtr> all;
    for (int i = 1; i <= 15000; ++i) {
      auto one = bed.want("/v1/cryptocurrency/listings/latest?start=" + std::to_string(i));
      all.push_back(std::move(one.front()));
    }
    bed.settle(all);
    CHECK(std::ranges::all_of(all, [](const auto& one) { return one->failure != nullptr; }));
    CHECK(bed.upstream.calls().size() == 1);
  }

  TEST_CASE("a request that is wrong whatever its assets is not tried with each of them") {
    Bed bed([](const std::string&) {
      return Reply{.http_status = 400,
                   .body = R"({"status":{"error_code":400,"error_message":"No."}})"};
    });
    std::string target = kQuotes + "1";
    for (int id = 2; id <= 100; ++id) target += "," + std::to_string(id);
    bed.settle(bed.want(target));
    CHECK(bed.upstream.calls().size() == 3);
    bed.settle(bed.want(kQuotes + "500"));  // it is the lane's for a while
    CHECK(bed.upstream.calls().size() == 3);
    bed.settle(bed.want(target + "&convert=EUR,GBP,CHF"));  // all together, then two of them
    CHECK(bed.upstream.calls().size() <= 3 + 1 + 2 * 3);
  }

  TEST_CASE("one asset that is refused alone, in whatever words, holds no other off") {
    for (const std::string message :
         {"No.", R"(Invalid value for \"id\")", R"(Invalid values for \"id\": \"0\")"}) {
      CAPTURE(message);
      Bed bed([&](const std::string& target) {
        const auto ids = test::ids_of(target);
        if (std::ranges::find(ids, "9") == ids.end()) return good(target);
        return Reply{
            .http_status = 400,
            .body = R"({"status":{"error_code":400,"error_message":")" + message + R"("}})"};
      });
      bed.settle(bed.want(kQuotes + "9"));
      const auto wanted = bed.want(kQuotes + "1");
      bed.settle(wanted);
      CHECK(wanted.front()->entry);
      const auto both = bed.want(kQuotes + "2,9");
      bed.settle(both);
      CHECK(both.front()->entry);
      CHECK(both.back()->failure);
    }
  }

  TEST_CASE("nothing is called for that nobody waits for any more") {
    Refill::Options options;
    options.planner.max_calls = 1;
    options.caller.max_calls = 1;
    options.request_deadline = 500ms;
    Bed bed(
        [](const std::string& target) {
          auto reply = good(target);
          reply.delay = 1500ms;
          return reply;
        },
        options);
    const auto first = bed.want(kQuotes + "1");
    bed.run_until_called(1);
    const auto late = bed.want(kQuotes + "2&convert=EUR");
    bed.settle(first);
    bed.settle(late);
    CHECK(first.front()->entry);
    CHECK_FALSE(late.front()->entry);
    REQUIRE(late.front()->failure);
    CHECK(late.front()->failure->http_status == 504);
    CHECK(bed.upstream.calls().size() == 1);
    CHECK(bed.refill.counters().abandoned == 1);
  }

  TEST_CASE("of an asset that is being fetched in one currency only the others are asked for") {
    Bed bed([](const std::string& target) {
      auto reply = good(target);
      reply.delay = 300ms;
      return reply;
    });
    const auto dollars = bed.want(kQuotes + "1&convert=USD");
    bed.run_until_called(1);
    const auto both = bed.want(kQuotes + "1,2&convert=USD,EUR");
    REQUIRE(both.size() == 4);
    CHECK(both[0] == dollars[0]);
    bed.settle(both);
    CHECK(both[0]->entry);
    const auto calls = bed.upstream.calls();
    REQUIRE(calls.size() == 3);
    for (const std::string asked : {"id=1&convert=EUR", "id=2&convert=USD,EUR"}) {
      CAPTURE(asked);
      CHECK(std::count_if(calls.begin(), calls.end(), [&](const std::string& call) {
              return call.find(asked) != std::string::npos;
            }) == 1);
    }
  }

  TEST_CASE("what a batch has given up can be had while the batch still runs for others") {
    Refill::Options options;
    options.planner.max_calls = 1;
    options.caller.max_calls = 1;
    options.request_deadline = 1200ms;
    Bed bed(
        [](const std::string& target) {
          auto reply = good(target);
          reply.delay = ids_of(target).front() == "1" ? 1800ms : 450ms;
          return reply;
        },
        options);
    const auto first = bed.want(kQuotes + "1");
    bed.run_until_called(1);
    const auto queued = bed.want(kQuotes + "2,3&aux=tags");
    bed.loop.run_for(1200ms);
    const auto again = bed.want(kQuotes + "3&aux=tags");
    bed.run_until_called(2);
    CHECK(bed.upstream.calls().back().find("id=3&") != std::string::npos);
    REQUIRE(queued.front()->failure);
    const auto anew = bed.want(kQuotes + "2&aux=tags");
    bed.settle(again);
    bed.settle(anew);
    CHECK(again.front()->entry);
    CHECK(anew.front()->entry);
  }
}
