#include "redis/pipeline.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using redis::Pipeline;
using redis::Replies;
using redis::Reply;

namespace {

constexpr Bytes kMaxReply{10'000};

// What a pipeline makes of `bytes` that come in pieces of that size; "!" when it fails.
std::string read_in_pieces(const std::string& bytes,
                           std::size_t piece,
                           const std::vector<std::size_t>& sent) {
  Pipeline pipeline(kMaxReply);
  for (const std::size_t commands : sent) pipeline.sent(commands);
  std::string read;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto complete = pipeline.take(std::string_view(bytes).substr(at, piece));
    if (!complete) return read + "!";
    for (const Replies& replies : *complete) {
      read += '[';
      for (const Reply& reply : replies) read += reply.text + ",";
      read += ']';
    }
  }
  return read;
}

}  // namespace

TEST_SUITE("redis::Pipeline") {
  TEST_CASE("a command is written as Redis reads it") {
    std::string out = "before";
    redis::append_command(out, {"SET", std::string("a\0b", 3), ""});
    CHECK(out == "before*3\r\n$3\r\nSET\r\n$3\r\n" + std::string("a\0b", 3) + "\r\n$0\r\n\r\n");
  }

  TEST_CASE("each kind of reply is taken as it is") {
    Pipeline pipeline(kMaxReply);
    pipeline.sent(1);
    const auto complete =
        pipeline.take("*6\r\n:-7\r\n$2\r\n\r\n\r\n$-1\r\n-ERR no\r\n+OK\r\n*2\r\n*0\r\n*-1\r\n");
    REQUIRE_MESSAGE(complete, complete.error().message);
    REQUIRE(complete->size() == 1);
    const Reply& array = complete->front().at(0);
    REQUIRE(array.kind == Reply::Kind::Array);
    REQUIRE(array.elements.size() == 6);
    CHECK(array.elements[0].kind == Reply::Kind::Integer);
    CHECK(array.elements[0].integer == -7);
    CHECK(array.elements[1].text == "\r\n");
    CHECK(array.elements[2].kind == Reply::Kind::Nil);
    CHECK(array.elements[3].kind == Reply::Kind::Failure);
    CHECK(array.elements[3].text == "ERR no");
    CHECK(array.elements[4].kind == Reply::Kind::Text);
    CHECK(array.elements[5].elements[0].kind == Reply::Kind::Array);
    CHECK(array.elements[5].elements[1].kind == Reply::Kind::Nil);
    CHECK(pipeline.pending() == 0);
  }

  TEST_CASE("replies belong to the oldest commands, whatever the pieces they come in") {
    const std::string bytes = "+a\r\n+b\r\n$1\r\nc\r\n-d\r\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
      CAPTURE(piece);
      CHECK(read_in_pieces(bytes, piece, {1, 2, 1}) == "[a,][b,c,][d,]");
      CHECK(read_in_pieces(bytes, piece, {1, 2, 2}) == "[a,][b,c,]");
    }
  }

  TEST_CASE("a surplus reply is a failure, with nothing pending or behind the last of a call") {
    CHECK(read_in_pieces("+a\r\n", 1, {}) == "!");
    CHECK(read_in_pieces("+a\r\n+b\r\n", 1, {1}) == "[a,]!");
    CHECK(read_in_pieces("+a\r\n+b\r\n", 100, {1}) == "!");
    CHECK(read_in_pieces("+a\r\n+b\r\n+c\r\n", 4, {1, 1}) == "[a,][b,]!");
    CHECK(read_in_pieces("+half", 100, {}).empty());
  }

  TEST_CASE("what is no reply is a failure, and goes on being one") {
    for (const std::string& off_script : {
             std::string("x\r\n"),
             std::string("HTTP/1.1 400 Bad Request\r\n\r\n"),
             std::string("_\r\n"),
             std::string("%1\r\n+a\r\n+b\r\n"),
             std::string(">2\r\n+push\r\n+b\r\n"),
             std::string("\r\n"),
             std::string("\0\0\0\0", 4),
             std::string("$3\r\nabcdef\r\n+next\r\n*"),
             std::string("*99999999999\r\n"),
             std::string("*2147483647\r\n"),
             std::string("*-2\r\n"),
             std::string("$-2\r\n"),
             std::string("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+deep\r\n"),
             "$20000\r\n" + std::string(11'000, 'x'),
             std::string(11'000, '+'),
             "*3\r\n$6000\r\n" + std::string(6000, 'x') + "\r\n$6000\r\n" + std::string(6000, 'x') +
                 "\r\n",
         }) {
      CAPTURE(off_script.substr(0, 40));
      Pipeline pipeline(kMaxReply);
      pipeline.sent(3);
      const auto first = pipeline.take(off_script);
      const auto then = pipeline.take("+a\r\n+b\r\n+c\r\n");
      REQUIRE_FALSE((first && then));
      if (!first) CHECK(first.error().code == ErrorCode::Unavailable);
      CHECK_FALSE(pipeline.take("+a\r\n"));
    }
  }

  TEST_CASE("each reply may be as large as allowed, however many came before") {
    const std::string reply = "*2\r\n$4000\r\n" + std::string(4000, 'x') + "\r\n$4000\r\n" +
                              std::string(4000, 'y') + "\r\n";
    Pipeline pipeline(kMaxReply);
    for (int i = 0; i < 5; ++i) {
      pipeline.sent(1);
      const auto complete = pipeline.take(reply);
      REQUIRE(complete);
      REQUIRE(complete->size() == 1);
      CHECK(complete->front().at(0).elements.at(1).text == std::string(4000, 'y'));
    }
  }
}
