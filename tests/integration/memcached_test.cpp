// The Memcached tier against real memcached servers.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cache/codec.hpp"
#include "cache/memcached_ring.hpp"
#include "cache/memcached_tier.hpp"
#include "lying_server.hpp"
#include "support/memcached_server.hpp"
#include "support/wait.hpp"
#include "tier_bed.hpp"

using namespace quotecached;
using namespace std::chrono_literals;
using cache::Item;
using cache::MemcachedTier;
using test::make_entry;
using test::TierBed;
using test::Transport;

namespace {

// Time enough on the busiest machine.
constexpr std::chrono::milliseconds kPatient{5'000};

struct Bed : TierBed {
  io::OffloadPool pool{io::OffloadPool::Options{}};

  std::unique_ptr<MemcachedTier> make_tier(std::vector<std::string> servers,
                                           std::chrono::milliseconds timeout = kPatient) {
    MemcachedTier::Options options;
    options.servers = std::move(servers);
    options.timeout = timeout;
    auto tier = MemcachedTier::make(pool, std::move(options));
    REQUIRE_MESSAGE(tier, tier.error().message);
    return std::move(*tier);
  }
};

std::vector<std::string> some_keys(int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back("k" + std::to_string(i));
  return keys;
}

std::vector<Item> items_of(const std::vector<std::string>& keys) {
  std::vector<Item> items;
  for (const auto& key : keys) items.push_back({key, make_entry("at " + key)});
  return items;
}

int count_of(const Result<cache::Found>& found) {
  REQUIRE_MESSAGE(found, found.error().message);
  int count = 0;
  for (const auto& entry : found->entries) count += entry ? 1 : 0;
  return count;
}

}  // namespace

TEST_SUITE("cache::MemcachedTier") {
  TEST_CASE("what was stored is found again, over both transports") {
    for (const Transport transport : {Transport::Unix, Transport::Tcp}) {
      test::MemcachedServer server(transport);
      server.start();
      Bed bed;
      auto tier = bed.make_tier({server.address()});
      const auto entry = make_entry(R"({"id":1,"quote":{"USD":{"price":7e-8}}})", 20s);
      REQUIRE(bed.store(*tier, {{"a", entry}, {"c", make_entry("c")}}));
      auto found = bed.lookup(*tier, {"a", "b", "c"});
      REQUIRE(found);
      REQUIRE(found->entries.size() == 3);
      REQUIRE(found->entries[0]);
      CHECK(found->entries[0]->fragment == entry->fragment);
      CHECK(found->entries[0]->fetched_at == entry->fetched_at);
      CHECK(found->entries[1] == nullptr);
      CHECK(found->entries[2] != nullptr);
      REQUIRE(bed.await(tier->remove({"a", "b"})));
      CHECK(bed.text(*tier, "a") == "-");
      CHECK(bed.await(tier->probe()));
      CHECK(bed.lookup(*tier, {}));
    }
  }

  TEST_CASE("a copy is held for the cap counted from when it was fetched") {
    test::MemcachedServer server;
    server.start();
    Bed bed;
    auto tier = bed.make_tier({server.address()});
    REQUIRE(bed.store(*tier, {{"young", make_entry("x")}, {"capped", make_entry("x", 601s)}}));
    CHECK_FALSE(server.get("young").empty());
    CHECK(server.get("capped").empty());
    CHECK(bed.text(*tier, "young") == "x");
    auto later = bed.await(tier->lookup({"young"}, test::now() + 601s));
    REQUIRE(later);
    CHECK(later->entries[0] == nullptr);
  }

  TEST_CASE("memcached itself lets go of a copy that is past its time") {
    test::MemcachedServer server;
    server.start();
    Bed bed;
    auto tier = bed.make_tier({server.address()});
    cache::Entry entry = *make_entry("x");
    entry.stale_until = entry.fetched_at + 2500ms;
    REQUIRE(bed.store(*tier, {{"a", std::make_shared<const cache::Entry>(entry)}}));
    CHECK_FALSE(server.get("a").empty());
    CHECK(test::wait_until([&] { return server.get("a").empty(); }));
  }

  TEST_CASE("values that are not ours are misses and counted") {
    test::MemcachedServer server;
    server.start();
    Bed bed;
    auto tier = bed.make_tier({server.address()});
    server.run("set junk 0 0 4\r\njunk");
    auto found = bed.lookup(*tier, {"junk", "none"});
    REQUIRE(found);
    CHECK(found->entries[0] == nullptr);
    CHECK(found->undecodable == 1);
  }

  TEST_CASE("keys memcached cannot take are found again, and not mixed up") {
    test::MemcachedServer server;
    server.start();
    Bed bed;
    auto tier = bed.make_tier({server.address()});
    const std::vector<std::string> keys = {"a b",
                                           "a\r\nb",
                                           std::string("a\0b", 3),
                                           "",
                                           std::string(250, 'k'),
                                           std::string(251, 'k'),
                                           std::string(5000, 'k'),
                                           "\xc3\xa9"};
    REQUIRE(bed.store(*tier, items_of(keys)));
    for (const auto& key : keys) CHECK(bed.text(*tier, key) == "at " + key);
    // Another key's value under the hash of this one does not decode.
    const std::string stored = server.get(cache::memcached_key("a b"));
    CHECK_FALSE(stored.empty());
    CHECK_FALSE(cache::decode(stored, "a  b"));
  }

  TEST_CASE("values too large for memcached are skipped and counted, the others stored") {
    test::MemcachedServer server;
    server.start();
    Bed bed;
    auto tier = bed.make_tier({server.address()});
    std::string big;
    for (std::uint64_t i = 0; big.size() < 3'000'000; ++i) big += hash128_hex(std::to_string(i));
    const auto nearly = make_entry(big.substr(0, 900'000));
    REQUIRE(bed.store(*tier, {{"big", make_entry(big)}, {"nearly", nearly}}));
    CHECK(tier->too_large() == 1);
    CHECK(bed.text(*tier, "big") == "-");
    CHECK(bed.text(*tier, "nearly") == nearly->fragment.text);
    // A server with a smaller limit than ours.
    test::MemcachedServer strict(Transport::Unix, {"-I", "64k", "-o", "slab_chunk_max=16384"});
    strict.start();
    auto other = bed.make_tier({strict.address()});
    CHECK(bed.store(*other, {{"nearly", nearly}, {"small", make_entry("x")}}));
    CHECK(other->too_large() == 1);
    CHECK(bed.text(*other, "small") == "x");
  }

  TEST_CASE("a server that answers off script costs the call, not the daemon") {
    for (const std::string& lie : {
             std::string("OK\r\n"),
             std::string("END\r\n"),
             std::string("VALUE k1 0 4 1\r\njunk\r\nEND\r\n"),
             std::string("VALUE k1 0 99999999999 1\r\n"),
             std::string("VALUE stranger 0 4 1\r\njunk\r\nEND\r\n"),
             std::string("VALUE ") + std::string(340, 'k') + " 0 1 1\r\nx\r\nEND\r\n",
             std::string("STORED\r\nSTORED\r\nSTORED\r\n"),
             std::string("DELETED\r\nDELETED\r\n"),
             std::string("END\r\nSTORED\r\n"),
             std::string("12\r\n"),
             std::string("VERSION\r\n"),
             std::string("VERSION 1.6.18\r\n"),
             std::string("STAT a b\r\n"),
             std::string("TOUCHED\r\n"),
             std::string("ITEM a\r\n"),
             std::string("\r\n"),
             std::string("\0\0\0\r\n", 5),
             std::string(100'000, 'x'),
             std::string("\x81\x00\xff\xff\x04\x00\x00\x00\xff\xff\xff\xff", 12),
         }) {
      CAPTURE(lie.substr(0, 40));
      test::LyingServer server(lie);
      Bed bed;
      auto tier = bed.make_tier({server.path()}, 300ms);
      for (int i = 0; i < 3; ++i) {
        auto found = bed.lookup(*tier, {"k1", "k2"});
        if (found) CHECK(found->entries[0] == nullptr);
        (void)bed.store(*tier, items_of({"k1", "k2"}));
        (void)bed.await(tier->remove({"k1", "k2"}));
        (void)bed.await(tier->probe());
      }
      CHECK(server.lies() > 0);
    }
  }

  TEST_CASE("a server that stands still costs the timeout, and its late reply reaches nobody") {
    test::MemcachedServer server;
    server.start();
    Bed bed;
    auto tier = bed.make_tier({server.address()}, 300ms);
    REQUIRE(bed.store(*tier, {{"a", make_entry("a")}, {"b", make_entry("b")}}));
    CHECK(bed.text(*tier, "a") == "a");
    server.sigstop();
    for (int i = 0; i < 3; ++i) {
      auto found = bed.lookup(*tier, {"a"});
      REQUIRE_FALSE(found);
      CHECK(found.error().code == ErrorCode::Timeout);
      CHECK(bed.took >= 295ms);
      CHECK(bed.took < 5s);
    }
    CHECK_FALSE(bed.await(tier->probe()));
    server.sigcont();
    CHECK(bed.text(*tier, "b") == "b");
    CHECK(bed.text(*tier, "a") == "a");
  }

  TEST_CASE("a killed server is Unavailable at once, and used again when it is back") {
    test::MemcachedServer server(Transport::Tcp);
    server.start();
    Bed bed;
    auto tier = bed.make_tier({server.address()});
    REQUIRE(bed.store(*tier, {{"a", make_entry("a")}}));
    server.kill9();
    for (int i = 0; i < 3; ++i) {
      auto found = bed.lookup(*tier, {"a"});
      REQUIRE_FALSE(found);
      CHECK(found.error().code == ErrorCode::Unavailable);
      CHECK_FALSE(bed.store(*tier, {{"a", make_entry("a")}}));
    }
    server.start();
    CHECK(bed.text(*tier, "a") == "-");
    REQUIRE(bed.store(*tier, {{"a", make_entry("again")}}));
    CHECK(bed.text(*tier, "a") == "again");
  }

  TEST_CASE("a restart between two calls is not noticed") {
    test::MemcachedServer server;
    server.start();
    Bed bed;
    auto tier = bed.make_tier({server.address()});
    REQUIRE(bed.store(*tier, {{"a", make_entry("a")}}));
    server.restart();
    CHECK(bed.text(*tier, "a") == "-");
    CHECK(bed.store(*tier, {{"a", make_entry("a")}}));
  }

  TEST_CASE("one server of two that fails does not fail the other") {
    for (const bool is_killed : {true, false}) {
      CAPTURE(is_killed);
      test::MemcachedServer first;
      test::MemcachedServer second;
      first.start();
      second.start();
      Bed bed;
      auto tier = bed.make_tier({first.address(), second.address()}, 1s);
      const auto keys = some_keys(100);
      REQUIRE(bed.store(*tier, items_of(keys)));
      REQUIRE(count_of(bed.lookup(*tier, keys)) == 100);
      if (is_killed) {
        second.kill9();
      } else {
        second.sigstop();
      }
      const int left = count_of(bed.lookup(*tier, keys));
      CHECK(left > 20);
      CHECK(left < 80);
      CHECK(bed.took < 5s);
      // From now on it is left out, and costs nothing.
      CHECK(count_of(bed.lookup(*tier, keys)) == left);
      CHECK(bed.took < 700ms);
      CHECK(bed.store(*tier, items_of(keys)));
      CHECK(bed.await(tier->probe()));
      if (is_killed) {
        second.start();
      } else {
        second.sigcont();
      }
      CHECK(test::wait_until([&] {
        return bed.store(*tier, items_of(keys)) && count_of(bed.lookup(*tier, keys)) == 100;
      }));
    }
  }
}
