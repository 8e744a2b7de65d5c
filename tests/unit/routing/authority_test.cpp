#include "routing/authority.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached::routing;

TEST_SUITE("routing::parse_authority") {
  TEST_CASE("tells addresses, names and domains apart") {
    struct Row {
      std::string text;
      HostKind kind;
      std::string_view host;
      std::string_view port;
    };
    const Row rows[] = {
        {"", HostKind::None, "", ""},
        {"localhost", HostKind::Name, "localhost", ""},
        {"localhost:8466", HostKind::Name, "localhost", "8466"},
        {"quote_cache-1", HostKind::Name, "quote_cache-1", ""},
        {"a:", HostKind::Name, "a", ""},
        {"127.0.0.1:8466", HostKind::Address, "127.0.0.1", "8466"},
        {"127.1", HostKind::Address, "127.1", ""},
        {"[::1]", HostKind::Address, "[::1]", ""},
        {"[::ffff:1.2.3.4]:80", HostKind::Address, "[::ffff:1.2.3.4]", "80"},
        {"evil.example", HostKind::Domain, "evil.example", ""},
        {"localhost.", HostKind::Domain, "localhost.", ""},
        {"127.0.0.1.evil.example:8466", HostKind::Domain, "127.0.0.1.evil.example", "8466"},
        {"a%2Eb", HostKind::Name, "a%2Eb", ""},
        {std::string(255, 'a'), HostKind::Name, "", ""},
    };
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto parsed = parse_authority(row.text);
      REQUIRE(parsed);
      CHECK(parsed->kind == row.kind);
      if (row.text.size() == 255) continue;
      CHECK(parsed->host == row.host);
      CHECK(parsed->port == row.port);
    }
  }

  TEST_CASE("refuses what is none") {
    for (const std::string& text :
         {std::string(":80"),       std::string("a b"),      std::string("a/b"),
          std::string("user@a"),    std::string("a:80:80"),  std::string("a:x"),
          std::string("a:-1"),      std::string("a:123456"), std::string("::1"),
          std::string("[::1"),      std::string("[]"),       std::string("[::1]x"),
          std::string("[1.2.3.4]"), std::string("[v1.a]"),   std::string("a%2"),
          std::string("a%zz"),      std::string("a\\b"),     std::string("a\x80"),
          std::string("a?b"),       std::string("<a>"),      std::string("a,\tb"),
          std::string(256, 'a')}) {
      CAPTURE(text);
      CHECK_FALSE(parse_authority(text));
    }
  }
}

TEST_SUITE("routing::split_absolute") {
  TEST_CASE("cuts a target in absolute form in two") {
    struct Row {
      std::string_view text;
      std::string_view authority;
      std::string_view target;
    };
    const Row rows[] = {
        {"http://a/v1/x?id=1", "a", "/v1/x?id=1"},
        {"HTTP://a:80/v1", "a:80", "/v1"},
        {"https://a/", "a", "/"},
        {"http://a", "a", "/"},
        {"http://a?x=1", "a", "/"},
        {"http:///v1", "", "/v1"},
        {"http://u@a/v1", "u@a", "/v1"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto split = split_absolute(row.text);
      REQUIRE(split);
      CHECK(split->authority == row.authority);
      CHECK(split->target == row.target);
    }
    for (const auto* text : {"", "*", "/v1", "//a/v1", "a:80", "ftp://a/v1", "http:/a", "http"}) {
      CAPTURE(text);
      CHECK_FALSE(split_absolute(text));
    }
  }
}
