// The Redis tier against a real redis-server.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cache/codec.hpp"
#include "cache/redis_tier.hpp"
#include "lying_server.hpp"
#include "redis/connection.hpp"
#include "support/redis_server.hpp"
#include "support/wait.hpp"
#include "tier_bed.hpp"

using namespace quotecached;
using namespace quotecached::cache;
using namespace std::chrono_literals;
using test::make_entry;
using test::TierBed;
using test::Transport;

namespace {

// Time enough on the busiest machine.
constexpr std::chrono::milliseconds kPatient{5'000};
// Megabytes may take longer than a lookup may, under a sanitizer.
constexpr std::chrono::milliseconds kForMegabytes{10'000};

std::unique_ptr<RedisTier> make_tier(TierBed& bed,
                                     const std::string& url,
                                     std::chrono::milliseconds timeout = kPatient) {
  RedisTier::Options options;
  options.url = url;
  options.timeout = timeout;
  options.connect_timeout = std::max(options.connect_timeout, timeout);
  auto tier = RedisTier::make(bed.loop.get_executor(), std::move(options));
  REQUIRE_MESSAGE(tier, tier.error().message);
  return std::move(*tier);
}

}  // namespace

TEST_SUITE("cache::RedisTier") {
  TEST_CASE("what was stored is found again, over TCP and over a Unix socket") {
    for (const Transport transport : {Transport::Unix, Transport::Tcp}) {
      test::RedisServer server(transport);
      server.start();
      TierBed bed;
      auto tier = make_tier(bed, server.url());
      const auto entry = make_entry(R"({"id":1,"quote":{"USD":{"price":7e-8}}})", 20s);
      REQUIRE(bed.store(*tier, {{"a", entry}, {"c", make_entry("c")}}));
      auto found = bed.lookup(*tier, {"a", "b", "c"});
      REQUIRE(found);
      REQUIRE(found->entries.size() == 3);
      REQUIRE(found->entries[0]);
      CHECK(found->entries[0]->fragment == entry->fragment);
      CHECK(found->entries[0]->fetched_at == entry->fetched_at);
      CHECK(found->entries[0]->fresh_until == entry->fresh_until);
      CHECK(found->entries[1] == nullptr);
      CHECK(found->entries[2] != nullptr);
      CHECK(found->undecodable == 0);
      REQUIRE(bed.await(tier->remove({"a"})));
      CHECK(bed.text(*tier, "a") == "-");
      CHECK(bed.await(tier->probe()));
    }
  }

  TEST_CASE("a copy is held for the cap counted from when it was fetched, not from when it came") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url());
    REQUIRE(bed.store(*tier,
                      {{"young", make_entry("x")},
                       {"old", make_entry("x", 290s)},
                       {"capped", make_entry("x", 301s)},
                       {"future", make_entry("x", -100s)}}));
    const auto ttl = [&](const char* key) { return std::stol(server.run({"PTTL", key})); };
    CHECK(ttl("young") > 298'000);
    CHECK(ttl("young") <= 300'000);
    CHECK(ttl("old") > 8'000);
    CHECK(ttl("old") <= 10'000);
    CHECK(ttl("capped") == -2);
    CHECK(ttl("future") <= 300'000);
    // The clock that counts is the caller's.
    auto later = bed.await(tier->lookup({"young"}, test::now() + 301s));
    REQUIRE(later);
    CHECK(later->entries[0] == nullptr);
  }

  TEST_CASE("stale_until ends a copy before the cap does") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url());
    Entry entry = *make_entry("x");
    entry.stale_until = entry.fetched_at + 60ms;
    REQUIRE(bed.store(*tier, {{"a", std::make_shared<const Entry>(entry)}}));
    CHECK(test::wait_until([&] { return server.run({"EXISTS", "a"}) == "0"; }));
    CHECK(bed.text(*tier, "a") == "-");
  }

  TEST_CASE("values that are not ours are misses and counted") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url());
    server.run({"SET", "junk", "not an entry"});
    server.run({"SET", "empty", ""});
    server.run({"LPUSH", "list", "1"});
    server.run({"SET", "moved", encode(*make_entry("x"), "elsewhere")});
    auto found = bed.lookup(*tier, {"junk", "empty", "list", "moved", "none"});
    REQUIRE(found);
    for (const auto& entry : found->entries) CHECK(entry == nullptr);
    CHECK(found->undecodable == 3);
  }

  TEST_CASE("a password and a database are given before the first command") {
    test::RedisServer server(Transport::Tcp);
    server.start();
    server.run({"CONFIG", "SET", "requirepass", "s@cret"});
    const std::string place = "127.0.0.1:" + std::to_string(server.port());
    TierBed bed;
    auto right = make_tier(bed, "redis://:s%40cret@" + place + "/3");
    REQUIRE(bed.store(*right, {{"a", make_entry("three")}}));
    auto acl = make_tier(bed, "redis://default:s%40cret@" + place + "/3");
    CHECK(bed.text(*acl, "a") == "three");
    auto other = make_tier(bed, "redis://:s%40cret@" + place);
    CHECK(bed.text(*other, "a") == "-");

    struct Row {
      const char* name;
      std::string url;
    };
    for (const Row& row : {Row{"no password", "redis://" + place},
                           Row{"wrong password", "redis://:hunter2@" + place},
                           Row{"no such database", "redis://:s%40cret@" + place + "/999"}}) {
      CAPTURE(row.name);
      auto tier = make_tier(bed, row.url);
      auto found = bed.lookup(*tier, {"a"});
      REQUIRE_FALSE(found);
      CHECK(found.error().code == ErrorCode::Unavailable);
      CHECK(found.error().message.find("hunter2") == std::string::npos);
      CHECK(found.error().message.find("cret") == std::string::npos);
    }
  }

  TEST_CASE("a host name is resolved, an unknown one is Unavailable") {
    test::RedisServer server(Transport::Tcp);
    server.start();
    TierBed bed;
    auto named = make_tier(bed, "redis://localhost:" + std::to_string(server.port()));
    REQUIRE(bed.store(*named, {{"a", make_entry("x")}}));
    CHECK(bed.text(*named, "a") == "x");
    auto unknown = make_tier(bed, "redis://nowhere.invalid:1", RedisTier::Options{}.timeout);
    CHECK_FALSE(bed.lookup(*unknown, {"a"}));
    CHECK(bed.took < 5s);
  }

  TEST_CASE("a server that stands still costs the timeout, and its late reply reaches nobody") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url(), 300ms);
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
    server.sigcont();
    CHECK(bed.text(*tier, "b") == "b");
    CHECK(bed.text(*tier, "a") == "a");
  }

  TEST_CASE("a killed server is Unavailable at once, and used again when it is back") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url());
    REQUIRE(bed.store(*tier, {{"a", make_entry("a")}}));
    server.kill9();
    for (int i = 0; i < 3; ++i) {
      auto found = bed.lookup(*tier, {"a"});
      REQUIRE_FALSE(found);
      CHECK(found.error().code == ErrorCode::Unavailable);
      CHECK_FALSE(bed.store(*tier, {{"a", make_entry("a")}}));
      CHECK_FALSE(bed.await(tier->probe()));
    }
    server.start();
    CHECK(bed.text(*tier, "a") == "-");
    REQUIRE(bed.store(*tier, {{"a", make_entry("again")}}));
    CHECK(bed.text(*tier, "a") == "again");
  }

  TEST_CASE("a server out of memory fails the store and still answers lookups") {
    test::RedisServer server(Transport::Unix, {"--maxmemory", "2mb"});
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url(), kForMegabytes);
    REQUIRE(bed.store(*tier, {{"a", make_entry("a")}}));
    std::string noise;
    for (std::uint64_t i = 0; noise.size() < 4'000'000; ++i)
      noise += hash128_hex(std::to_string(i));
    auto stored = bed.store(*tier, {{"big", make_entry(noise)}, {"late", make_entry("x")}});
    REQUIRE_FALSE(stored);
    CHECK(stored.error().code == ErrorCode::Unavailable);
    CHECK(bed.text(*tier, "a") == "a");
  }

  TEST_CASE("big values and weird keys") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url(), kForMegabytes);
    std::string big;
    for (std::uint64_t i = 0; big.size() < 5'000'000; ++i) big += hash128_hex(std::to_string(i));
    const std::vector<std::string> keys = {
        "a b", "a\r\nb", std::string("a\0b", 3), "\xff\xfe", "", std::string(5000, 'k')};
    std::vector<Item> items = {{"big", make_entry(big)}};
    for (const auto& key : keys) items.push_back({key, make_entry("at " + key)});
    REQUIRE(bed.store(*tier, items));
    CHECK(bed.text(*tier, "big") == big);
    for (const auto& key : keys) CHECK(bed.text(*tier, key) == "at " + key);
  }

  TEST_CASE("a reply larger than allowed ends the connection, and only that") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    RedisTier::Options options;
    options.url = server.url();
    options.timeout = kPatient;
    options.max_reply = Bytes{100'000};
    auto tier = std::move(*RedisTier::make(bed.loop.get_executor(), std::move(options)));
    server.run({"SET", "one", std::string(200'000, 'x')});
    for (int i = 0; i < 20; ++i) {
      server.run({"SET", "k" + std::to_string(i), std::string(6'000, 'x')});
    }
    std::vector<std::string> many;
    for (int i = 0; i < 20; ++i) many.push_back("k" + std::to_string(i));
    CHECK_FALSE(bed.lookup(*tier, {"one"}));
    CHECK_FALSE(bed.lookup(*tier, many));
    many.resize(15);
    // Each reply has the whole allowance, however many came before on the connection.
    for (int i = 0; i < 3; ++i) {
      auto found = bed.lookup(*tier, many);
      REQUIRE(found);
      CHECK(found->undecodable == 15);
    }
  }

  TEST_CASE("a server that answers off script costs the call, not the daemon") {
    for (const std::string& lie : {
             std::string("+OK\r\n+OK\r\n"),
             std::string("*2\r\n$-1\r\n$-1\r\n*2\r\n$-1\r\n$-1\r\n"),
             std::string(":1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n"),
             std::string("+OK\r\n$-1\r\n:1\r\n-ERR\r\n*0\r\n"),
             std::string("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n+PONG\r\n"),
             std::string(">2\r\n+push\r\n+b\r\n"),
             std::string("*2147483647\r\n"),
             std::string("*-5\r\n"),
             std::string("$99999999999\r\n"),
             std::string("HTTP/1.1 400 Bad Request\r\n\r\n"),
             std::string("\0\0\0\0", 4),
             std::string(200'000, 'x'),
         }) {
      CAPTURE(lie.substr(0, 40));
      test::LyingServer server(lie);
      TierBed bed;
      auto tier = make_tier(bed, "unix:" + server.path(), 300ms);
      for (int i = 0; i < 3; ++i) {
        auto found = bed.lookup(*tier, {"a", "b"});
        if (found) CHECK(found->entries[0] == nullptr);
        (void)bed.store(*tier, {{"a", make_entry("a")}, {"b", make_entry("b")}});
        (void)bed.await(tier->remove({"a", "b"}));
        (void)bed.await(tier->probe());
      }
      CHECK(server.lies() > 0);
    }
  }

  TEST_CASE("calls at once share a connection, and each gets its own replies") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url());
    std::vector<Item> items;
    for (int i = 0; i < 100; ++i) {
      items.push_back({"k" + std::to_string(i), make_entry("v" + std::to_string(i))});
    }
    REQUIRE(bed.store(*tier, items));
    int right = 0;
    for (int i = 0; i < 100; ++i) {
      boost::asio::co_spawn(bed.loop,
                            tier->lookup({"k" + std::to_string(i)}, test::now()),
                            [&right, i](std::exception_ptr, Result<Found> found) {
                              if (found && found->entries[0] &&
                                  found->entries[0]->fragment.text == "v" + std::to_string(i)) {
                                ++right;
                              }
                            });
    }
    CHECK(bed.await(tier->probe()));
    CHECK(right == 100);
    const std::string clients = server.run({"CLIENT", "LIST"});
    CHECK(std::count(clients.begin(), clients.end(), '\n') <= 2);  // the tier's, and this one's
  }

  TEST_CASE("a tier that goes while a call is on its way ends the call") {
    test::RedisServer server;
    server.start();
    TierBed bed;
    auto tier = make_tier(bed, server.url());
    CHECK(bed.await(tier->probe()));
    server.sigstop();
    redis::Connection::Options options;
    options.address = *redis::parse_url(server.url());
    auto connection = std::make_unique<redis::Connection>(bed.loop.get_executor(), options);
    bool is_done = false;
    std::vector<redis::Connection::Command> commands = {{"PING"}};
    boost::asio::co_spawn(bed.loop,
                          connection->run(commands, 10s),
                          [&](std::exception_ptr, Result<std::vector<redis::Reply>> replies) {
                            CHECK_FALSE(replies);
                            is_done = true;
                          });
    bed.loop.restart();
    while (!connection->is_connected()) bed.loop.run_one_for(100ms);
    bed.loop.run_one_for(10ms);
    connection.reset();
    bed.loop.restart();
    bed.loop.run_for(2s);
    CHECK(is_done);
    server.sigcont();
  }
}
