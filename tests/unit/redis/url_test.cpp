#include "redis/url.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("redis::parse_url") {
  TEST_CASE("urls that name a server") {
    struct Row {
      const char* url;
      redis::Address expected;
    };
    const Row rows[] = {
        {"redis://localhost", {"localhost", 6379, "", "", "", 0}},
        {"redis://10.0.0.1:7000/", {"10.0.0.1", 7000, "", "", "", 0}},
        {"redis://h:7000/15", {"h", 7000, "", "", "", 15}},
        {"redis://[::1]:7000/2", {"::1", 7000, "", "", "", 2}},
        {"redis://[fe80::1]", {"fe80::1", 6379, "", "", "", 0}},
        {"redis://:s%40cret%2F@h", {"h", 6379, "", "", "s@cret/", 0}},
        {"redis://secret@h:1", {"h", 1, "", "", "secret", 0}},
        {"redis://me:a:b@h", {"h", 6379, "", "me", "a:b", 0}},
        {"unix:/run/redis.sock", {"", 6379, "/run/redis.sock", "", "", 0}},
        {"unix:///run/redis.sock?db=3", {"", 6379, "/run/redis.sock", "", "", 3}},
        {"redis+unix://:pw@/run/r.sock?db=1", {"", 6379, "/run/r.sock", "", "pw", 1}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.url);
      const auto address = redis::parse_url(row.url);
      REQUIRE(address);
      CHECK(address->host == row.expected.host);
      CHECK(address->port == row.expected.port);
      CHECK(address->unix_path == row.expected.unix_path);
      CHECK(address->user == row.expected.user);
      CHECK(address->password == row.expected.password);
      CHECK(address->db == row.expected.db);
    }
  }

  TEST_CASE("urls that do not, and no password in the message") {
    for (const char* url : {"",
                            "localhost",
                            "http://h",
                            "rediss://:hunter2@h",
                            "redis://",
                            "redis://:6379",
                            "redis://h:0",
                            "redis://h:65536",
                            "redis://h:x",
                            "redis://h/x",
                            "redis://h/-1",
                            "redis://[::1",
                            "redis://[::1]x",
                            "redis://:@h",
                            "redis://:hunter2%4@h",
                            "redis://:hunter2@h:port",
                            "unix:relative",
                            "unix:",
                            "unix:/p?x=1",
                            "unix:/p?db="}) {
      CAPTURE(url);
      const auto address = redis::parse_url(url);
      REQUIRE_FALSE(address);
      CHECK(address.error().code == ErrorCode::Invalid);
      CHECK(address.error().message.find("hunter2") == std::string::npos);
    }
    CHECK_FALSE(redis::parse_url("unix:/" + std::string(108, 'x')));
    CHECK_FALSE(redis::parse_url("redis://" + std::string(3000, 'x')));
  }

  TEST_CASE("the text for people has no password") {
    const auto address = redis::parse_url("redis://me:hunter2@[::1]:7000/2");
    REQUIRE(address);
    CHECK(address->to_text() == "redis://[::1]:7000/2");
  }
}
