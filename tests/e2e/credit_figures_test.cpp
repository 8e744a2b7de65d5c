// What the figures of credits say beside the figures: what they cost in money, whether it is too
// early to foretell anything, and what the provider itself counts.
#include <string>
#include <utility>
#include <vector>

#include "e2e/credit_bed.hpp"

namespace quotecached::test {
namespace {

// Standard output of `quotecache credits ...`, whatever the level of things.
std::string shown(Daemon& daemon, std::vector<std::string> arguments) {
  std::vector<std::string> words{built_program("quotecache").string(), "credits"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), {"--server", daemon.base_url(), "--width", "120"});
  const TempDir output;
  Process command({std::move(words), {{"LC_ALL", "C.UTF-8"}}}, output.path(), "quotecache");
  const auto status = command.wait();
  CAPTURE(command.err());
  CHECK((status && status->code <= 2));
  return command.out();
}

bool holds(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CAPTURE(part);
  return text.find(part) != std::string::npos;
}

void buy(Daemon& daemon, Sim& sim, std::size_t credits) {
  const int id = asset_ids(sim, 1)[0];
  for (std::size_t n = 0; n < credits; ++n)
    REQUIRE(daemon.get(separate_target(id, n)).status == 200);
}

}  // namespace

TEST_SUITE("e2e::credit_figures") {
  TEST_CASE("money is shown everywhere once a credit has a price, and nowhere without") {
    stay_in_day(seconds(120));
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"credits.price_per_credit=0.1", "credits.currency=USD"}});
    buy(daemon, sim, 3);
    const auto now = daemon.get("/admin/credits").body;
    CHECK(json_value(now, "money") == R"({"price_per_credit":0.1,"currency":"USD"})");
    CHECK(holds(window_in(now, "day"), R"("money_spent":0.3,)"));
    const auto report = daemon.get("/admin/credits/report?days=1").body;
    CHECK(json_text(report, "currency") == "USD");
    CHECK(json_text(json_value(report, "total"), "money_spent") == "0.3");
    CHECK(holds(shown(daemon, {}), "\nCost       0.3000 USD this day, 0.3000 USD this month\n"));
    CHECK(holds(shown(daemon, {"report"}), "What was spent cost 0.3000 USD."));
    CHECK(holds(shown(daemon, {"--format", "csv"}), ",0,0.3,USD\r\n"));
    CHECK(holds(shown(daemon, {"report", "--format", "csv"}), ",0.3,"));

    Daemon plain({.base_url = sim.base_url()});
    buy(plain, sim, 1);
    CHECK(json_value(plain.get("/admin/credits").body, "money") == "null");
    CHECK(json_value(plain.get("/admin/credits/report").body, "currency") == "null");
    CHECK(shown(plain, {}).find("Cost") == std::string::npos);
    CHECK(shown(plain, {"report"}).find("cost") == std::string::npos);
  }

  TEST_CASE("a forecast needs an hour and ten charges; until then the reason stands in its place") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"credits.per_month=10000"}});
    buy(daemon, sim, 3);
    const auto month = [&daemon] { return window_of(daemon, "month"); };
    CHECK(holds(month(), R"("forecast":null,"forecast_missing":"too early to tell: 0 min )"));
    CHECK(holds(shown(daemon, {"forecast"}), "\nmonth   too early to tell: 0 min were observed"));
    CHECK(holds(shown(daemon, {"forecast", "--format", "csv"}), ",,,,,\"too early to tell: "));
    // Time is observed where it passes in steps of less than two minutes.
    for (int step = 0; step < 40; ++step) advance_both(daemon, sim, seconds(100));
    CHECK(holds(month(), R"("forecast_missing":"too early to tell: 3 calls were charged)"));
    const int id = asset_ids(sim, 1)[0];
    for (std::size_t n = 3; n < 10; ++n) REQUIRE(daemon.get(separate_target(id, n)).status == 200);
    advance_both(daemon, sim, seconds(100));
    CHECK(holds(month(), R"("forecast":{"exhausted_at":)"));
    CHECK(holds(month(), R"("forecast_missing":null)"));
  }

  TEST_CASE("the provider's count stands beside ours, with what others spent as the difference") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"credits.plan=auto"}});
    keep_windows(daemon, sim, seconds(5), seconds(900));
    advance_both(daemon, sim, seconds(360));  // its count of before may be of the day before
    buy(daemon, sim, 3);
    HttpClient other;
    for (int i = 0; i < 2; ++i)
      must(other.get(sim.base_url() + separate_target(asset_ids(sim, 2)[1], 7),
                     {"X-CMC_PRO_API_KEY: test-key"}));
    must(daemon.request("POST", "/admin/credits/reconcile"));
    const auto today = daemon.get("/admin/credits/report?days=1").body;
    const auto provider = std::string(json_value(today, "provider"));
    CAPTURE(today);
    CHECK(json_text(provider, "window") == "day");
    CHECK(json_text(provider, "recorded") == "3");
    CHECK(json_text(provider, "counted") == "5");
    CHECK(json_text(provider, "difference") == "2");
    const auto month = daemon.get("/admin/credits/report?period=billing").body;
    CHECK(json_text(json_value(month, "provider"), "window") == "month");
    CHECK(json_text(json_value(month, "provider"), "difference") == "2");
    CHECK(
        holds(shown(daemon, {"report", "--days", "1"}), "Provider: It counted 5 credits this day"));
    CHECK(holds(shown(daemon, {"report", "--billing-month"}), "our records 3 (2 fewer)."));
    CHECK(json_value(daemon.get("/admin/credits/report?days=3").body, "provider") == "null");
  }
}

}  // namespace quotecached::test
