#include "demand/demand.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "demand/named_trace.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

constexpr int kDay = 86400;

// How often each asset is asked for from second `begin` to before `end`.
std::map<Asset, int> asks_between(const Demand& demand, int begin, int end) {
  std::map<Asset, int> asks;
  for (const auto& request : demand.requests()) {
    if (request.second < begin || request.second >= end) continue;
    for (const Asset asset : demand.assets(request)) ++asks[asset];
  }
  return asks;
}

Asset favourite(const std::map<Asset, int>& asks) {
  return std::max_element(
             asks.begin(), asks.end(), [](auto& a, auto& b) { return a.second < b.second; })
      ->first;
}

// The most asked-for assets.
std::set<Asset> favourites(const std::map<Asset, int>& asks, std::size_t count) {
  std::vector<std::pair<int, Asset>> order;
  for (const auto& [asset, times] : asks) order.emplace_back(times, asset);
  std::sort(order.rbegin(), order.rend());
  std::set<Asset> most;
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) most.insert(order[i].second);
  return most;
}

std::size_t shared(const std::set<Asset>& a, const std::set<Asset>& b) {
  return static_cast<std::size_t>(
      std::count_if(a.begin(), a.end(), [&](Asset asset) { return b.contains(asset); }));
}

int requests_in(const Demand& demand, int begin, int end) {
  return static_cast<int>(
      std::count_if(demand.requests().begin(), demand.requests().end(), [&](const auto& request) {
        return request.second >= begin && request.second < end;
      }));
}

// Over all days, by hour.
std::vector<int> by_hour(const Demand& demand) {
  std::vector<int> hours(24);
  for (const auto& request : demand.requests())
    ++hours[static_cast<std::size_t>(request.second % kDay / 3600)];
  return hours;
}

}  // namespace

TEST_SUITE("demand::Demand") {
  TEST_CASE("a month is of the size, the order and the assets that it is said to be") {
    for (const auto& shape : {steady_month(), drifting_month()}) {
      for (const unsigned seed : {1U, 2U, 3U}) {
        CAPTURE(seed);
        const Demand demand(shape, seed);
        const auto& requests = demand.requests();
        CHECK(requests.size() > 33000);
        CHECK(requests.size() < 46000);
        CHECK(std::is_sorted(requests.begin(), requests.end(), [](const auto& a, const auto& b) {
          return a.second < b.second;
        }));
        CHECK(requests.back().second < 30 * kDay);
        for (const auto& request : requests) {
          REQUIRE(request.count >= 1);
          REQUIRE(request.count <= 8);
          for (const Asset asset : demand.assets(request)) REQUIRE(asset < 300);
        }
      }
    }
  }

  TEST_CASE("the same seed gives the same demand, another one another") {
    const Demand one(steady_month(), 1);
    const Demand same(steady_month(), 1);
    const Demand other(steady_month(), 2);
    const auto seconds = [](const Demand& demand) {
      std::vector<int> all;
      for (const auto& request : demand.requests()) all.push_back(request.second);
      return all;
    };
    CHECK(seconds(one) == seconds(same));
    CHECK(seconds(one) != seconds(other));
  }

  TEST_CASE("a steady month keeps its tastes; a drifting one changes some each week") {
    const Demand steady(steady_month(), 1);
    const Demand drifting(drifting_month(), 1);
    const auto kept = [](const Demand& demand) {
      return shared(favourites(asks_between(demand, 0, 7 * kDay), 30),
                    favourites(asks_between(demand, 21 * kDay, 28 * kDay), 30));
    };
    CHECK(kept(steady) >= 24);
    CHECK(kept(drifting) <= 22);
    CHECK(kept(drifting) >= 5);
    CHECK(favourite(asks_between(steady, 21 * kDay, 28 * kDay)) == 0);
  }

  TEST_CASE("a steady month has one peak a day, a drifting one two with a valley between") {
    auto shape = steady_month();
    shape.bursts_per_day = 0;
    const auto one = by_hour(Demand(shape, 1));
    CHECK(one[13] > 4 * one[3]);
    shape = drifting_month();
    shape.bursts_per_day = 0;
    const auto two = by_hour(Demand(shape, 1));
    CHECK(two[9] > 2 * two[14]);
    CHECK(two[20] > 2 * two[15]);
    CHECK(two[9] > 4 * two[3]);
  }

  TEST_CASE("weekends are of the calendar, wherever the month begins") {
    auto shape = steady_month();
    shape.start = TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 17));
    shape.days = 14;
    const Demand demand(shape, 1);
    CHECK(demand.requests().back().second < 14 * kDay);
    // A Tuesday: Saturday and Sunday are the fifth and the sixth.
    const int weekend = requests_in(demand, 4 * kDay, 6 * kDay);
    const int workdays = requests_in(demand, 0, 2 * kDay);
    CHECK(3 * weekend < 2 * workdays);
  }

  TEST_CASE("flat demand knows neither day nor night") {
    auto shape = steady_month();
    shape.day = DemandShape::Day::Flat;
    shape.bursts_per_day = 0;
    const auto hours = by_hour(Demand(shape, 1));
    const auto [least, most] = std::minmax_element(hours.begin(), hours.end());
    CHECK(*most < 1.3 * *least);
  }

  TEST_CASE("bursts ask for one asset above all") {
    auto shape = drifting_month();
    shape.days = 14;
    const Demand demand(shape, 3);
    // The busiest quarter of an hour.
    int busiest = 0;
    int most = 0;
    for (int begin = 0; begin < 14 * kDay; begin += 900) {
      const int requests = requests_in(demand, begin, begin + 900);
      if (requests > most) {
        most = requests;
        busiest = begin;
      }
    }
    const auto asks = asks_between(demand, busiest, busiest + 900);
    int all = 0;
    for (const auto& [asset, times] : asks) all += times;
    CHECK(most > 100);
    CHECK(asks.at(favourite(asks)) > 0.7 * all);
  }

  TEST_CASE("a restless day asks for 2,000 assets and changes its mind by the hour") {
    const Demand demand(restless_day(), 1);
    CHECK(demand.requests().size() > 18000);
    CHECK(demand.requests().size() < 30000);
    CHECK(asks_between(demand, 0, kDay).size() > 1500);
    CHECK(shared(favourites(asks_between(demand, 12 * 3600, 13 * 3600), 40),
                 favourites(asks_between(demand, 17 * 3600, 18 * 3600), 40)) < 30);
  }
}

TEST_SUITE("demand::named_trace") {
  TEST_CASE("by id: every request of the demand, with its assets once each") {
    const Demand demand(steady_month(), 1);
    const auto trace = named_trace(demand, numbered_names(300), Asking::ById, 1);
    REQUIRE(trace.size() == demand.requests().size());
    for (std::size_t i = 0; i < trace.size(); ++i) {
      const auto& request = demand.requests()[i];
      REQUIRE(std::chrono::floor<std::chrono::seconds>(trace[i].at).count() == request.second);
      REQUIRE(trace[i].target.starts_with("/v2/cryptocurrency/quotes/latest?id="));
      const std::set<Asset> once(demand.assets(request).begin(), demand.assets(request).end());
      const auto commas = std::count(trace[i].target.begin(), trace[i].target.end(), ',');
      REQUIRE(static_cast<std::size_t>(commas) + 1 == once.size());
    }
    CHECK(std::is_sorted(
        trace.begin(), trace.end(), [](const auto& a, const auto& b) { return a.at < b.at; }));
  }

  TEST_CASE("mixed: the same moments by all three kinds, and some listings") {
    const Demand demand(steady_month(), 1);
    const auto by_id = named_trace(demand, numbered_names(300), Asking::ById, 1);
    auto mixed = named_trace(demand, numbered_names(300), Asking::Mixed, 1);
    std::map<std::string, std::size_t> kinds;
    std::vector<milliseconds> moments;
    for (const auto& request : mixed) {
      const auto begin = request.target.find('?') + 1;
      const auto kind = request.target.substr(begin, request.target.find('=') - begin);
      ++kinds[kind];
      if (kind != "limit") moments.push_back(request.at);
    }
    REQUIRE(moments.size() == by_id.size());
    for (std::size_t i = 0; i < moments.size(); ++i) REQUIRE(moments[i] == by_id[i].at);
    for (const auto* kind : {"id", "symbol", "slug"}) {
      CAPTURE(kind);
      CHECK(3.2 * static_cast<double>(kinds[kind]) > static_cast<double>(by_id.size()));
    }
    CHECK(static_cast<double>(kinds["limit"]) > 0.09 * static_cast<double>(by_id.size()));
    CHECK(static_cast<double>(kinds["limit"]) < 0.11 * static_cast<double>(by_id.size()));
  }

  TEST_CASE("names are taken from a map where they lead to one asset alone") {
    const std::string map = R"({"data":[
      {"id":1,"symbol":"BTC","slug":"bitcoin","is_active":1},
      {"id":2,"symbol":"UNI","slug":"uniswap","is_active":1},
      {"id":3,"symbol":"uni","slug":"unicorn","is_active":1},
      {"id":4,"symbol":"OLD","slug":"old","is_active":0},
      {"id":5,"symbol":"A.I","slug":"ai","is_active":1},
      {"id":6,"symbol":"eUSD","slug":"e-usd","is_active":1}]})";
    const auto names = names_in_map(map, 2);
    REQUIRE(names.size() == 2);
    CHECK(names[0].id == "1");
    CHECK(names[1].id == "6");
    CHECK(names[1].symbol == "EUSD");
    CHECK(names[1].slug == "e-usd");
    CHECK_THROWS_AS(names_in_map(map, 3), std::runtime_error);
  }

  TEST_CASE("fewer names than assets are refused") {
    const Demand demand(restless_day(), 1);
    CHECK_THROWS_AS(named_trace(demand, numbered_names(1999), Asking::ById, 1),
                    std::invalid_argument);
  }
}
