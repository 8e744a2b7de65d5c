#include "routing/browser_guard.hpp"

#include <doctest/doctest.h>

#include "routing/media_type.hpp"

using namespace quotecached::routing;

namespace {

struct Row {
  const char* name;
  std::string_view host;
  std::string_view origin;
  bool is_cross_site;
  bool is_refused;
};

RequestHead head_of(const Row& row) {
  RequestHead head;
  head.host = row.host;
  head.host_kind = parse_authority(row.host)->kind;
  head.origin = row.origin;
  head.is_cross_site = row.is_cross_site;
  return head;
}

}  // namespace

TEST_SUITE("routing::BrowserGuard") {
  TEST_CASE("without tokens refuses what a page had sent, and nothing else") {
    const Row rows[] = {
        {"no host", "", "", false, false},
        {"address", "127.0.0.1:8466", "", false, false},
        {"v6 address", "[::1]:8466", "", false, false},
        {"name without dots", "quotecached:8466", "", false, false},
        {"own name", "quotes.example.com", "", false, false},
        {"own name, other letters", "Quotes.Example.COM:80", "", false, false},
        {"rebound domain", "evil.example", "", false, true},
        {"longer than ours", "quotes.example.com.evil.example", "", false, true},
        {"below ours", "a.quotes.example.com", "", false, true},
        {"image of another site", "127.0.0.1:8466", "", true, true},
        {"script of another site", "127.0.0.1:8466", "http://evil.example", true, true},
        {"script, older browser", "127.0.0.1:8466", "http://evil.example", false, true},
        {"own page", "127.0.0.1:8466", "http://127.0.0.1:8466", false, false},
        {"own page over TLS", "quotes.example.com", "https://quotes.example.com", false, false},
        {"page of another port", "localhost:8466", "http://localhost:3000", false, true},
        {"page without a home", "localhost:8466", "null", false, true},
        {"extension", "localhost:8466", "chrome-extension://abc", false, true},
        {"origin that is none", "localhost:8466", "localhost:8466", false, true},
        {"origin with a path", "a", "http://a/b", false, true},
    };
    const BrowserGuard guard({"quotes.example.com"});
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto head = head_of(row);
      CHECK(guard.refusal(head).empty() != row.is_refused);
      if (row.is_refused) CHECK_FALSE(BrowserGuard::is_plain(head));
    }
  }

  TEST_CASE("is a proxy for nobody else") {
    struct Target {
      std::string_view host;
      bool is_absolute;
      bool is_misdirected;
    };
    const Target rows[] = {
        {"evil.example", false, false},
        {"evil.example", true, true},
        {"127.0.0.1:8466", true, false},
        {"localhost", true, false},
        {"quotes.example.com", true, false},
        {"", true, true},
    };
    const BrowserGuard guard({"quotes.example.com"});
    for (const auto& row : rows) {
      CAPTURE(row.host);
      CAPTURE(row.is_absolute);
      auto head = head_of({"", row.host, "", false, false});
      head.is_absolute = row.is_absolute;
      CHECK(guard.is_misdirected(head) == row.is_misdirected);
      if (row.is_misdirected) CHECK_FALSE(BrowserGuard::is_plain(head));
    }
  }

  TEST_CASE("lets neither pages nor proxies act as an operator") {
    auto head = head_of({"", "localhost", "", false, false});
    CHECK(BrowserGuard::operator_refusal(head).empty());
    head.is_relayed = true;
    CHECK_FALSE(BrowserGuard::operator_refusal(head).empty());
    head.is_relayed = false;
    head.origin = "http://localhost";
    CHECK_FALSE(BrowserGuard::operator_refusal(head).empty());
    head.origin = {};
    head.is_cross_site = true;
    CHECK_FALSE(BrowserGuard::operator_refusal(head).empty());
  }
}

TEST_SUITE("routing::is_media_type") {
  TEST_CASE("knows one when it sees it") {
    for (const auto* text : {"",
                             "application/json",
                             "application/json; charset=utf-8",
                             "text/plain ;a=\"b c\"",
                             "application/vnd.x+json"}) {
      CAPTURE(text);
      CHECK(is_media_type(text));
    }
    for (const auto* text :
         {"json", "/", "a/", "/b", "a/b/c", "a b/c", "a/b\tc", "a/\x80", ";", "a/b;\xff"}) {
      CAPTURE(text);
      CHECK_FALSE(is_media_type(text));
    }
  }
}
