// Listening to quotes, over the real daemon and the simulated provider: what a listener is told
// when prices, names and the daemon itself change, and what that costs.
#include <map>
#include <memory>
#include <optional>

#include "e2e/bed.hpp"
#include "e2e/event_source.hpp"

namespace quotecached::test {
namespace {

constexpr seconds kTick{60};
constexpr seconds kPastFresh{130};  // and past stale-while-revalidate

// A daemon and a provider whose clocks are moved together.
struct Bed {
  explicit Bed(std::vector<std::string> more = {}) {
    std::vector<std::string> sets{"freshness.ttl_jitter=0", "upstream.failure_throttle=1s"};
    sets.insert(sets.end(), more.begin(), more.end());
    daemon.emplace(
        Daemon::Options{.base_url = sim.base_url(), .sets = sets, .toml = {}, .env = {}});
  }
  std::unique_ptr<EventSource> listen(const std::string& query,
                                      const std::string& fields = {},
                                      int receive_buffer = 0) {
    return std::make_unique<EventSource>(
        daemon->base_url(), "/quotes/stream?" + query, fields, receive_buffer);
  }
  void move(seconds by) {
    moved += by;
    sim.advance_clock(by);
    advance(*daemon, by);
  }
  // Its clock goes on from where it was.
  void restart() {
    daemon->restart();
    advance(*daemon, moved);
  }
  std::size_t take_calls() {
    const auto count = daemon_calls(sim).size();
    sim.clear_calls();
    return count;
  }
  // By id, as /quotes has it.
  std::map<std::string, std::string> prices(const std::string& query) {
    const auto answer = daemon->get("/quotes?" + query);
    must(answer);
    std::map<std::string, std::string> prices;
    for (const auto& row : json_members(json_value(answer.body, "quotes")))
      prices[json_text(row.value, "id")] = json_text(row.value, "price");
    return prices;
  }

  Sim sim;
  std::optional<Daemon> daemon;
  seconds moved{0};
};

// What a listener makes of its events; checks that none is out of order.
struct Picture {
  void take(const StreamEvent& event) {
    if (event.name == "snapshot") {
      rows.clear();
      ++snapshots;
    } else if (event.name == "lists") {
      lists = event.data;
    } else if (event.name == "gone") {
      rows.erase(event["id"]);
    } else {
      const auto id = event["id"];
      CHECK_MESSAGE(event["fetched_at"] >= fetched_at[id], event.data);
      fetched_at[id] = event["fetched_at"];
      rows[id] = event;
      ++quotes;
    }
  }
  void take(EventSource& source, milliseconds quiet = milliseconds(300)) {
    for (const auto& event : source.all(quiet)) take(event);
  }
  [[nodiscard]] std::map<std::string, std::string> prices() const {
    std::map<std::string, std::string> prices;
    for (const auto& [id, event] : rows) prices[id] = event["price"];
    return prices;
  }

  std::map<std::string, StreamEvent> rows;
  std::map<std::string, std::string> fetched_at;
  std::string lists;
  int snapshots = 0;
  int quotes = 0;
};

// The first that the simulated provider knows.
std::string known_ids(Sim& sim, std::size_t count) {
  const auto page = ask(sim, "/v1/cryptocurrency/map?sort=id&limit=" + std::to_string(count));
  const auto coins = data_of(page);
  std::string text;
  for (const auto& coin : json_members(coins))
    text += (text.empty() ? "" : ",") + json_text(coin.value, "id");
  return text;
}

}  // namespace

TEST_SUITE("e2e::stream") {
  TEST_CASE("a listener has a snapshot, and an event for each asset that changes") {
    Bed bed;
    const std::string query = "ids=1,1027&slugs=xrp";
    const auto source = bed.listen(query);
    Picture picture;
    picture.take(*source);
    CHECK(picture.snapshots == 1);
    CHECK(picture.quotes == 3);
    CHECK(picture.lists.empty());
    CHECK(picture.prices() == bed.prices(query));
    CHECK(source->comments.find("retry: 2") != std::string::npos);
    bed.take_calls();
    for (int tick = 1; tick <= 3; ++tick) {
      const auto before = picture.prices();
      bed.move(kPastFresh);
      picture.take(*source);
      CHECK(picture.prices() == bed.prices(query));
      CHECK(picture.prices() != before);
      CHECK(bed.take_calls() == 1);
    }
    CHECK(picture.snapshots == 1);
    CHECK(metric(*bed.daemon, "quotecached_stream_fanout_seconds_count") >= 3);
    // What another client buys is told as well, without a review.
    must(bed.daemon->get(kV2Quotes + "?id=1027&aux=volume_7d"));
    picture.take(*source);
    CHECK(picture.prices() == bed.prices(query));
  }

  TEST_CASE("many listeners cost what one costs, at the freshness that they are worth together") {
    Bed bed;
    const std::string query = "ids=" + known_ids(bed.sim, 100);
    const auto run = [&](std::size_t listeners) {
      std::vector<std::unique_ptr<EventSource>> sources;
      for (std::size_t i = 0; i < listeners; ++i) sources.push_back(bed.listen(query));
      for (auto& source : sources) static_cast<void>(source->next("quote"));
      bed.take_calls();
      for (int second = 0; second < 300; second += 10) bed.move(seconds(10));
      return bed.take_calls();
    };
    const auto one = run(1);
    const auto many = run(40);
    CHECK(one > 0);
    CHECK(many <= one + 1);
    CHECK(many + 1 >= one);
    CHECK(metric(*bed.daemon, "quotecached_stream_listeners_total") == 41);
  }

  TEST_CASE("while credits have a price, what more clients listen to is renewed more often") {
    Bed bed({"credits.plan=explicit", "credits.per_day=200", "credits.per_month=4000"});
    // The day's credits begin anew at midnight: not within the two hours that this takes.
    const auto now = std::chrono::system_clock::now();
    const auto midnight = std::chrono::ceil<std::chrono::days>(now);
    if (midnight - now < std::chrono::hours(3))
      bed.move(std::chrono::ceil<std::chrono::seconds>(midnight - now));
    std::vector<std::unique_ptr<EventSource>> sources;
    for (int i = 0; i < 40; ++i) sources.push_back(bed.listen("ids=1&convert=GBP"));
    sources.push_back(bed.listen("ids=1&convert=EUR"));
    for (auto& source : sources) REQUIRE(source->next("quote"));
    bed.take_calls();
    for (int i = 0; i < 240; ++i) bed.move(seconds(30));
    std::map<std::string, int> calls;
    for (const auto& call : daemon_calls(bed.sim)) {
      for (const auto* convert : {"GBP", "EUR"})
        calls[convert] += call.target.find(convert) != std::string::npos ? 1 : 0;
    }
    MESSAGE(calls["GBP"] << " calls for forty listeners, " << calls["EUR"] << " for one");
    CHECK(calls["EUR"] > 0);
    CHECK(calls["GBP"] > 2 * calls["EUR"]);
  }

  TEST_CASE("who comes back misses nothing, also from a daemon that was restarted meanwhile") {
    Bed bed;
    const std::string query = "ids=1,1027,52";
    Picture picture;
    auto source = bed.listen(query);
    picture.take(*source);
    const auto keeper = bed.listen(query);  // so that there is somebody all the time
    auto id = source->last_id;
    source.reset();
    bed.move(kPastFresh);
    source = bed.listen(query, "Last-Event-ID: " + id + "\r\n");
    picture.take(*source);
    CHECK(picture.snapshots == 1);  // no second one
    CHECK(picture.prices() == bed.prices(query));
    for (int round = 0; round < 3; ++round) {
      CAPTURE(round);
      id = source->last_id;
      bed.restart();
      CHECK_FALSE(source->next());
      CHECK(source->has_ended);
      source = bed.listen(query, "Last-Event-ID: " + id + "\r\n");
      picture.take(*source);
      CHECK(picture.snapshots == 2 + round);
      CHECK(picture.prices() == bed.prices(query));
      bed.move(kPastFresh);
      picture.take(*source);
      CHECK(picture.prices() == bed.prices(query));
    }
  }

  TEST_CASE("a slow reader loses values in between, never the last ones") {
    Bed bed;
    const std::string query = "fields=all&ids=" + known_ids(bed.sim, 200);
    const auto slow = bed.listen(query, {}, 4'096);
    const auto fast = bed.listen(query);
    Picture seen_fast;
    seen_fast.take(*fast);
    for (int tick = 0; tick < 2; ++tick) {
      bed.move(kPastFresh);
      seen_fast.take(*fast);
    }
    Picture seen_slow;
    seen_slow.take(*slow, milliseconds(1'000));
    CHECK(seen_slow.rows.size() == seen_fast.rows.size());
    CHECK(seen_slow.prices() == seen_fast.prices());
    CHECK(seen_slow.quotes < seen_fast.quotes);
    CHECK(metric(*bed.daemon, "quotecached_stream_values_skipped_total") > 0);
    CHECK(metric(*bed.daemon, "quotecached_stream_listeners_cut_total") == 0);
  }

  TEST_CASE("what has no row is listed, and a name that leads elsewhere takes its row along") {
    Bed bed({"freshness.names=10m"});
    const std::string query = "ids=1,999999999&symbols=ETH,NOSUCHCOIN&slugs=xrp";
    const auto source = bed.listen(query);
    Picture picture;
    picture.take(*source, milliseconds(1'000));
    CHECK(picture.rows.contains("1"));
    CHECK(picture.rows.contains("52"));
    CHECK(picture.lists.find("\"asked\":\"999999999\"") != std::string::npos);
    CHECK(picture.lists.find("\"asked\":\"NOSUCHCOIN\"") != std::string::npos);
    const auto answer = bed.daemon->get("/quotes?" + query);
    must(answer);
    CHECK((picture.lists.find("\"ambiguous\":[]") == std::string::npos) ==
          (json_value(answer.body, "ambiguous") != "[]"));
    bed.sim.change_coin(R"({"id":52,"slug":"between"})");
    bed.sim.change_coin(R"({"id":2,"slug":"xrp"})");
    for (int i = 0; i < 4; ++i) bed.move(seconds(400));
    picture.take(*source, milliseconds(1'000));
    CHECK_FALSE(picture.rows.contains("52"));
    CHECK(picture.rows.contains("2"));
  }

  TEST_CASE("what cannot be had is told with its reason, once, and when it can be had again") {
    Bed bed;
    const auto source = bed.listen("ids=1&convert=USD,NOSUCHMONEY");
    const auto lists = source->next("lists");
    REQUIRE(lists);
    CHECK(json_value(lists->data, "unavailable") ==
          R"([{"asked":"1","by":"id","code":"invalid"}])");
    const auto nothing = bed.listen("ids=1&convert=NOSUCHMONEY");
    const auto all = nothing->next("lists");
    REQUIRE(all);
    CHECK(json_value(all->data, "unavailable") == R"([{"asked":"1","by":"id","code":"invalid"}])");
    const auto answer = bed.daemon->get("/quotes?ids=1&convert=NOSUCHMONEY");
    CHECK(answer.status == 400);
    CHECK(json_text(answer.body, "code") == "invalid");
    // Reviews that find the same tell nothing.
    for (int i = 0; i < 3; ++i) bed.move(seconds(11));
    CHECK_FALSE(nothing->next("lists", milliseconds(500)));

    // A provider that fails for a while.
    const auto failing = bed.listen("ids=1027&convert=GBP");
    REQUIRE(failing->next("quote"));
    bed.sim.fault(R"({"kind":"status_5xx","count":-1,"params":{"status":500}})");
    const auto other = bed.listen("ids=52&convert=GBP");
    const auto failed = other->next("lists", milliseconds(30'000));
    REQUIRE(failed);
    CHECK(failed->data.find(R"("code":"unavailable")") != std::string::npos);
    bed.sim.clear_faults();
    std::optional<StreamEvent> again;
    for (int i = 0; i < 6 && !again; ++i) {
      bed.move(seconds(60));
      again = other->next("lists", milliseconds(2'000));
    }
    REQUIRE(again);
    CHECK(again->data.find("unavailable") == std::string::npos);
  }

  TEST_CASE("a value says that it is stale when nothing newer can be had, and when it can again") {
    Bed bed;
    const auto source = bed.listen("ids=1");
    const auto first = source->next("quote");
    REQUIRE(first);
    CHECK((*first)["stale"] == "false");
    bed.sim.fault(R"({"kind":"hang","count":-1})");
    advance_at_once(*bed.daemon, kPastFresh);
    const auto stale = source->next("quote");
    REQUIRE(stale);
    CHECK((*stale)["stale"] == "true");
    CHECK((*stale)["fetched_at"] == (*first)["fetched_at"]);
    CHECK((*stale)["price"] == (*first)["price"]);
    bed.sim.clear_faults();
    std::optional<StreamEvent> again;
    for (int i = 0; i < 20 && !again; ++i) {
      advance_at_once(*bed.daemon, kTick);
      again = source->next("quote", milliseconds(1'500));
    }
    REQUIRE(again);
    CHECK((*again)["stale"] == "false");
    CHECK((*again)["fetched_at"] > (*first)["fetched_at"]);
  }
}

}  // namespace quotecached::test
