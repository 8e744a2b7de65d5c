#include "cache/memcached_ring.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cache/memcached_server.hpp"

using namespace quotecached;
using namespace quotecached::cache;

TEST_SUITE("cache::MemcachedRing") {
  TEST_CASE("addresses") {
    struct Row {
      const char* text;
      const char* host;
      int port;
      const char* path;
    };
    const Row rows[] = {{"h", "h", 11211, ""},
                        {"h:1", "h", 1, ""},
                        {"[::1]:5", "::1", 5, ""},
                        {"unix:/a", "", 11211, "/a"},
                        {"/a/b", "", 11211, "/a/b"},
                        {"unix:///a", "", 11211, "/a"}};
    for (const Row& row : rows) {
      CAPTURE(row.text);
      const auto address = parse_memcached_address(row.text);
      REQUIRE(address);
      CHECK(address->host == row.host);
      CHECK(address->port == row.port);
      CHECK(address->unix_path == row.path);
    }
    for (const char* text : {"", ":1", "h:", "h:0", "h:65536", "h:1x", "[::1", "[::1]x1"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_memcached_address(text));
    }
  }

  TEST_CASE("keys that memcached cannot take are hashed, all others are not") {
    const std::string longest(250, 'k');
    CHECK(memcached_key("qc1:quotes:id:1:USD:0") == "qc1:quotes:id:1:USD:0");
    CHECK(memcached_key(longest) == longest);
    CHECK(memcached_key("\xc3\xa9") == "\xc3\xa9");
    for (const std::string& key : {longest + 'k',
                                   std::string("a b"),
                                   std::string("a\nb"),
                                   std::string("a\x7f"),
                                   std::string("a\0b", 3),
                                   std::string()}) {
      CAPTURE(key);
      const std::string hashed = memcached_key(key);
      CHECK(hashed.size() == 36);
      CHECK(hashed.starts_with("qc1#"));
    }
    CHECK(memcached_key("a b") != memcached_key("a  b"));
  }

  TEST_CASE("every key goes to one server, and the shares are even") {
    MemcachedRing ring;
    for (const char* text : {"a:1", "b:1", "/run/c"}) {
      REQUIRE(ring.add(*parse_memcached_address(text), {}));
    }
    std::vector<std::string> keys;
    for (int i = 0; i < 3000; ++i) keys.push_back("k" + std::to_string(i));
    const auto shares = ring.share_out(keys);
    REQUIRE(shares.jobs.size() == 3);
    std::size_t count = 0;
    for (const auto& job : shares.jobs) {
      CHECK(job.places.size() == job.keys.size());
      CHECK(job.places.size() > 500);
      count += job.places.size();
    }
    CHECK(count == keys.size());
  }

  TEST_CASE("a server that fails is left out while others work, but a lone one is always asked") {
    for (const int servers : {1, 2}) {
      CAPTURE(servers);
      MemcachedRing ring;
      for (int i = 0; i < servers; ++i) {
        REQUIRE(ring.add(*parse_memcached_address("h" + std::to_string(i)), {}));
      }
      std::vector<std::string> keys;
      for (int i = 0; i < 100; ++i) keys.push_back("k" + std::to_string(i));
      auto shares = ring.share_out(keys);
      std::vector<Result<void>> results(shares.jobs.size());
      results[0] = fail(ErrorCode::Timeout, "slow");
      const auto noted = ring.note(shares, results);
      CHECK(noted.has_value() == (servers == 2));
      CHECK(ring.share_out(keys).jobs.size() == 1);
      CHECK(ring.all("k").jobs.size() == static_cast<std::size_t>(servers));
      // The probe closes it again.
      auto all = ring.all("k");
      CHECK(ring.note(all, std::vector<Result<void>>(all.jobs.size())));
      CHECK(ring.share_out(keys).jobs.size() == static_cast<std::size_t>(servers));
    }
  }
}
