// Refill and what the provider refuses without saying why: which calls that closes, and for how
// long.
#include <doctest/doctest.h>

#include "refill_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::calling;
using namespace quotecached::refill;
using test::Bed;
using test::good;
using test::kGood;
using test::kQuotes;
using test::made;
using test::Reply;

namespace {

asio::awaitable<void> forward_into(Refill* refill, std::optional<CallResult>* result) {
  ForwardedCall call;
  call.request.target = "/v9/other";
  call.endpoint = "forward";
  call.price = {{10}, {1}, {}, false};
  auto end = co_await refill->forward(std::move(call));
  result->emplace(std::move(end));
}

}  // namespace

TEST_SUITE("refill::Refill") {
  TEST_CASE(
      "a key that is refused without a code is asked about, and rests if that is refused too") {
    for (const unsigned http_status : {401U, 402U}) {
      CAPTURE(http_status);
      Bed bed([&](const std::string&) { return Reply{http_status, R"({"message":"no"})", 0ms}; });
      bed.settle(bed.want(kQuotes + "1"));
      bed.run_until([&] { return bed.book.view().key_error.has_value(); });
      const auto again = bed.want(kQuotes + "2&convert=EUR");
      bed.settle(again);
      REQUIRE(again.front()->failure);
      CHECK(again.front()->failure->retry_after > 9min);
      CHECK(bed.upstream.calls().size() == 2);
      CHECK(bed.upstream.calls().back() == "/v1/key/info");
      CHECK(bed.book.view().key_error == (http_status == 401 ? 1001 : 1003));
    }
  }

  TEST_CASE("an error in an answer of status 200 is the failure that its code says, never a copy") {
    struct Row {
      int error_code;
      unsigned http_status;
      bool is_retried;
    };
    for (const std::string& path :
         {kQuotes + "1", std::string("/v1/global-metrics/quotes/latest")}) {
      for (const auto& row : {Row{400, 400, false},
                              Row{429, 429, false},
                              Row{1001, 502, false},
                              Row{1006, 403, false},
                              Row{1008, 429, false},
                              Row{1009, 429, false},
                              Row{1011, 429, false},
                              Row{500, 502, true}}) {
        CAPTURE(path);
        CAPTURE(row.error_code);
        Refill::Options options;
        options.caller.retry_delay = 1ms;
        Bed bed(
            [&](const std::string&) {
              return Reply{.body = fmt::format(R"({{"status":{{"error_code":{},"error_message":)"
                                               R"("no","credit_count":0}},"data":{{"1":{{}}}}}})",
                                               row.error_code)};
            },
            options);
        const auto asked = bed.want(path);
        bed.settle(asked);
        CHECK_FALSE(asked.front()->entry);
        REQUIRE(asked.front()->failure);
        CHECK(asked.front()->failure->http_status == row.http_status);
        CHECK_FALSE(bed.memory.lookup(asked.front()->key));
        const auto calls = bed.upstream.calls().size();
        CHECK((calls > 1) == row.is_retried);
      }
    }
  }

  TEST_CASE("a question about the key that could not be asked is asked the next time") {
    Refill::Options options;
    options.verification_rest = 0ms;
    Bed bed(
        [](const std::string& target) {
          if (target.find("convert=") == target.npos)
            return Reply{429, R"({"status":{"error_code":1008,"credit_count":0}})", 0ms};
          const bool is_slow = target.find("EUR") != target.npos;
          return Reply{401, R"({"message":"no"})", is_slow ? 300ms : 0ms};
        },
        options);
    const auto doubted = bed.want(kQuotes + "1&convert=EUR");
    bed.run_until_called(1);
    bed.settle(bed.want(kQuotes + "2"));  // the minute is spent
    bed.settle(doubted);
    CHECK(bed.upstream.calls().size() == 2);
    bed.clock.advance(61s);
    bed.settle(bed.want(kQuotes + "3&convert=GBP"));
    bed.run_until([&] { return bed.upstream.calls().back() == "/v1/key/info"; });
  }

  TEST_CASE("one endpoint that refuses the key without a code closes nothing else") {
    Bed bed([](const std::string& target) {
      if (target.starts_with("/v1/key/info")) return Reply{200, std::string(kGood) + "}}", 0ms};
      return target.find("convert=EUR") == std::string::npos
                 ? good(target)
                 : Reply{401, R"({"message":"no"})", 0ms};
    });
    bed.settle(bed.want(kQuotes + "1&convert=EUR"));
    bed.run_until([&] { return bed.upstream.calls().size() == 2; });
    const auto other = bed.want(kQuotes + "2");
    bed.settle(other);
    CHECK(other.front()->entry);
    CHECK_FALSE(bed.book.view().key_error);
    bed.settle(bed.want(kQuotes + "3&convert=EUR"));  // which rests for a while
    CHECK(bed.upstream.calls().size() == 3);
  }

  TEST_CASE("a forwarded answer closes its own path and nothing else, whatever it says") {
    for (const int code : {1001, 1008, 1009, 1010}) {
      CAPTURE(code);
      Bed bed([&](const std::string& target) {
        if (!target.starts_with("/v9/")) return good(target + "?id=1");
        return Reply{code == 1001 ? 401U : 429U,
                     R"({"status":{"error_code":)" + std::to_string(code) + "}}",
                     0ms};
      });
      REQUIRE(made(bed, forward_into).response);
      CHECK_FALSE(bed.book.view().key_error);
      const auto forwarded = bed.upstream.calls().size();
      const auto again = made(bed, forward_into);
      CHECK_FALSE(again.response);
      REQUIRE(again.failure);
      CHECK(again.failure->retry_after >= 1min);
      const auto other = bed.want(kQuotes + "2");
      bed.settle(other);
      CHECK(other.front()->entry);
      CHECK(std::ranges::count(bed.upstream.calls(), std::string("/v9/other")) == 1);
      CHECK(bed.upstream.calls().size() <= forwarded + 2);  // the quote, and once the key
    }
  }

  TEST_CASE("forwards and odd lanes that fail stop themselves only") {
    Refill::Options options;
    options.caller.retry_delay = 1ms;
    for (const unsigned http_status : {400U, 403U, 414U, 500U}) {
      CAPTURE(http_status);
      Bed bed(
          [&](const std::string& target) {
            if (target.starts_with("/v1/key/info")) return good("id=1");
            const bool is_odd = target.starts_with("/v9/") || target.find("EUR") != target.npos;
            return is_odd ? Reply{http_status, "<html>", 0ms} : good(target);
          },
          options);
      for (int i = 0; i < 6; ++i) {
        (void)made(bed, forward_into);
        bed.settle(bed.want(kQuotes + std::to_string(100 + i) + "&convert=EUR"));
      }
      CHECK(bed.refill.upstream_health().breaker == Breaker::State::Closed);
      for (int i = 0; i < 24; ++i) {
        const auto wanted = bed.want(kQuotes + std::to_string(1 + i));
        bed.settle(wanted);
        CHECK(wanted.front()->entry);
      }
    }
  }

  TEST_CASE("where a call of our own fails too, all stop soon") {
    Refill::Options options;
    options.caller.retry_delay = 1ms;
    Bed bed([](const std::string&) { return Reply{503, "<html>", 0ms}; }, options);
    for (int i = 0; i < 2; ++i) bed.settle(bed.want(kQuotes + std::to_string(1 + i)));
    bed.run_until([&] { return bed.refill.upstream_health().breaker == Breaker::State::Open; });
    const auto calls = bed.upstream.calls().size();
    const auto other = bed.want(kQuotes + "9&convert=EUR");
    bed.settle(other);
    CHECK(other.front()->failure->http_status == 502);
    CHECK(bed.upstream.calls().size() == calls);
  }

  TEST_CASE("an edge that refuses everything is told from one that refuses what is asked") {
    Refill::Options options;
    options.caller.retry_delay = 1ms;
    options.caller.breaker.first_probe_after = options.caller.breaker.last_probe_after = 1ms;
    bool refuses_all = true;
    Bed bed(
        [&](const std::string& target) {
          return refuses_all ? Reply{403, "<html>", 0ms} : good(target);
        },
        options);
    for (int i = 0; i < 2; ++i) bed.settle(bed.want(kQuotes + std::to_string(1 + i)));
    bed.run_until([&] { return bed.refill.upstream_health().breaker == Breaker::State::Open; });
    CHECK(std::ranges::count(bed.upstream.calls(), std::string("/v1/key/info")) == 1);
    CHECK(bed.refill.upstream_health().outage);
    refuses_all = false;
    bed.run_until([&] {
      const auto wanted = bed.want(kQuotes + "9");
      bed.settle(wanted);
      return wanted.front()->entry != nullptr;
    });
    CHECK(bed.refill.upstream_health().breaker == Breaker::State::Closed);
    CHECK_FALSE(bed.refill.upstream_health().outage);
  }

  TEST_CASE("what a client has forwarded may be refused without closing anything") {
    Bed bed([](const std::string&) { return Reply{401, R"({"message":"no"})", 0ms}; });
    const auto result = made(bed, forward_into);
    REQUIRE(result.response);
    CHECK_FALSE(bed.book.view().key_error);
    CHECK(bed.upstream.calls().size() == 1);
  }

  TEST_CASE(
      "a forwarded request is waited for as long as its client waits, and booked at its end") {
    Refill::Options options;
    options.request_deadline = 100ms;
    Bed bed(
        [](const std::string&) {
          return Reply{200, R"({"status":{"error_code":0,"credit_count":2}})", 1000ms};
        },
        options);
    const auto result = made(bed, forward_into);
    REQUIRE(result.failure);
    CHECK(result.failure->http_status == 504);
    CHECK(result.charged == Credits{10});  // for all that its client knows
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (bed.book.totals().calls == 0 && std::chrono::steady_clock::now() < end)
      bed.loop.run_one_for(100ms);
    CHECK(bed.book.totals().credits == 2);
  }
}
