#include "load/answer_head.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached::load;

TEST_SUITE("load::parse_head") {
  TEST_CASE("says what is counted") {
    const std::string head =
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nCache-Status: quotecached; hit; ttl=59; "
        "detail=memory\r\n\r\n";
    const auto parsed = parse_head(head + "{\"data\":{}}");
    REQUIRE(parsed);
    REQUIRE(*parsed);
    CHECK((*parsed)->status == 200);
    CHECK((*parsed)->head_bytes == head.size());
    CHECK((*parsed)->body_bytes == 12);
    CHECK((*parsed)->source == Source::Hit);
    CHECK((*parsed)->stays_open);
  }

  TEST_CASE("field by field") {
    struct Row {
      const char* name;
      const char* text;
      AnswerHead head;  // without its size
    };
    const Row rows[] = {
        {"stale",
         "HTTP/1.1 200 OK\r\ncontent-length:7\r\ncache-status: quotecached; hit; ttl=-5\r\n\r\n",
         {200, 0, 7, Source::Stale, true}},
        {"miss",
         "HTTP/1.1 200 OK\r\nContent-Length: 7 \r\nCache-Status: quotecached; fwd=miss\r\n\r\n",
         {200, 0, 7, Source::Miss, true}},
        {"closes",
         "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
         {503, 0, 0, Source::Unsaid, false}},
        {"no body", "HTTP/1.1 304 Not Modified\r\n\r\n", {304, 0, 0, Source::Unsaid, true}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      auto parsed = parse_head(row.text);
      REQUIRE(parsed);
      REQUIRE(*parsed);
      (*parsed)->head_bytes = 0;
      CHECK(**parsed == row.head);
    }
  }

  TEST_CASE("a head that is not whole is none yet") {
    const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      const auto parsed = parse_head(whole.substr(0, size));
      REQUIRE(parsed);
      CHECK(!*parsed);
    }
  }

  TEST_CASE("what is no answer fails") {
    for (const std::string text : {"\r\n\r\n",
                                   "SSH-2.0-OpenSSH_9\r\n\r\n",
                                   "HTTP/1.1\r\n\r\n",
                                   "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n",
                                   "HTTP/1.1 200 OK\r\n\r\n",
                                   "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                                   "HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n"}) {
      CAPTURE(text);
      CHECK(!parse_head(text));
    }
    CHECK(!parse_head(std::string(kLongestHead + 1, 'x')));
  }
}
