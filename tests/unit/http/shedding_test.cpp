#include "http/shedding.hpp"

#include <doctest/doctest.h>

using namespace quotecached::http;
using namespace std::chrono_literals;
using enum Standing::Doing;

namespace {

constexpr Standing::Time kNow{std::chrono::hours(1)};

Standing since(Standing::Doing doing, std::chrono::milliseconds ago, bool is_unix = false) {
  return {doing, kNow - ago, is_unix};
}

}  // namespace

TEST_SUITE("http::pick_to_shed") {
  TEST_CASE("lets the longest idle go first, then who stalls, never who waits for us") {
    struct Row {
      const char* name;
      std::vector<Standing> connections;
      std::size_t most;
      std::vector<std::size_t> picked;
    };
    const Row rows[] = {
        {"nobody there", {}, 4, {}},
        {"none wanted", {since(Nothing, 1s)}, 0, {}},
        {"idle for no time at all", {since(Nothing, 0ms)}, 4, {0}},
        {"longest idle first",
         {since(Nothing, 2s), since(Nothing, 5s), since(Nothing, 1s)},
         2,
         {1, 0}},
        {"equals in their order", {since(Nothing, 1s), since(Nothing, 1s)}, 2, {0, 1}},
        {"a Unix socket after all other idle ones",
         {since(Nothing, 9s, true), since(Nothing, 1s)},
         2,
         {1, 0}},
        {"idle before stalled", {since(Sending, 9s), since(Nothing, 1ms)}, 2, {1, 0}},
        {"an idle Unix socket before a stalled client",
         {since(Sending, 9s), since(Nothing, 1ms, true)},
         1,
         {1}},
        {"sending before taking", {since(Taking, 9s), since(Sending, 3s)}, 2, {1, 0}},
        {"stalled exactly as long as it may", {since(Sending, 2s), since(Taking, 2s)}, 4, {0, 1}},
        {"not yet stalled", {since(Sending, 1999ms), since(Taking, 1999ms)}, 4, {}},
        {"waiting for an answer", {since(Waiting, 1h)}, 4, {}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(pick_to_shed(row.connections, kNow, row.most) == row.picked);
    }
  }
}

TEST_SUITE("http::entry_when") {
  TEST_CASE("keeps room for Unix sockets and own routes") {
    struct Row {
      std::size_t open;
      std::size_t most;
      bool is_unix;
      Entry entry;
    };
    const Row rows[] = {
        {0, 1, false, Entry::Any},
        {4095, 4096, false, Entry::Any},
        {4096, 4096, false, Entry::OwnRoutes},
        {4127, 4096, false, Entry::OwnRoutes},
        {4128, 4096, false, Entry::None},
        {4128, 4096, true, Entry::Any},
        {4159, 4096, true, Entry::Any},
        {4160, 4096, true, Entry::None},
        {1, 1, false, Entry::OwnRoutes},
        {2, 1, false, Entry::None},
        {2, 1, true, Entry::Any},
        {3, 1, true, Entry::None},
    };
    for (const auto& row : rows) {
      CAPTURE(row.open);
      CAPTURE(row.most);
      CAPTURE(row.is_unix);
      CHECK(entry_when(row.open, row.most, row.is_unix) == row.entry);
    }
    CHECK(kept_free(1) == 2);
    CHECK(kept_free(320) == 20);
    CHECK(kept_free(1'000'000) == 64);
  }
}
