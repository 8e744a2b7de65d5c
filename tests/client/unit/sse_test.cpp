// Server-sent events, in whole and cut at every byte.
#include "src/sse.hpp"

#include <doctest/doctest.h>

namespace quotecache::test {
namespace {

using Events = std::vector<SseEvent>;

std::string text_of(const Events& events) {
  std::string text;
  for (const auto& event : events) text += event.name + '|' + event.data + '|' + event.id + ';';
  return text;
}

Events read(std::initializer_list<std::string_view> parts) {
  SseParser parser;
  Events events;
  for (const auto part : parts) CHECK(parser.read(part, events));
  return events;
}

}  // namespace

TEST_SUITE("client::SseParser") {
  TEST_CASE("what a stream says, however its bytes are cut") {
    struct Row {
      const char* name;
      std::string stream;
      const char* events;
    };
    const std::vector<Row> rows{
        {"one", "event: quote\ndata: {}\n\n", "quote|{}|;"},
        {"no name", "data: x\n\n", "message|x|;"},
        {"CRLF", "event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n", "a|1|;message|2|;"},
        {"CR", "data: 1\r\rdata: 2\r\r", "message|1|;message|2|;"},
        {"mixed", "data: 1\n\r\ndata: 2\r\n\n", "message|1|;message|2|;"},
        {"lines", "data: a\ndata:\ndata: b\n\n", "message|a\n\nb|;"},
        {"no blank", "data:x\n\n", "message|x|;"},
        {"two blanks", "data:  x\n\n", "message| x|;"},
        {"no colon", "data\n\n", "message||;"},
        {"comment", ": hello\n\n:\ndata: x\n\n", "message|x|;"},
        {"no data", "event: a\nid: 1\n\ndata: x\n\n", "message|x|1;"},
        {"id stays", "id: 7-1\ndata: a\n\ndata: b\n\n", "message|a|7-1;message|b|7-1;"},
        {"id goes", "id: 7\ndata: a\n\nid\ndata: b\n\n", "message|a|7;message|b|;"},
        {"NUL in an id", std::string("id: 7\nid: a\0b\ndata: a\n\n", 23), "message|a|7;"},
        {"unknown field", "foo: bar\ndata: x\n\n", "message|x|;"},
        {"mark of byte order",
         "\xEF\xBB\xBF"
         "data: x\n\n",
         "message|x|;"},
        {"cut off", "data: a\n\ndata: b\n", "message|a|;"},
        {"nothing", "", ""},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const std::string_view all = row.stream;
      CHECK(text_of(read({all})) == row.events);
      for (std::size_t at = 0; at <= all.size(); ++at) {
        CAPTURE(at);
        CHECK(text_of(read({all.substr(0, at), all.substr(at)})) == row.events);
      }
    }
  }

  TEST_CASE("an id that is too long to be sent back is none") {
    SseParser parser;
    std::vector<SseEvent> events;
    REQUIRE(
        parser.read("id: 7\ndata: a\n\nid: " + std::string(257, 'x') + "\ndata: b\n\n", events));
    REQUIRE(events.size() == 2);
    CHECK(events.back().id == "7");
  }

  TEST_CASE("retry is digits, and an hour at most") {
    SseParser parser;
    Events events;
    CHECK(parser.read("retry: 2417\n\n", events));
    CHECK(parser.retry() == std::chrono::milliseconds(2417));
    CHECK(parser.read("retry: -1\nretry: 1x\nretry:\nretry: 99999999999999999999\n\n", events));
    CHECK(parser.retry() == std::chrono::milliseconds(2417));
  }

  TEST_CASE("what has no end is not read for ever") {
    const std::string much(SseParser::kLongest / 4, 'x');
    SseParser parser;
    Events events;
    int reads = 0;
    while (reads < 8 && parser.read("data: " + much + "\n", events)) ++reads;
    CHECK(reads < 8);
    CHECK_FALSE(parser.read("\n\ndata: x\n\n", events));
    CHECK(events.empty());
  }
}

}  // namespace quotecache::test
