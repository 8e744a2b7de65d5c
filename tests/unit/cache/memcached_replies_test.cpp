#include "cache/memcached_replies.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached;
using cache::MemcachedReplies;
using cache::StoreReply;

namespace {

constexpr Bytes kMaxValue{100};

}  // namespace

TEST_SUITE("cache::MemcachedReplies") {
  TEST_CASE("values are taken out as they come, whatever the pieces") {
    const std::string bytes = "VALUE a 0 3 17\r\n" + std::string("\r\n\0", 3) +
                              "\r\nVALUE b 4294967295 0 18446744073709551615\r\n\r\nEND\r\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
      CAPTURE(piece);
      MemcachedReplies replies(kMaxValue);
      std::vector<cache::GetReply> taken;
      for (std::size_t at = 0; at < bytes.size(); at += piece) {
        replies.feed(std::string_view(bytes).substr(at, piece));
        while (taken.empty() || !taken.back().is_end) {
          auto one = replies.take_value();
          REQUIRE_MESSAGE(one, one.error().message);
          if (!*one) break;
          taken.push_back(std::move(**one));
        }
      }
      REQUIRE(taken.size() == 3);
      CHECK(taken[0].held.key == "a");
      CHECK(taken[0].held.bytes == std::string("\r\n\0", 3));
      CHECK(taken[0].held.cas == 17);
      CHECK(taken[1].held.bytes.empty());
      CHECK(taken[1].held.cas == 18446744073709551615U);
      CHECK(taken[2].is_end);
      CHECK(replies.is_empty());
    }
  }

  TEST_CASE("an answer that the command cannot have is a failure") {
    for (const std::string& off_script : {
             std::string("\r\n"),
             std::string("ERROR\r\n"),
             std::string("CLIENT_ERROR bad data chunk\r\n"),
             std::string("SERVER_ERROR out of memory storing object\r\n"),
             std::string("OK\r\n"),
             std::string("TOUCHED\r\n"),
             std::string("12\r\n"),
             std::string("STAT a b\r\n"),
             std::string("VERSION 1.6\r\n"),
             std::string("VALUE\r\n"),
             std::string("VALUE a 0 1\r\n"),
             std::string("VALUE a 0 1 2 3\r\n"),
             std::string("VALUE  0 1 2\r\n"),
             std::string("VALUE a 0 -1 2\r\n"),
             std::string("VALUE a 4294967296 1 2\r\n"),
             std::string("VALUE a 0 101 2\r\n"),
             std::string("VALUE a 0 99999999999999999999 2\r\n"),
             std::string("VALUE a 0 1x 2\r\n"),
             std::string("VALUE a 0 1 2\r\nxxx"),
             std::string("value a 0 1 2\r\nx\r\n"),
             std::string("STORED \r\n"),
             std::string("stored\r\n"),
             std::string(5000, 'x'),
             std::string("VALUE ") + std::string(5000, 'k'),
             std::string("\xff\x00\r\n", 4),
         }) {
      CAPTURE(off_script);
      MemcachedReplies to_get(kMaxValue);
      to_get.feed(off_script);
      const auto value = to_get.take_value();
      REQUIRE_FALSE(value);
      CHECK(value.error().code == ErrorCode::Unavailable);
      CHECK(value.error().message.size() < 200);
      MemcachedReplies to_store(kMaxValue);
      to_store.feed(off_script);
      CHECK_FALSE(to_store.take_stored());
      MemcachedReplies to_delete(kMaxValue);
      to_delete.feed(off_script);
      CHECK_FALSE(to_delete.take_deleted());
    }
    // What is the script of one command is off it for another.
    MemcachedReplies replies(kMaxValue);
    replies.feed("STORED\r\n");
    CHECK_FALSE(replies.take_value());
    CHECK_FALSE(replies.take_deleted());
    MemcachedReplies others(kMaxValue);
    others.feed("END\r\n");
    CHECK_FALSE(others.take_stored());
    CHECK_FALSE(others.take_deleted());
  }

  TEST_CASE("stores and deletions end as the server says") {
    MemcachedReplies replies(kMaxValue);
    replies.feed(
        "STORED\r\nNOT_STORED\r\nEXISTS\r\nNOT_FOUND\r\n"
        "SERVER_ERROR object too large for cache\r\nDELETED\r\nNOT_FOUND\r\nSTOR");
    for (const StoreReply expected : {StoreReply::Stored,
                                      StoreReply::Raced,
                                      StoreReply::Raced,
                                      StoreReply::Raced,
                                      StoreReply::TooLarge}) {
      const auto reply = replies.take_stored();
      REQUIRE(reply);
      CHECK(*reply == expected);
    }
    CHECK(replies.take_deleted().value() == true);
    CHECK(replies.take_deleted().value() == false);
    CHECK(replies.take_stored().value() == std::nullopt);
    CHECK_FALSE(replies.is_empty());
    replies.feed("ED\r\n");
    CHECK(replies.take_stored().value() == StoreReply::Stored);
    CHECK(replies.is_empty());
  }
}
