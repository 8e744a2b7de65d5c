#include "load/workload.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include <doctest/doctest.h>

using namespace quotecached::load;

namespace {

Workload::Options asking(Scenario scenario, std::int64_t known = 500) {
  Workload::Options options;
  options.scenario = scenario;
  options.known.resize(static_cast<std::size_t>(known));
  std::iota(options.known.begin(), options.known.end(), 1);
  return options;
}

std::vector<std::string> first_asked(Workload& workload, std::size_t count) {
  std::vector<std::string> asked;
  while (asked.size() < count) {
    const auto target = workload.next();
    if (!target) break;
    asked.emplace_back(*target);
  }
  return asked;
}

std::size_t assets_in(const std::string& target) {
  return static_cast<std::size_t>(std::ranges::count(target, ',')) + 1;
}

bool is_made_up(const std::string& target) { return target.find("id=1000") != std::string::npos; }

}  // namespace

TEST_SUITE("load::Workload") {
  TEST_CASE("a scenario and its word") {
    for (const std::string word : {"hot", "mixed", "cold", "herd", "outage", "trace"}) {
      CAPTURE(word);
      const auto scenario = parse_scenario(word);
      REQUIRE(scenario);
      CHECK(to_string(*scenario) == word);
    }
    CHECK(!parse_scenario("warm"));
  }

  TEST_CASE("hot: one asset, asked before and ever after") {
    Workload hot(asking(Scenario::Hot));
    const std::string one = "/v2/cryptocurrency/quotes/latest?id=1";
    CHECK(hot.filling() == std::vector<std::string>{one});
    for (const auto& target : first_asked(hot, 10)) CHECK(target == one);
  }

  TEST_CASE("mixed: 1 to 20 assets, the popular ones more often, one in fifty new") {
    Workload mixed(asking(Scenario::Mixed));
    CHECK(mixed.filling().size() == 5);
    std::map<std::size_t, int> sizes;
    std::set<std::string> fresh;
    int with_first = 0;
    int with_last = 0;
    for (const auto& target : first_asked(mixed, 10'000)) {
      if (is_made_up(target)) {
        fresh.insert(target);
        continue;
      }
      ++sizes[assets_in(target)];
      const auto ids = "," + target.substr(target.find('=') + 1) + ",";
      with_first += ids.find(",1,") != std::string::npos ? 1 : 0;
      with_last += ids.find(",500,") != std::string::npos ? 1 : 0;
    }
    CHECK(fresh.size() == 10'000 / kRequestsPerNewAsset);
    CHECK(sizes.begin()->first == 1);
    CHECK(sizes.rbegin()->first == 20);
    CHECK(sizes.size() == 20);
    CHECK(with_first > 10 * with_last);
    CHECK(with_last > 0);
  }

  TEST_CASE("mixed without new assets asks for known ones alone") {
    auto options = asking(Scenario::Mixed, 3);
    options.makes_up = false;
    Workload mixed(options);
    for (const auto& target : first_asked(mixed, 200)) {
      CAPTURE(target);
      CHECK(!is_made_up(target));
      CHECK(assets_in(target) <= 3);
    }
  }

  TEST_CASE("the same options ask the same") {
    Workload one(asking(Scenario::Mixed));
    Workload other(asking(Scenario::Mixed));
    CHECK(first_asked(one, 300) == first_asked(other, 300));
  }

  TEST_CASE("cold and herd: never the same twice, until there are no more") {
    for (const auto scenario : {Scenario::Cold, Scenario::Herd}) {
      Workload made_up(asking(scenario));
      CHECK(made_up.filling().empty());
      const auto asked = first_asked(made_up, 1000);
      CHECK(std::set<std::string>(asked.begin(), asked.end()).size() == 1000);
      auto options = asking(scenario);
      options.fresh = {7, 9};
      Workload given(options);
      CHECK(first_asked(given, 10) ==
            std::vector<std::string>{quotes_target("7"), quotes_target("9")});
      options.fresh.clear();
      options.makes_up = false;
      Workload none(options);
      CHECK(!none.next());
    }
  }

  TEST_CASE("outage: a few assets in turn, asked before") {
    Workload outage(asking(Scenario::Outage));
    REQUIRE(outage.filling().size() == 1);
    const auto asked = first_asked(outage, 100);
    CHECK(std::set<std::string>(asked.begin(), asked.end()).size() == 50);
  }

  TEST_CASE("trace: what it says, once, in its order") {
    Workload::Options options;
    options.scenario = Scenario::Trace;
    options.traced = {"/v1/key/info", "/quotes?ids=1"};
    Workload trace(options);
    CHECK(trace.filling().empty());
    CHECK(first_asked(trace, 10) == options.traced);
  }
}
