// Calls that tests of the client of the provider make, and what answers must be.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "provider/coinmarketcap.hpp"
#include "upstream_bench.hpp"

namespace quotecached::test {

inline constexpr const char* kThreeQuotes = "/v2/cryptocurrency/quotes/latest?id=1,2,3";
inline constexpr const char* kOneListing = "/v1/cryptocurrency/listings/latest?limit=200";

inline std::vector<Request> copies(std::size_t count, const std::string& target) {
  std::vector<Request> requests(count);
  for (auto& request : requests) request.target = target;
  return requests;
}

// What the provider's dialect makes of it.
inline provider::Reading reading_of(Response answer) {
  return provider::CoinMarketCap().interpret(answer, provider::Asker::Client);
}

inline void check_good_quotes(const Fetched& answer) {
  if (!answer) MESSAGE(answer.error().message);
  REQUIRE(answer);
  CHECK(answer->http_status == 200);
  const auto reading = reading_of(*answer);
  CHECK(reading.verdict == provider::Verdict::Ok);
  CHECK(reading.has_status);
  CHECK(reading.charge.credits == Credits{1});
  CHECK(answer->body.find("\"data\":") != std::string::npos);
}

inline void check_failed(const Fetched& answer, ErrorCode code) {
  REQUIRE_FALSE(answer);
  CAPTURE(answer.error().message);
  CHECK(to_string(answer.error().code) == to_string(code));
}

// One call by a client on a loop that an upstream of the test's shares.
inline Fetched get(asio::io_context& loop, Client& client, const std::string& target) {
  Fetched answer = never_ended();
  bool is_done = false;
  Request request;
  request.target = target;
  const auto call = [&]() -> asio::awaitable<void> {
    answer = co_await client.fetch(std::move(request));
    is_done = true;
  };
  asio::co_spawn(loop, call, asio::detached);
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!is_done && std::chrono::steady_clock::now() < deadline) loop.run_one_for(1s);
  REQUIRE(is_done);
  return answer;
}

}  // namespace quotecached::test
