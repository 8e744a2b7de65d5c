#include "stream/board.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include <doctest/doctest.h>

#include "stream/ask_key.hpp"

using namespace quotecached;
using namespace quotecached::stream;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kNow{1'700'000'000s};

struct World {
  Board board{"ab"};
  TimePoint now = kNow;

  Channel& open(const std::string& query) {
    auto read = std::get<ReadAsk>(read_ask(query));
    return board.open(std::move(read.key), std::move(read.ask));
  }
  using Ids = std::vector<std::optional<std::uint64_t>>;
  void lead(Channel& channel, Ids ids, const std::string& lists = "") {
    compact::Census census;
    census.ids = std::move(ids);
    census.lists = lists.empty() ? "{}" : lists;
    census.has_lists = !lists.empty();
    board.take(channel, census);
  }
  void see(std::uint64_t id, const std::string& price) {
    compact::StandingRow row;
    row.begin = "{\"id\":" + std::to_string(id) + ",\"price\":" + price;
    row.fetched_at = now;
    row.fresh_until = now + 60s;
    row.stale_until = now + 24h;
    for (auto* const topic : board.topics_of(id)) board.take(*topic, row, now);
  }
  // "quote 1=10", "gone 1", "lists ..."
  static std::string words(const Change& change) {
    const std::string text(change.text->payload());
    const auto event = text.substr(text.find("event: ") + 7);
    const auto name = event.substr(0, event.find('\n'));
    const auto data = event.substr(event.find("data: ") + 6);
    if (name == "lists") return name + " " + data.substr(0, data.size() - 2);
    const auto id = data.substr(6, data.find(',') - 6);
    if (name == "gone") return name + " " + id;
    const auto price = data.find("price\":") + 7;
    return name + " " + id + "=" + data.substr(price, data.find(',', price) - price);
  }
  static std::string words(const Changes& changes) {
    std::string all;
    for (const auto& change : changes) all += (all.empty() ? "" : ", ") + words(change);
    return all;
  }
  std::string news(const Channel& channel) {
    for (const auto& [of, changes] : board.take_news()) {
      CHECK(std::ranges::is_sorted(*changes, {}, &Change::version));
      if (of == &channel) return words(*changes);
    }
    return "";
  }
};

}  // namespace

TEST_SUITE("stream::Board") {
  TEST_CASE("a channel has the rows that its names lead to, told as they change") {
    World world;
    auto& channel = world.open("ids=1,2");
    world.lead(channel, {1, 2});
    CHECK(world.board.topics().size() == 2);
    world.see(1, "10");
    CHECK(world.news(channel) == "quote 1=10");
    CHECK(World::words(*world.board.all_of(channel)) == "quote 1=10");
    world.see(2, "20");
    world.now += 1s;
    world.see(1, "11");
    world.see(1, "11");
    CHECK(world.news(channel) == "quote 2=20, quote 1=11");
    CHECK(world.news(channel).empty());
    CHECK(World::words(*world.board.all_of(channel)) == "quote 2=20, quote 1=11");
  }

  TEST_CASE("a row that several channels have is one text") {
    World world;
    auto& one = world.open("ids=1,2");
    auto& other = world.open("ids=2,3");
    world.lead(one, {1, 2});
    world.lead(other, {2, 3});
    world.see(2, "20");
    const auto news = world.board.take_news();
    REQUIRE(news.size() == 2);
    CHECK(news[0].second->front().text == news[1].second->front().text);
    // With other columns it is another row.
    auto& third = world.open("ids=2&fields=market_cap");
    world.lead(third, {2});
    CHECK(world.board.topics_of(2).size() == 2);
    world.board.close(third);
    CHECK(world.board.topics_of(2).size() == 1);
  }

  TEST_CASE("a row that was purged is told as gone, or as the older copy that is left") {
    World world;
    auto& channel = world.open("ids=1,2");
    world.lead(channel, {1, 2});
    world.see(1, "10");
    world.see(2, "20");
    (void)world.board.all_of(channel);
    (void)world.board.take_news();
    const auto row_of = [&](std::uint64_t id) { return world.board.topics_of(id).front(); };

    const auto kept = row_of(2)->value;
    world.board.take_purged(*row_of(1), std::nullopt, world.now);
    world.board.take_purged(*row_of(2), kept, world.now);
    const auto gone = world.board.take_news();
    REQUIRE(gone.size() == 1);
    CHECK(World::words(*gone.front().second) == "gone 1");
    CHECK(World::words(*world.board.all_of(channel)) == "quote 2=20, gone 1");

    auto older = *kept;
    older.begin = "{\"id\":2,\"price\":19";
    older.fetched_at -= 30s;
    world.board.take_purged(*row_of(2), older, world.now);
    const auto news = world.board.take_news();
    REQUIRE(news.size() == 1);
    CHECK(World::words(*news.front().second) == "quote 2=19");
  }

  TEST_CASE("a name that leads elsewhere takes the row with it, and back") {
    World world;
    auto& channel = world.open("symbols=XYZ");
    world.lead(channel, {std::nullopt});
    CHECK(world.board.topics().empty());
    world.lead(channel, {1});
    world.see(1, "10");
    CHECK(world.news(channel) == "quote 1=10");
    static_cast<void>(world.board.all_of(channel));
    world.lead(channel, {std::nullopt});  // not known right now: it stays
    CHECK(world.news(channel).empty());
    world.lead(channel, {2});
    world.see(2, "20");
    CHECK(world.news(channel) == "gone 1, quote 2=20");
    CHECK(world.board.topics_of(1).empty());
    world.lead(channel, {0}, R"({"ambiguous":"XYZ"})");
    CHECK(world.news(channel) == "gone 2, lists {\"ambiguous\":\"XYZ\"}");
    world.lead(channel, {1});
    world.see(1, "11");
    CHECK(world.news(channel) == "lists {}, quote 1=11");
    CHECK(World::words(*world.board.all_of(channel)) == "gone 2, lists {}, quote 1=11");
  }

  TEST_CASE("a row that joins is younger than all that its listeners have") {
    World world;
    auto& one = world.open("ids=1");
    world.lead(one, {1});
    world.see(1, "10");
    auto& other = world.open("symbols=ABC,XYZ");
    world.lead(other, {2, std::nullopt});
    world.see(2, "20");
    const auto all = world.board.all_of(other);
    const auto before = all->back().version;
    static_cast<void>(world.board.take_news());
    world.lead(other, {2, 1});
    const auto news = world.board.take_news();
    for (const auto& [channel, changes] : news) {
      REQUIRE(World::words(*changes) == "quote 1=10");
      CHECK(changes->front().version > before);
    }
    CHECK(news.size() == 2);
  }

  TEST_CASE("lists are told when they are not empty, and when they change") {
    World world;
    auto& channel = world.open("ids=1,2");
    world.lead(channel, {1, 2});
    CHECK(world.news(channel).empty());
    world.lead(channel, {1, 0}, R"({"missing":[2]})");
    CHECK(world.news(channel) == R"(lists {"missing":[2]})");
    world.lead(channel, {1, 0}, R"({"missing":[2]})");
    CHECK(world.news(channel).empty());
    world.lead(channel, {1, 2});
    CHECK(world.news(channel) == "lists {}");
  }

  TEST_CASE("who was there in another life of the channel gets all of it") {
    World world;
    auto* channel = &world.open("ids=1");
    world.lead(*channel, {1});
    world.see(1, "10");
    const auto seen = world.board.all_of(*channel)->back().version;
    CHECK(seen > channel->complete_since);
    world.board.close(*channel);
    CHECK(world.board.topics().empty());
    channel = &world.open("ids=1");
    CHECK(seen < channel->complete_since);
  }

  TEST_CASE("rows that have left are not kept without end") {
    World world;
    auto& channel = world.open("symbols=XYZ");
    static_cast<void>(world.board.all_of(channel));
    for (std::uint64_t id = 1; id <= 1'100; ++id) {
      world.lead(channel, {id}, id == 1 ? R"({"missing":[2]})" : "");
      world.see(id, "10");
      static_cast<void>(world.board.take_news());
    }
    CHECK(channel.others.size() <= 1'000);
    CHECK(channel.complete_since >= channel.others.begin()->first - 2);
    const auto all = world.board.all_of(channel);
    CHECK(std::ranges::count(*all, kLists, &Change::slot) == 1);
  }

  // Several channels over few assets, names that lead now here now there, rows seen at random;
  // feeds that take the news late and listeners that read little, leave and come back.
  TEST_CASE("model: whatever happens, listeners end with what the channel has") {
    for (unsigned seed = 0; seed < 60; ++seed) {
      CAPTURE(seed);
      std::mt19937 random(seed);
      const auto below = [&random](std::uint64_t most) { return random() % most; };
      World world;
      struct Listener {
        Cursor cursor;
        std::map<std::uint64_t, std::string> has;  // by slot
        std::uint64_t last = 0;
      };
      struct Line {
        Channel* channel;
        Feed feed;
        std::vector<Listener> listeners;
      };
      std::vector<Line> lines;
      for (const auto* query : {"symbols=A,B", "symbols=B,C", "symbols=A,B,C,D"}) {
        auto& line = lines.emplace_back(Line{&world.open(query), {}, {}});
        line.feed.set_complete_since(line.channel->complete_since);
        line.feed.take(*world.board.all_of(*line.channel));
      }
      const auto start = [&](Line& line, Listener& one) {
        if (one.cursor.start(line.feed, one.last)) one.has.clear();
      };
      const auto tell = [&] {
        for (const auto& [channel, changes] : world.board.take_news()) {
          for (auto& line : lines) {
            if (line.channel != channel) continue;
            line.feed.set_complete_since(channel->complete_since);
            line.feed.take(*changes);
          }
        }
      };
      const auto read = [&](Line& line, Listener& one) {
        std::array<const Feed::Items::value_type*, 3> items{};
        const auto count = one.cursor.next(line.feed, items);
        for (std::size_t i = 0; i < count; ++i) {
          const auto& [version, item] = *items[i];
          REQUIRE(version > one.last);
          one.last = version;
          static_cast<void>(one.cursor.took(*items[i]));
          const auto words = World::words({item.slot, version, item.text});
          if (item.is_gone) {
            one.has.erase(item.slot);
          } else {
            one.has[item.slot] = words;
          }
        }
      };
      int price = 0;
      for (int step = 0; step < 400; ++step) {
        auto& line = lines[below(lines.size())];
        switch (below(7)) {
          case 0: {
            World::Ids ids;
            for (std::size_t i = 0; i < line.channel->ids.size(); ++i) {
              const auto id = below(6);
              ids.push_back(id == 5 ? std::nullopt : std::optional<std::uint64_t>(id));
            }
            world.lead(*line.channel, ids, below(2) == 0 ? "{\"missing\":[1]}" : "");
            break;
          }
          case 1:
          case 2:
            world.now += 1s;
            world.see(1 + below(4), std::to_string(++price));
            break;
          case 3: tell(); break;
          case 4:
            if (line.listeners.size() < 3) {
              start(line, line.listeners.emplace_back());
            } else {
              start(line, line.listeners[below(3)]);
            }
            break;
          default:
            if (!line.listeners.empty()) read(line, line.listeners[below(line.listeners.size())]);
        }
      }
      tell();
      for (auto& line : lines) {
        std::map<std::uint64_t, std::string> truth;
        const auto all = world.board.all_of(*line.channel);
        for (const auto& change : *all)
          if (!change.is_gone) truth[change.slot] = World::words(change);
        for (auto& one : line.listeners) {
          for (int i = 0; i < 20; ++i) read(line, one);
          CHECK(one.has == truth);
        }
      }
    }
  }
}
