#include "calling/call_policy.hpp"

#include <doctest/doctest.h>

#include "provider/coinmarketcap.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::calling;
using ledger::Closure;
using provider::Verdict;

namespace {

const CallLimit::Time kStart{1000s};

provider::Reading answered(Verdict verdict, std::int64_t code, std::string message) {
  provider::Reading reading;
  reading.verdict = verdict;
  reading.error_code = code;
  reading.error_message = std::move(message);
  return reading;
}

const provider::CoinMarketCap kDialect;

}  // namespace

TEST_SUITE("calling::call policy") {
  TEST_CASE("only what asking again can mend is tried again") {
    struct Row {
      unsigned http_status;
      Verdict verdict;
      bool again;
    };
    for (const auto& row : {Row{200, Verdict::Ok, false},
                            Row{400, Verdict::BadRequest, false},
                            Row{401, Verdict::KeyRefused, false},
                            Row{429, Verdict::MinuteLimit, false},
                            Row{429, Verdict::DayLimit, false},
                            Row{429, Verdict::MonthLimit, false},
                            Row{429, Verdict::IpLimit, false},
                            Row{200, Verdict::ServerFailure, true},
                            Row{500, Verdict::ServerFailure, true},
                            Row{503, Verdict::ServerFailure, true},
                            Row{403, Verdict::ServerFailure, true},
                            Row{408, Verdict::ServerFailure, true},
                            Row{425, Verdict::ServerFailure, true},
                            Row{400, Verdict::ServerFailure, false},
                            Row{414, Verdict::ServerFailure, false}}) {
      CAPTURE(provider::to_string(row.verdict));
      CAPTURE(row.http_status);
      CHECK(is_worth_retrying(row.http_status, row.verdict) == row.again);
    }
    CHECK(is_worth_retrying(Error{ErrorCode::Unavailable, ""}));
    CHECK_FALSE(is_worth_retrying(Error{ErrorCode::Timeout, ""}));
    CHECK_FALSE(is_worth_retrying(Error{ErrorCode::Invalid, ""}));
  }

  TEST_CASE("a page of 4xx is no failure, and a forward fails only by a 5xx") {
    struct Row {
      unsigned http_status;
      Verdict verdict;
      Evidence asked;
      Evidence forwarded;
    };
    for (const auto& row :
         {Row{200, Verdict::Ok, Evidence::Good, Evidence::Good},
          Row{400, Verdict::BadRequest, Evidence::Good, Evidence::Good},
          Row{429, Verdict::IpLimit, Evidence::Good, Evidence::Good},
          Row{200, Verdict::ServerFailure, Evidence::Failure, Evidence::Good},
          Row{400, Verdict::ServerFailure, Evidence::Page, Evidence::Nothing},
          Row{403, Verdict::ServerFailure, Evidence::Page, Evidence::Nothing},
          Row{414, Verdict::ServerFailure, Evidence::Page, Evidence::Nothing},
          Row{500, Verdict::ServerFailure, Evidence::Failure, Evidence::Failure},
          Row{504, Verdict::ServerFailure, Evidence::Failure, Evidence::Failure}}) {
      CAPTURE(row.http_status);
      CAPTURE(provider::to_string(row.verdict));
      CHECK(evidence_of(row.http_status, row.verdict, false) == row.asked);
      CHECK(evidence_of(row.http_status, row.verdict, true) == row.forwarded);
    }
    CHECK(evidence_of({{ErrorCode::Unavailable, ""}, false}) == Evidence::Network);
    CHECK(evidence_of({{ErrorCode::Timeout, ""}, false}) == Evidence::Failure);
    CHECK(evidence_of({{ErrorCode::Timeout, ""}, true}) == Evidence::Failure);
    CHECK(evidence_of({{ErrorCode::Unavailable, ""}, true}) == Evidence::Failure);
    CHECK(evidence_of({{ErrorCode::Invalid, ""}, true}) == Evidence::Nothing);
  }

  TEST_CASE("clients are told to wait as long as the provider says") {
    auto refused = answered(Verdict::BadRequest, 429, "slow down");
    refused.retry_after = 17s;
    CHECK(failure_of(429, refused)->retry_after == 17s);
    auto busy = answered(Verdict::IpLimit, 1011, "");
    CHECK(failure_of(429, busy)->retry_after == kShortPause);
    busy.retry_after = 60s;
    CHECK(failure_of(429, busy)->retry_after == 60s);
    auto down = answered(Verdict::ServerFailure, 0, "");
    CHECK(failure_of(503, down)->retry_after == 0s);
    down.retry_after = 120s;
    CHECK(failure_of(503, down)->retry_after == 120s);
  }

  TEST_CASE("clients are told what the provider said, but not that their key is wrong") {
    const auto limit = failure_of(429, answered(Verdict::DayLimit, 1009, "daily"));
    CHECK(limit->http_status == 429);
    CHECK(limit->error_code == 1009);
    CHECK(limit->message == "daily");
    const auto key =
        failure_of(401, answered(Verdict::KeyRefused, 1001, "This API Key is invalid."));
    CHECK(key->http_status == 502);
    CHECK(key->message.find("1001") != std::string::npos);
    CHECK(key->message.find("invalid") == std::string::npos);
    const auto address = failure_of(429, answered(Verdict::IpLimit, 1011, "address"));
    CHECK(address->error_code == 1011);
    CHECK(address->retry_after == kShortPause);
    const auto silent = failure_of(404, answered(Verdict::BadRequest, 0, ""));
    CHECK(silent->http_status == 404);
    CHECK(silent->message == "The provider answered with status 404.");
    const auto page = failure_of(503, answered(Verdict::ServerFailure, 0, "<html>"));
    CHECK(page->http_status == 502);
    CHECK(page->message.find('<') == std::string::npos);
    CHECK(failure_of(Error{ErrorCode::Timeout, ""})->http_status == 504);
    CHECK(failure_of(Error{ErrorCode::Exhausted, "spent"})->http_status == 503);
  }

  TEST_CASE("a refusal that came with status 200 has the status that its code stands for") {
    struct Row {
      Verdict verdict;
      std::int64_t error_code;
      unsigned http_status;
    };
    for (const auto& row : {Row{Verdict::BadRequest, 400, 400},
                            Row{Verdict::BadRequest, 404, 404},
                            Row{Verdict::BadRequest, 1006, 403},
                            Row{Verdict::BadRequest, 4001, 400},
                            Row{Verdict::MinuteLimit, 1008, 429},
                            Row{Verdict::DayLimit, 1009, 429},
                            Row{Verdict::MonthLimit, 1010, 429},
                            Row{Verdict::IpLimit, 1011, 429},
                            Row{Verdict::KeyRefused, 1001, 502},
                            Row{Verdict::ServerFailure, 500, 502}}) {
      CAPTURE(row.error_code);
      const auto failure = failure_of(200, answered(row.verdict, row.error_code, "said"));
      CHECK(failure->http_status == row.http_status);
      const bool is_passed_on = row.http_status != 502;
      CHECK(failure->error_code == (is_passed_on ? row.error_code : 502));
    }
  }

  TEST_CASE("while a window is closed, clients hear what the provider would say and until when") {
    struct Row {
      Closure closure;
      std::int64_t error_code;
      unsigned http_status;
      std::int64_t told;
    };
    for (const auto& row : {Row{Closure::Minute, 1008, 429, 1008},
                            Row{Closure::Day, 1009, 429, 1009},
                            Row{Closure::Month, 1010, 429, 1010},
                            Row{Closure::Key, 1001, 502, 502},
                            Row{Closure::Key, 1003, 502, 502}}) {
      CAPTURE(row.error_code);
      const auto failure = failure_while_closed(kDialect, row.closure, row.error_code, 42s);
      CHECK(failure->http_status == row.http_status);
      CHECK(failure->error_code == row.told);
      CHECK(failure->retry_after == 42s);
      CHECK_FALSE(failure->message.empty());
    }
  }

  TEST_CASE("what the book refuses is told with its code, and never to be tried at once") {
    struct Row {
      std::optional<Closure> closure;
      std::int64_t code;
      std::optional<std::chrono::milliseconds> wait;
      unsigned http_status;
      std::chrono::seconds retry_after;
    };
    const TimePoint now{1'700'000'000s};
    for (const auto& row : {Row{Closure::Minute, 1008, 30s, 429, 30s},
                            Row{Closure::Day, 1009, 1500ms, 429, 2s},
                            Row{Closure::Month, 1010, 0ms, 429, 1s},
                            Row{Closure::Key, 1001, 600s, 502, 600s},
                            Row{{}, 0, 800ms, 503, 1s},
                            Row{{}, 0, {}, 503, 1s}}) {
      CAPTURE(row.code);
      credit::Book::NotAdmitted refusal;
      refusal.closure = row.closure;
      if (row.closure == Closure::Key) refusal.error_code = row.code;
      if (row.wait) refusal.until = now + *row.wait;
      const auto failure = failure_by_refusal(kDialect, refusal, now);
      REQUIRE(failure);
      CHECK(failure->http_status == row.http_status);
      CHECK(failure->retry_after == row.retry_after);
      if (row.http_status == 429) CHECK(failure->error_code == row.code);
    }
  }

  TEST_CASE("a window that a clock set back has end later is not waited for longer than it lasts") {
    const auto now = TimePoint(1'700'000'000s);
    for (const auto closure : {Closure::Minute, Closure::Day, Closure::Month, Closure::Key}) {
      CAPTURE(static_cast<int>(closure));
      credit::Book::NotAdmitted refusal;
      refusal.closure = closure;
      refusal.until = now + 24h * 400;
      const auto failure = failure_by_refusal(kDialect, refusal, now);
      REQUIRE(failure);
      CHECK(failure->retry_after == ledger::longest(closure));
    }
    CHECK(ledger::longest(Closure::Minute) == 60s);
    CHECK(ledger::longest(Closure::Key) == 10min);
  }

  TEST_CASE("a complaint about the address halves the calls, quiet minutes restore them") {
    CallLimit limit(5);
    CHECK(limit.allowed(kStart) == 5);
    limit.complained(kStart);
    CHECK(limit.allowed(kStart + 59s) == 2);
    CHECK(limit.allowed(kStart + 60s) == 3);
    limit.complained(kStart + 61s);
    limit.complained(kStart + 62s);
    CHECK(limit.allowed(kStart + 63s) == 1);
    CHECK(limit.allowed(kStart + 600s) == 5);
  }
}
