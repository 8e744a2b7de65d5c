#include "compact/problem.hpp"

#include <doctest/doctest.h>

#include "provider/coinmarketcap.hpp"
#include "proxy/assemble.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::compact;

TEST_SUITE("compact::Problem") {
  TEST_CASE("is told as RFC 9457 has it") {
    proxy::Answer out;
    fill(out,
         {Code::Invalid,
          "convert names 121 currencies, at most 120 may be asked for",
          "convert",
          {}});
    CHECK(out.http_status == 400);
    CHECK(out.content_type == "application/problem+json");
    CHECK(out.body ==
          "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
          "\"detail\":\"convert names 121 currencies, at most 120 may be asked for\","
          "\"field\":\"convert\",\"code\":\"invalid\"}\n");
    CHECK(out.outcome == proxy::Outcome::Refused);
    fill(out, {Code::Unavailable, "x", {}, 7s});
    CHECK(out.http_status == 503);
    CHECK(out.outcome == proxy::Outcome::Failed);
    CHECK(out.retry_after == 7s);
  }

  TEST_CASE("what the proxy is refused is told in our words") {
    struct Row {
      unsigned status;
      std::int64_t code;
      std::string message;
      std::chrono::seconds retry_after;
      Code told;
      std::string field;
    };
    const Row rows[] = {
        {400, 400, R"(Invalid value for "convert": "NOPE")", 0s, Code::Invalid, "convert"},
        {400, 400, R"(Invalid value for "id")", 0s, Code::Invalid, ""},
        {401, 1001, "This API Key is invalid.", 0s, Code::Unavailable, ""},
        {402, 1004, "expired", 0s, Code::Unavailable, ""},
        {403, 1006, "plan", 0s, Code::Unavailable, ""},
        {429, 1008, "minute", 30s, Code::RateLimited, ""},
        {429, 1009, "day", 3600s, Code::BudgetExhausted, ""},
        {429, 1010, "month", 86400s, Code::BudgetExhausted, ""},
        {429, 1011, "address", 5s, Code::RateLimited, ""},
        {500, 500, "x", 0s, Code::Unavailable, ""},
        {502, 502, "x", 0s, Code::Unavailable, ""},
        {503, 503, "x", 9s, Code::Unavailable, ""},
        {504, 504, "late", 0s, Code::Timeout, ""},
    };
    const provider::CoinMarketCap dialect;
    const provider::StatusForms forms(catalog::Catalogue::built_in().endpoints().size());
    for (const auto* const path : {"/v2/cryptocurrency/quotes/latest", "/v2/simple/price"}) {
      const auto* const endpoint = catalog::Catalogue::built_in().find(path);
      for (const auto& row : rows) {
        CAPTURE(row.message);
        proxy::Answer refusal;
        const calling::Failure failure{row.status, row.code, row.message, row.retry_after, false};
        proxy::assemble_failure({dialect, forms}, endpoint, failure, TimePoint(1s), refusal);
        const auto problem = problem_of(refusal);
        CHECK(problem.code == row.told);
        CHECK(problem.field == row.field);
        CHECK(problem.detail == row.message);
        CHECK(problem.retry_after >= row.retry_after);
        const bool is_worth_a_retry = row.told != Code::Invalid && row.told != Code::Timeout;
        CHECK((problem.retry_after > 0s) == is_worth_a_retry);
      }
    }
  }
}
