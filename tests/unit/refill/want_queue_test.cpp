#include "refill/want_queue.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::calling;
using namespace quotecached::refill;

namespace {

const WantQueue::Time kStart{100h};

const WantQueue::CopyOf no_copy = [](std::string_view) { return cache::EntryPtr(); };

LanePtr lane_of(const std::string& converts) {
  catalog::Request request;
  REQUIRE_FALSE(
      catalog::parse_target(catalog::Catalogue::built_in(),
                            "/v2/cryptocurrency/quotes/latest?symbol=A&convert=" + converts,
                            request));
  return refill::lane_of(request);
}

// A queue with what it needs; the gate is closed for who has asked for five unknown names.
struct Bed {
  HoldOffs hold_offs{100};
  JunkGate junk{{.free_names = 5, .half_life = 60s, .widest = 12s}};
  refill::Counters counters;
  WantQueue queue{{.window = 5ms, .max_calls = 2, .max_waiting = 3}, {hold_offs, junk, counters}};
  LanePtr lane = lane_of("USD");

  // What a client wants that has no copy.
  PendingPtr want(const std::string& name,
                  WantQueue::Time now = kStart,
                  const std::string& client = "a") {
    return want_all({name}, now, client).front().pending;
  }
  std::vector<Wanted> want_all(const std::vector<std::string>& names,
                               WantQueue::Time now,
                               const std::string& client) {
    Want want{lane, names, {}, {}, client, {}};
    for (const auto& name : names) {
      for (const auto& convert : lane->parts().converts)
        want.keys.push_back({name + ":" + convert, nullptr});
    }
    std::vector<Wanted> wanted;
    queue.add(std::move(want), now, wanted);
    REQUIRE(wanted.size() == names.size() * lane->keys_per_asset());
    return wanted;
  }

  // For 10.8 s, and for 240 ms after six names.
  void close_gate(const std::string& client, int names = 50) {
    for (int i = 0; i < names; ++i) junk.note_unknown(client, kStart);
    junk.note_paid(client, kStart);
  }
};

std::string refusal_of(const PendingPtr& one) { return one->failure ? one->failure->message : ""; }

}  // namespace

TEST_SUITE("refill::WantQueue") {
  TEST_CASE("tells which batches began to collect, once, and what they hold until they start") {
    Bed bed;
    CHECK(bed.queue.take_opened().empty());
    (void)bed.want("A");
    (void)bed.want("B");
    const auto opened = bed.queue.take_opened();
    REQUIRE(opened.size() == 1);
    CHECK(opened.front()->name() == bed.lane->name());
    CHECK(bed.queue.take_opened().empty());
    const auto* const collecting = bed.queue.collecting(bed.lane);
    REQUIRE(collecting != nullptr);
    CHECK(*collecting == std::vector<std::string>{"A", "B"});
    CHECK(bed.queue.collecting(lane_of("EUR")) == nullptr);
    REQUIRE(bed.queue.start(kStart + 5ms));
    CHECK(bed.queue.collecting(bed.lane) == nullptr);
  }

  TEST_CASE("who wants what is under way joins its fetch, until the batch has ended") {
    Bed bed;
    const auto first = bed.want("BTC");
    CHECK(bed.want("BTC", kStart + 1ms) == first);
    CHECK(first->last_wanted == kStart + 1ms);
    CHECK_FALSE(bed.queue.start(kStart + 4ms));
    CHECK(bed.queue.wakeup(kStart + 4ms) == kStart + 5ms);
    const auto started = bed.queue.start(kStart + 5ms);
    REQUIRE(started);
    CHECK(names_of(started->work.assets) == std::vector<std::string>{"BTC"});
    CHECK(bed.want("BTC", kStart + 6ms) == first);
    CHECK(bed.counters.coalesced == 2);
    bed.queue.finish(started->id, {&first, 1});
    CHECK(bed.want("BTC", kStart + 7ms) != first);
  }

  TEST_CASE("what a running batch has given up is fetched anew, and outlives that batch") {
    Bed bed;
    const auto first = bed.want("BTC");
    const auto started = bed.queue.start(kStart + 5ms);
    REQUIRE(started);
    resolve(*first, nullptr, std::make_shared<const Failure>());
    const auto second = bed.want("BTC", kStart + 6ms);
    CHECK(second != first);
    bed.queue.finish(started->id, {&first, 1});
    CHECK(bed.want("BTC", kStart + 7ms) == second);
  }

  TEST_CASE("what a running batch has brought is fetched anew for who it is not good enough for") {
    Bed bed;
    const auto first = bed.want("BTC");
    REQUIRE(bed.queue.start(kStart + 5ms));
    resolve(*first, std::make_shared<const cache::Entry>(), nullptr);
    CHECK(bed.want("BTC", kStart + 6ms) != first);
  }

  TEST_CASE("what is held off is refused at once, and by name") {
    Bed bed;
    const auto why = std::make_shared<const Failure>(Failure{400, 400, "no such coin", {}});
    bed.hold_offs.hold("BTC:USD", HoldOffs::Binds::Everyone, why, kStart + 1s);
    CHECK(refusal_of(bed.want("BTC")) == "no such coin");
    CHECK(bed.counters.throttled == 1);
    CHECK_FALSE(bed.want("BTC", kStart + 1s)->resolved.is_set());
  }

  TEST_CASE("when too much waits, or nothing is begun any more, what is new is refused") {
    Bed bed;
    const auto first = bed.want("A");
    bed.want("B");
    bed.want("C");
    CHECK(bed.want("D")->failure);
    bed.queue.close();
    CHECK(bed.want("E")->failure);
    CHECK(bed.want("A") == first);
  }

  TEST_CASE("an asset that is parked rides along, and is waited for as the batch is") {
    Bed bed;
    bed.close_gate("flood");
    const auto parked = bed.want("XYZ1", kStart, "flood");
    CHECK_FALSE(parked->resolved.is_set());
    Waits request(Wait::None, kStart);
    request.follow(parked->waits, kStart);
    CHECK_FALSE(bed.queue.start(kStart + 5ms));

    bed.want("BTC", kStart + 10ms);
    const auto started = bed.queue.start(kStart + 15ms);
    REQUIRE(started);
    CHECK(names_of(started->work.assets) == std::vector<std::string>{"BTC", "XYZ1"});
    CHECK(parked->batch == started->id);
    started->work.assets.front().pendings.front()->waits->begin(Wait::Call, kStart + 15ms);
    CHECK(request.current().what == Wait::Call);
  }

  TEST_CASE("a batch with a rider is called for the client that waits for it") {
    Bed bed;
    bed.close_gate("flood");
    bed.want("XYZ1", kStart, "flood");
    std::vector<Wanted> wanted;
    Want warm{bed.lane, {"BTC"}, {{"BTC:USD", nullptr}}, {}, {}, {}};
    warm.reason = {Priority::Warm, credit::Cause::Warm};
    bed.queue.add(std::move(warm), kStart, wanted);
    const auto started = bed.queue.start(kStart + 5ms);
    REQUIRE(started);
    CHECK(started->work.assets.size() == 2);
    CHECK(started->work.reason.priority == Priority::Foreground);
    CHECK(started->work.reason.cause == credit::Cause::Miss);
  }

  TEST_CASE("an asset that is parked is called for when the gate opens") {
    Bed bed;
    bed.close_gate("flood");
    const auto parked = bed.want("XYZ1", kStart, "flood");
    const auto opens = bed.queue.wakeup(kStart);
    REQUIRE(opens);
    CHECK(*opens > kStart + 1s);
    CHECK_FALSE(bed.queue.start(*opens));  // it enters its batch, which collects
    const auto started = bed.queue.start(*opens + 5ms);
    REQUIRE(started);
    CHECK(started->work.assets.front().pendings.front() == parked);
  }

  TEST_CASE("who asks for one name is served before the many of another, whoever came first") {
    Bed bed;
    bed.close_gate("");
    Want junk{bed.lane, {}, {}, {}, "", {}};
    for (int i = 0; i < 900; ++i) {
      const auto name = "J" + std::to_string(i);
      junk.assets.push_back(name);
      junk.keys.push_back({name + ":USD", nullptr});
    }
    std::vector<Wanted> wanted;
    bed.queue.add(std::move(junk), kStart, wanted);
    const auto real = bed.want("REAL", kStart + 1s, "");
    const auto opens = bed.queue.wakeup(kStart + 1s);
    REQUIRE(opens);
    CHECK_FALSE(bed.queue.start(*opens));
    const auto started = bed.queue.start(*opens + 5ms);
    REQUIRE(started);
    CHECK(started->work.assets[1].pendings.front() == real);
    CHECK_FALSE(is_parked(*real));
  }

  TEST_CASE("what cannot have its turn in time is told so at once, in words of our own") {
    Bed bed;
    bed.close_gate("");
    Want junk{bed.lane, {}, {}, {}, "", {}};
    for (int i = 0; i < 900; ++i) {
      const auto name = "J" + std::to_string(i);
      junk.assets.push_back(name);
      junk.keys.push_back({name + ":USD", nullptr});
    }
    std::vector<Wanted> wanted;
    bed.queue.add(std::move(junk), kStart, wanted);
    CHECK(is_parked(*wanted[0].pending));
    const auto& last = *wanted[899].pending;
    REQUIRE(last.failure);
    CHECK(last.failure->http_status == 503);
    CHECK(last.failure->is_of_asset);
    CHECK(last.failure->retry_after > 0s);
    CHECK(last.failure->message.find("provider") == std::string::npos);
    CHECK(last.failure->message.find("unknown assets") != std::string::npos);
    CHECK(bed.counters.turned_away > 0);
  }

  TEST_CASE("an asset that is parked is answered at its latest moment, though it had no turn") {
    Bed bed;
    bed.close_gate("");
    const auto parked = bed.want("XYZ1", kStart, "");
    bed.junk.note_paid("", kStart + 8s);
    CHECK(bed.queue.wakeup(kStart + 8s) == kStart + bed.junk.longest_wait());
    CHECK_FALSE(bed.queue.start(kStart + bed.junk.longest_wait() - 1ms));
    CHECK_FALSE(parked->resolved.is_set());
    CHECK_FALSE(bed.queue.start(kStart + bed.junk.longest_wait()));
    CHECK(refusal_of(parked).find("waits for its turn") != std::string::npos);
    CHECK(bed.queue.is_empty());
    CHECK(bed.want("XYZ1", kStart + 14s, "") != parked);
  }

  TEST_CASE("who may pay for what another has parked does so at once, and both get the answer") {
    Bed bed;
    bed.close_gate("flood");
    for (int i = 0; i < 20; ++i) bed.junk.note_unknown("good", kStart);  // none paid yet
    const auto parked = bed.want_all({"REAL"}, kStart, "flood").front();
    REQUIRE(is_parked(*parked.pending));
    CHECK(bears_cost(parked));
    Waits request(Wait::None, kStart);
    request.follow(parked.pending->waits, kStart);

    const auto joined = bed.want_all({"REAL"}, kStart + 1s, "good").front();
    CHECK(joined.pending == parked.pending);
    CHECK_FALSE(is_parked(*joined.pending));
    CHECK(bears_cost(joined));
    CHECK_FALSE(bears_cost(parked));
    CHECK(joined.pending->client == "good");  // its junk, should it be any
    CHECK(bed.junk.opens("good", kStart + 1s) > kStart + 1s);
    const auto started = bed.queue.start(kStart + 1s + 5ms);
    REQUIRE(started);
    REQUIRE(started->work.assets.size() == 1);
    CHECK(started->work.assets.front().pendings.front() == parked.pending);
    started->work.assets.front().pendings.front()->waits->begin(Wait::Call, kStart + 1s);
    CHECK(request.current().what == Wait::Call);
    CHECK_FALSE(bed.queue.start(kStart + 1min));  // it is called for once
    bed.queue.finish(started->id, {&parked.pending, 1});
    CHECK(bed.queue.is_empty());
  }

  TEST_CASE("of two clients who may not pay yet the one pays who may first") {
    Bed bed;
    bed.close_gate("flood");
    bed.close_gate("good", 6);
    SUBCASE("the one who came later") {
      const auto parked = bed.want("REAL", kStart, "flood");
      CHECK(bed.want("REAL", kStart, "good") == parked);
      CHECK(is_parked(*parked));
      CHECK(parked->client == "good");
      const auto opens = bed.queue.wakeup(kStart);
      REQUIRE(opens);
      CHECK(*opens < kStart + 1s);
      CHECK_FALSE(bed.queue.start(*opens));
      CHECK(bed.queue.start(*opens + 5ms));
    }
    SUBCASE("the one who was there") {
      const auto parked = bed.want("REAL", kStart, "good");
      CHECK(bed.want("REAL", kStart, "flood") == parked);
      CHECK(parked->client == "good");
    }
    SUBCASE("but not behind what else that one has waiting") {
      const auto parked = bed.want("REAL", kStart, "flood");
      bed.want("JUNK", kStart, "good");
      CHECK(bed.want("REAL", kStart, "good") == parked);
      CHECK(parked->client == "flood");
    }
  }

  TEST_CASE("who pays for what another has parked pays for the currencies that it wants itself") {
    Bed bed;
    bed.close_gate("flood");
    const auto dollars = bed.lane;
    bed.lane = lane_of("EUR,USD");
    const auto parked = bed.want_all({"REAL"}, kStart, "flood");
    bed.lane = dollars;
    Waits euros_wait(Wait::None, kStart);
    euros_wait.follow(parked[0].pending->waits, kStart);
    Waits dollars_wait(Wait::None, kStart);
    dollars_wait.follow(parked[1].pending->waits, kStart);
    CHECK(bed.want("REAL", kStart, "good") == parked[1].pending);
    CHECK(is_parked(*parked[0].pending));
    CHECK(parked[0].pending->client == "flood");
    const auto started = bed.queue.start(kStart + 5ms);
    REQUIRE(started);
    CHECK(keys_of(started->work.assets) == std::vector<std::string>{"REAL:USD"});
    // Each is told its own wait.
    parked[1].pending->waits->begin(Wait::Call, kStart + 5ms);
    CHECK(dollars_wait.current().what == Wait::Call);
    CHECK(euros_wait.current().what == Wait::Batch);
    CHECK_FALSE(bed.queue.start(kStart + 12s));
    const auto later = bed.queue.start(kStart + 12s + 5ms);
    REQUIRE(later);
    CHECK(keys_of(later->work.assets) == std::vector<std::string>{"REAL:EUR"});
    CHECK(later->work.lane->name() == lane_of("EUR")->name());
  }

  TEST_CASE(
      "what another has parked shares a call with the known coins that are asked for with it") {
    Bed bed;
    bed.close_gate("flood");
    bed.junk.note_real("symbol", "BTC");
    const auto parked = bed.want("REAL", kStart, "flood");
    std::string pays = "good";
    SUBCASE("paid by who may") {}
    SUBCASE("riding along for who may not") {
      bed.close_gate("good", 60);
      pays = "flood";
    }
    const auto wanted = bed.want_all({"BTC", "REAL"}, kStart + 1ms, "good");
    CHECK(wanted[1].pending == parked);
    const auto started = bed.queue.start(kStart + 6ms);
    REQUIRE(started);
    CHECK(names_of(started->work.assets) == std::vector<std::string>{"BTC", "REAL"});
    CHECK(parked->client == pays);
  }

  TEST_CASE("a name that turned out to be real waits no longer for who asks for it") {
    Bed bed;
    bed.close_gate("");
    const auto parked = bed.want("REAL", kStart, "");
    CHECK(bed.want("REAL", kStart, "") == parked);
    CHECK(is_parked(*parked));
    bed.junk.note_real("symbol", "REAL");
    CHECK(bed.want("REAL", kStart + 1s, "") == parked);
    CHECK_FALSE(is_parked(*parked));
    CHECK(bed.queue.start(kStart + 1s + 5ms));
  }

  TEST_CASE("what is held off for everyone stays parked, whoever asks for it") {
    Bed bed;
    bed.close_gate("flood");
    const auto parked = bed.want("REAL", kStart, "flood");
    const auto why = std::make_shared<const Failure>();
    auto held = bed.lane->name();
    SUBCASE("the lane") {}
    SUBCASE("another currency of the same ask") {
      held = "REAL:EUR";
      bed.lane = lane_of("EUR,USD");
    }
    SUBCASE("the lane of its currency alone") { bed.lane = lane_of("EUR,USD"); }
    bed.hold_offs.hold(held, HoldOffs::Binds::Everyone, why, kStart + 5s);
    CHECK(bed.want_all({"REAL"}, kStart + 1s, "good").back().pending == parked);
    CHECK(is_parked(*parked));
    CHECK_FALSE(parked->resolved.is_set());
  }

  TEST_CASE("a parked name has the turn of the ask that names it first") {
    Bed bed;
    bed.close_gate("");
    std::vector<std::string> names;
    for (int i = 0; i < 60; ++i) names.push_back("J" + std::to_string(i));
    const auto first = bed.want_all(names, kStart, "");
    REQUIRE(is_parked(*first[59].pending));
    const auto again = bed.want_all(names, kStart + 1ms, "");  // as it was
    CHECK(again[59].pending == first[59].pending);
    CHECK(bed.want("J59", kStart + 1s, "") == first[59].pending);
    const auto opens = bed.queue.wakeup(kStart + 1s);
    REQUIRE(opens);
    CHECK_FALSE(bed.queue.start(*opens));
    const auto started = bed.queue.start(*opens + 5ms);
    REQUIRE(started);
    CHECK(names_of(started->work.assets)[1] == "J59");
    CHECK(names_of(started->work.assets)[2] == "J1");
  }

  TEST_CASE("a client's need makes haste of a refresh that waits") {
    Bed bed;
    const auto copy = std::make_shared<const cache::Entry>();
    std::vector<Wanted> wanted;
    Want refresh{bed.lane, {"BTC"}, {{"BTC:USD", copy}}, {}, "a", {}};
    bed.queue.add(std::move(refresh), kStart, wanted);
    CHECK_FALSE(wanted.front().pending->is_needed);
    CHECK(bed.want("BTC")->is_needed);
    const auto started = bed.queue.start(kStart + 5ms);
    REQUIRE(started);
    CHECK(started->work.reason.priority == Priority::Foreground);
  }

  TEST_CASE("what rides is busy until its batch has ended, and waits for what that does") {
    Bed bed;
    const auto first = bed.want("BTC");
    auto started = bed.queue.start(kStart + 5ms);
    REQUIRE(started);
    CHECK(bed.queue.is_busy("BTC:USD", kStart + 5ms));
    CHECK_FALSE(bed.queue.is_busy("ETH:USD", kStart + 5ms));
    bed.queue.ride(*started, {{"ETH", {"ETH:USD"}}, {"XRP", {"XRP:USD"}}}, no_copy, kStart + 5ms);
    CHECK(names_of(started->work.assets) == std::vector<std::string>{"BTC", "ETH", "XRP"});
    const auto& rider = started->work.assets[1].pendings.front();
    CHECK(rider->rides);
    CHECK_FALSE(rider->is_wanted);
    CHECK_FALSE(rider->is_needed);
    CHECK(rider->client.empty());
    CHECK(rider->batch == started->id);
    CHECK(rider->waits == first->waits);
    CHECK(rider->last_wanted == kStart + 5ms);
    CHECK(bed.queue.is_busy("ETH:USD", kStart + 5ms));
    CHECK(bed.counters.riding == 2);
    CHECK(bed.counters.wanted == 1);
    const std::vector<PendingPtr> ended{first, rider, started->work.assets[2].pendings.front()};
    bed.queue.finish(started->id, ended);
    for (const auto* key : {"BTC:USD", "ETH:USD", "XRP:USD"})
      CHECK_FALSE(bed.queue.is_busy(key, kStart + 6ms));
    CHECK(bed.want("ETH", kStart + 7ms) != rider);
  }

  TEST_CASE("a client joins what rides, which rides no longer then") {
    Bed bed;
    bed.want("BTC");
    auto started = bed.queue.start(kStart + 5ms);
    REQUIRE(started);
    bed.queue.ride(*started, {{"ETH", {"ETH:USD"}}}, no_copy, kStart + 5ms);
    const auto& asset = started->work.assets.back();
    CHECK(is_riding(asset));
    const auto joined = bed.want("ETH", kStart + 6ms);
    CHECK(joined == asset.pendings.front());
    CHECK_FALSE(is_riding(asset));
    CHECK(joined->is_needed);
    CHECK(joined->last_wanted == kStart + 6ms);
    CHECK(bed.counters.coalesced == 1);
    CHECK_FALSE(bed.queue.start(kStart + 1s));  // it needs no call of its own
  }

  TEST_CASE("what a call brought while it rode, or dropped, is fetched anew for who asks next") {
    Bed bed;
    bed.want("BTC");
    auto started = bed.queue.start(kStart + 5ms);
    REQUIRE(started);
    bed.queue.ride(*started, {{"ETH", {"ETH:USD"}}}, no_copy, kStart + 5ms);
    const auto rider = started->work.assets.back().pendings.front();
    CHECK(drop_riders(started->work.assets));
    const auto anew = bed.want("ETH", kStart + 6ms);
    CHECK(anew != rider);
    bed.queue.finish(started->id, {&rider, 1});
    CHECK(bed.want("ETH", kStart + 7ms) == anew);
  }

  TEST_CASE("what is held off for who has a copy is busy") {
    Bed bed;
    const auto why = std::make_shared<const Failure>();
    bed.hold_offs.hold("BTC:USD", HoldOffs::Binds::Everyone, why, kStart + 1s);
    bed.hold_offs.hold("ETH:USD", HoldOffs::Binds::WhoHasCopy, why, kStart + 1s);
    for (const auto* key : {"BTC:USD", "ETH:USD"}) {
      CHECK(bed.queue.is_busy(key, kStart));
      CHECK_FALSE(bed.queue.is_busy(key, kStart + 1s));
    }
  }
}
