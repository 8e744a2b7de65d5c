// Many clients that want the same thing, or many different things, at the same moment.
#include <set>

#include <doctest/doctest.h>

#include "e2e/fault_bed.hpp"

namespace quotecached::test {
namespace {

constexpr double kUpstreamMs = 1000;

std::size_t sum_of_credits(const std::vector<BurstAnswer>& answers) {
  std::size_t sum = 0;
  for (const auto& answer : answers) {
    const auto at = answer.text.find("\"credit_count\":");
    if (at != std::string::npos)
      sum += static_cast<std::size_t>(std::atoi(answer.text.c_str() + at + 15));
  }
  return sum;
}

TEST_SUITE("e2e::Stampede") {
  TEST_CASE("200 clients that want one cold asset cause one call, and then one refresh") {
    raise_file_limit();
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    REQUIRE(daemon.get(quotes_of(1027)).status == 200);  // the connection upstream is open
    sim.set(R"({"latency":1000})");
    sim.clear_calls();
    const std::vector<std::string> targets(200, quotes_of(1));

    const auto cold = burst(daemon, targets);
    for (const auto& answer : cold) {
      CAPTURE(answer.text);
      REQUIRE(answer.is_ok());
      REQUIRE(is_about(answer.text, 1));
    }
    CHECK(sim.calls().size() == 1);
    CHECK(sum_of_credits(cold) == 1);
    const double over = ms(percentile(times_of(cold), 0.5)) - kUpstreamMs;
    MESSAGE("cold: " << sim.calls().size() << " call, p50 is upstream + " << over << " ms, p99 + "
                     << ms(percentile(times_of(cold), 0.99)) - kUpstreamMs << " ms (target 20)");
    CHECK(over < 900);

    advance(daemon, seconds(61));
    sim.set(R"({"latency":3000})");
    sim.clear_calls();
    const auto expired = burst(daemon, targets);
    for (const auto& answer : expired) {
      CAPTURE(answer.text);
      REQUIRE(answer.is_ok());
      REQUIRE(is_about(answer.text, 1));
      REQUIRE(answer.text.find("Warning: 110") != std::string::npos);
    }
    MESSAGE("expired: p50 " << ms(percentile(times_of(expired), 0.5)) << " ms, p99 "
                            << ms(percentile(times_of(expired), 0.99)) << " ms (target p50 5)");
    CHECK(percentile(times_of(expired), 0.5) < milliseconds(1'500));  // but for one nobody waits
    CHECK(sum_of_credits(expired) == 0);
    CHECK(wait_until([&] { return !says_stale(daemon.get(quotes_of(1))); }, milliseconds(15'000)));
    CHECK(sim.calls().size() == 1);
  }

  TEST_CASE("1,000 clients that want 1,000 different cold assets share calls of a hundred") {
    raise_file_limit();
    Sim sim;
    const auto ids = asset_ids(sim, 1001);
    REQUIRE(ids.size() == 1001);
    // Batches are closed when they are full, however slowly the clients are heard.
    Daemon daemon({.base_url = sim.base_url(), .sets = {"upstream.batch_window_max=3s"}});
    REQUIRE(daemon.get(quotes_of(ids.back())).status == 200);
    sim.set(R"({"latency":2000})");
    sim.clear_calls();
    std::vector<std::string> targets;
    for (std::size_t i = 0; i < 1000; ++i) targets.push_back(quotes_of(ids[i]));

    const auto answers = burst(daemon, targets);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      CAPTURE(answers[i].text);
      REQUIRE(answers[i].is_ok());
      REQUIRE(is_about(answers[i].text, ids[i]));
    }
    std::int64_t credits = 0;
    for (const auto& call : sim.calls()) credits += call.credits;
    MESSAGE("1,000 assets: " << sim.calls().size() << " calls, " << credits << " credits, p50 "
                             << ms(percentile(times_of(answers), 0.5)) << " ms, p99 "
                             << ms(percentile(times_of(answers), 0.99)) << " ms");
    CHECK(sim.calls().size() <= 12);
    CHECK(credits >= 10);
    CHECK(credits <= 12);
    CHECK(sum_of_credits(answers) == static_cast<std::size_t>(credits));
  }
}

}  // namespace
}  // namespace quotecached::test
