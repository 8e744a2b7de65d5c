#include "simulate/simulation.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "demand/named_trace.hpp"

using namespace quotecached;
using namespace quotecached::simulate;
using namespace std::chrono_literals;

namespace {

const std::string kQuotes = "/v2/cryptocurrency/quotes/latest?id=";

// Pays for all up to a number of credits; fresh for as long as it is told. Whatever was asked for
// before rides along when it is to.
class Baseline final : public Decider {
 public:
  std::int64_t credits = 1'000'000;
  milliseconds fresh_for = 60s;
  bool fills = false;
  std::vector<TimePoint> minutes;
  std::vector<std::string> asked;        // the keys
  std::vector<std::string> asked_names;  // of those by symbol or slug
  std::vector<catalog::KeyKind> called;  // what calls ask by
  std::vector<std::size_t> rooms;
  std::vector<TimePoint> brought;

  void each_minute(TimePoint now) override { minutes.push_back(now); }
  void note_asked(const refill::LanePtr&,
                  std::string_view,
                  std::size_t,
                  std::string_view key,
                  const cache::Entry&,
                  TimePoint) override {
    asked.emplace_back(key);
  }
  void note_named(const refill::Renewals::NamedAsk& ask, TimePoint) override {
    asked_names.emplace_back(ask.name);
  }
  bool pays(std::span<const refill::LaneGroup>, bool, TimePoint) override { return true; }
  bool call(const refill::LanePtr& lane, Credits price, bool, TimePoint) override {
    called.push_back(lane->parts().kind);
    if (price.count > credits) return false;
    credits -= price.count;
    return true;
  }
  std::vector<refill::Rider> riders(const refill::LanePtr& lane,
                                    std::span<const std::string> assets,
                                    std::span<const std::string> keys,
                                    TimePoint) override {
    const auto room = refill::room_in_step(*lane, assets.size());
    rooms.push_back(room);
    std::vector<refill::Rider> riding;
    for (const auto& key : asked) {
      const bool is_busy = std::ranges::find(keys, key) != keys.end();
      if (!fills || is_busy || riding.size() == room) continue;
      const auto asset = key.substr(key.find(":id:") + 4);
      riding.push_back({asset.substr(0, asset.find(':')), {key}});
    }
    return riding;
  }
  void note_filed(std::string_view, const cache::Entry&) override {}
  [[nodiscard]] TimePoint fresh_until(const catalog::Endpoint&,
                                      TimePoint,
                                      TimePoint now) const override {
    return now + fresh_for;
  }
  void note_data(const catalog::Endpoint&, TimePoint data_at, TimePoint) override {
    brought.push_back(data_at);
  }
};

struct Bed {
  Baseline decider;
  Simulation simulation{
      catalog::Catalogue::built_in(), decider, {test::kFirstOfNovember, {60s, 0ms}}};

  [[nodiscard]] const SimulatedFigures& figures() const { return simulation.figures(); }
  std::size_t ask(milliseconds at, const std::string& target) { return simulation.ask(at, target); }
};

}  // namespace

TEST_SUITE("simulate::Simulation") {
  TEST_CASE("a copy serves while it is fresh; who finds it stale waits for the next") {
    Bed bed;
    CHECK(bed.ask(0s, kQuotes + "1") == 1);
    bed.ask(30s, kQuotes + "1");
    bed.ask(90s, kQuotes + "1");
    bed.ask(100s, kQuotes + "1");  // 10 s old
    CHECK(bed.figures().requests == 4);
    CHECK(bed.figures().credits == 2);
    CHECK(bed.figures().calls == 2);
    CHECK(bed.figures().ages.count() == 4);
    CHECK(bed.figures().ages.mean() == doctest::Approx((0 + 30 + 0 + 10) / 4.0));
    CHECK(bed.figures().content_ages.mean() == doctest::Approx((0 + 30 + 30 + 40) / 4.0));
  }

  TEST_CASE("who waits for a call gets all that it brought") {
    Bed bed;
    bed.decider.fills = true;
    bed.ask(0s, kQuotes + "1");
    bed.ask(40s, kQuotes + "2,3");  // carries 1
    bed.ask(70s, kQuotes + "1,4");  // 1 is 30 s old, and goes along with 4
    CHECK(bed.figures().credits == 3);
    CHECK(bed.figures().ages.mean() == 0);
    bed.ask(80s, kQuotes + "1,4");
    CHECK(bed.figures().ages.mean() == doctest::Approx((10 + 10) / 7.0));
  }

  TEST_CASE("without credits copies serve for a day, and what has none is refused") {
    Bed bed;
    bed.decider.credits = 1;
    bed.ask(0s, kQuotes + "1");
    bed.ask(3600s, kQuotes + "1");
    bed.ask(3600s, kQuotes + "1,2");
    bed.ask(24h + 59s, kQuotes + "1");
    bed.ask(24h + 60s, kQuotes + "1");
    CHECK(bed.figures().credits == 1);
    CHECK(bed.figures().refused == 2);
    CHECK(bed.figures().ages.count() == 3);
    CHECK(bed.figures().ages.mean() == doctest::Approx((0 + 3600 + 86459) / 3.0));
    CHECK(bed.figures().ages.old_share() == doctest::Approx(2.0 / 3));
  }

  TEST_CASE("credits are those of the catalogue, by the hundred assets and by convert") {
    Bed bed;
    std::string many = "1";
    for (int id = 2; id <= 150; ++id) many += "," + std::to_string(id);
    bed.ask(0s, kQuotes + many);
    CHECK(bed.figures().credits == 2);
    CHECK(bed.figures().calls == 2);
    CHECK(bed.figures().fetched == 150);
    CHECK(bed.decider.rooms == std::vector<std::size_t>{0, 50});
    bed.ask(1s, kQuotes + "1&convert=USD,EUR");  // USD is there
    CHECK(bed.figures().credits == 3);
    bed.ask(2s, "/v1/cryptocurrency/listings/latest?limit=100");
    CHECK(bed.decider.rooms.back() == 0);
    CHECK(bed.figures().refused == 0);
  }

  TEST_CASE("what rides along is renewed and costs nothing") {
    Bed bed;
    bed.decider.fills = true;
    bed.ask(0s, kQuotes + "1");
    bed.ask(10s, kQuotes + "2");  // carries 1
    bed.ask(65s, kQuotes + "1");  // 55 s old, and fresh
    CHECK(bed.figures().credits == 2);
    CHECK(bed.figures().fetched == 3);
    CHECK(bed.figures().ages.mean() == doctest::Approx(55 / 3.0));
  }

  TEST_CASE("every minute is told, also those in which nobody asks") {
    Bed bed;
    bed.ask(90s, kQuotes + "1");
    bed.simulation.finish(10min);
    REQUIRE(bed.decider.minutes.size() == 11);
    CHECK(bed.decider.minutes.front() == test::kFirstOfNovember);
    CHECK(bed.decider.minutes.back() == test::kFirstOfNovember + 10min);
  }

  TEST_CASE("what the catalogue does not know is counted and not simulated") {
    Bed bed;
    CHECK(bed.ask(0s, "/v9/anything") == 0);
    CHECK(bed.ask(0s, kQuotes) == 0);
    CHECK(bed.ask(0s, kQuotes + "1&unheard=of") == 0);
    CHECK(bed.figures().unknown == 3);
    CHECK(bed.figures().requests == 0);
    CHECK(bed.figures().credits == 0);
  }

  TEST_CASE("days of demand, each asset counted in each answer") {
    Bed bed;
    bed.decider.fills = false;
    auto shape = test::steady_month();
    shape.days = 3;
    const test::Demand demand(shape, 1);
    const auto trace = test::named_trace(demand, test::numbered_names(300), test::Asking::ById, 1);
    std::size_t entries = 0;
    for (const auto& request : trace) entries += bed.ask(request.at, request.target);
    CHECK(bed.figures().requests == static_cast<std::int64_t>(trace.size()));
    CHECK(bed.figures().ages.count() == static_cast<std::int64_t>(entries));
    CHECK(bed.figures().refused == 0);
    CHECK(bed.figures().ages.quantile(1) < 121);
  }
}

TEST_SUITE("simulate::AgeHistogram") {
  TEST_CASE("the mean is exact, a quantile is right to a hundredth") {
    AgeHistogram ages;
    CHECK(ages.mean() == 0);
    CHECK(ages.quantile(0.95) == 0);
    for (int i = 1; i <= 1000; ++i) ages.add(std::chrono::seconds(i));
    CHECK(ages.mean() == doctest::Approx(500.5));
    for (const double share : {0.01, 0.5, 0.95, 1.0}) {
      CAPTURE(share);
      CHECK(ages.quantile(share) >= 1000 * share);
      CHECK(ages.quantile(share) <= 1010 * share);
    }
    CHECK(ages.old_share() == doctest::Approx(0.7));
    ages.add(-5s);
    CHECK(ages.quantile(0.0005) == 0);
    AgeHistogram long_ago;
    long_ago.add(std::chrono::hours(24 * 4000));
    CHECK(long_ago.quantile(1) >= 4000.0 * 86400);
  }
}
