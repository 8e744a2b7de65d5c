#include "stream/event.hpp"

#include <doctest/doctest.h>

using namespace quotecached::stream;

TEST_SUITE("stream: events") {
  TEST_CASE("an event is one chunk, and within it what an HTTP/1.0 listener gets") {
    const auto text = make_event("quote", "{\"id\":1}", {"ab", 7});
    CHECK(text->payload() == "id: ab-7\nevent: quote\ndata: {\"id\":1}\n\n");
    CHECK(text->framed() == "26\r\nid: ab-7\nevent: quote\ndata: {\"id\":1}\n\n\r\n");
    CHECK(text->as(true) == text->framed());
    CHECK(text->as(false) == text->payload());
    CHECK(make_event("snapshot", "{}")->payload() == "event: snapshot\ndata: {}\n\n");
    CHECK(make_greeting(2345)->payload() == ": quotecached\nretry: 2345\n\n");
    CHECK(make_comment()->payload().starts_with(":"));
  }

  TEST_CASE("what the provider wrote ends no event and begins none") {
    const auto text = make_event("quote", "{\"name\":\"a\n\nevent: gone\r\"}", {"ab", 1});
    CHECK(text->payload() == "id: ab-1\nevent: quote\ndata: {\"name\":\"a  event: gone \"}\n\n");
  }

  TEST_CASE("ids are read as they are written, and nothing else is one") {
    struct Row {
      std::string_view text;
      bool is_good;
      std::string_view mark;
      std::uint64_t version;
    };
    const Row rows[] = {
        {"ab12-7", true, "ab12", 7},
        {"ab12-18446744073709551615", true, "ab12", 18446744073709551615U},
        {"ab12-18446744073709551616", false, "", 0},
        {"", false, "", 0},
        {"-7", false, "", 0},
        {"ab12", false, "", 0},
        {"ab12-", false, "", 0},
        {"ab12--7", false, "", 0},
        {"ab12- 7", false, "", 0},
        {"ab12-7x", false, "", 0},
        {"a b-7", false, "", 0},
        {"a\n-7", false, "", 0},
        {"0123456789012345678901234567890123456789-7", false, "", 0},
    };
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto id = parse_event_id(row.text);
      REQUIRE(id.has_value() == row.is_good);
      if (!id) continue;
      CHECK(id->mark == row.mark);
      CHECK(id->version == row.version);
    }
  }
}
