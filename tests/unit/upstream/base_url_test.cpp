#include "upstream/base_url.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using upstream::BaseUrl;

TEST_SUITE("upstream::BaseUrl") {
  TEST_CASE("accepts https anywhere and http on this machine") {
    struct Row {
      const char* text;
      const char* kept;
      const char* host;
      bool is_tls;
    };
    const std::vector<Row> rows = {
        {"https://pro-api.coinmarketcap.com",
         "https://pro-api.coinmarketcap.com",
         "pro-api.coinmarketcap.com",
         true},
        {"https://pro-api.coinmarketcap.com/public-api//",
         "https://pro-api.coinmarketcap.com/public-api",
         "pro-api.coinmarketcap.com",
         true},
        {"HTTPS://host:8443", "HTTPS://host:8443", "host", true},
        {"http://127.0.0.1:8080/", "http://127.0.0.1:8080", "127.0.0.1", false},
        {"http://127.255.255.254", "http://127.255.255.254", "127.255.255.254", false},
        {"http://[::1]:80", "http://[::1]:80", "[::1]", false},
        {"http://LocalHost:80", "http://LocalHost:80", "LocalHost", false}};
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto base = BaseUrl::parse(row.text);
      REQUIRE(base);
      CHECK(base->text == row.kept);
      CHECK(base->host == row.host);
      CHECK(base->is_tls == row.is_tls);
    }
  }

  TEST_CASE("refuses everything that could leak the key or is no address") {
    const std::vector<const char*> rows = {"",
                                           "pro-api.coinmarketcap.com",
                                           "http://pro-api.coinmarketcap.com",
                                           "http://10.0.0.1",
                                           "http://128.0.0.1",
                                           "http://126.255.255.255",
                                           "http://[::2]",
                                           "http://[::ffff:127.0.0.1]",
                                           "http://127.0.0.1.example.com",
                                           "http://localhost.example.com",
                                           "http://mylocalhost",
                                           "ftp://127.0.0.1",
                                           "file:///etc/passwd",
                                           "https://",
                                           "https://user:secret@host",
                                           "https://host?key=secret",
                                           "https://host#part",
                                           "https://ho st",
                                           "https://host\r\nX: y",
                                           "https://host:99999"};
    for (const auto* row : rows) {
      CAPTURE(row);
      const auto base = BaseUrl::parse(row);
      REQUIRE_FALSE(base);
      CHECK(base.error().code == ErrorCode::Invalid);
      CHECK(base.error().message.find("secret") == std::string::npos);
    }
  }
}

TEST_SUITE("upstream::is_target") {
  TEST_CASE("a target is a path that can stand in a request line") {
    CHECK(upstream::is_target("/"));
    CHECK(upstream::is_target("/v1/x?id=1,2&convert=USD%20"));
    for (const auto* text :
         {"", "v1", "?id=1", "/a b", "/a\r\nX: y", "/a#b", "/\x80", "http://h/"}) {
      CAPTURE(text);
      CHECK_FALSE(upstream::is_target(text));
    }
  }
}
