#include "refill/popularity_set.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace quotecached;
using namespace quotecached::refill;
using redis::Reply;

namespace {

// Noon of the day 20,000.
constexpr double kDay = 20'000.5;

Reply text(std::string words) { return {Reply::Kind::Text, 0, std::move(words), {}}; }
Reply integer(std::int64_t value) { return {Reply::Kind::Integer, value, {}, {}}; }
Reply array(std::vector<Reply> elements) {
  return {Reply::Kind::Array, 0, {}, std::move(elements)};
}
Reply failure(std::string words) { return {Reply::Kind::Failure, 0, std::move(words), {}}; }

Reply noon() { return array({text("1728043200"), text("0")}); }

std::vector<Reply> list_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::vector<Reply> list;
  for (const auto& [member, score] : members) {
    list.push_back(text(member));
    list.push_back(text(score));
  }
  return {integer(7), noon(), array(std::move(list))};
}

}  // namespace

TEST_SUITE("refill::popularity_set") {
  TEST_CASE("a batch is told with its number, how, and asks before their member") {
    const auto words = merge_command({7, FleetAsks::How::Add, {{"/a", 2.5}, {"/b", 1}}}, "mark");
    REQUIRE(words.size() == 11);
    CHECK(words[0] == "EVAL");
    const std::vector<std::string> rest(words.begin() + 2, words.end());
    CHECK(rest == std::vector<std::string>{
                      "2", "mark", "symbol_popularity", "7", "add", "2.5", "/a", "1", "/b"});
    CHECK(merge_command({1, FleetAsks::How::Raise, {}}, "mark").back() == "raise");
  }

  TEST_CASE("what Redis says to a batch") {
    CHECK(read_merge(integer(1)).value() == Merged::Yes);
    CHECK(read_merge(integer(0)).value() == Merged::Unknown);
    const auto refused = read_merge(failure("WRONGTYPE Operation against a key"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "WRONGTYPE Operation against a key");
    CHECK_FALSE(read_merge(text("OK")));
    CHECK_FALSE(read_merge(Reply()));
  }

  TEST_CASE("a score is the day on which a single ask weighs as much") {
    struct Row {
      const char* name;
      double score;
      double asks;
    };
    constexpr Row rows[] = {
        {"one ask now", kDay, 1},
        {"eight asks now", kDay + 3, 8},
        {"eight asks three days ago", kDay, 1},
        {"one ask a day ago", kDay - 1, 0.5},
        {"a thousand asks an hour ago", kDay + 9.9657842847 - 1.0 / 24, 971.53},
        {"as many as may be", kDay + 40, 1099511627776.0},
        {"none", 0, 0},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto read = read_popularity(list_of({{"/a", fmt::format("{}", row.score)}}));
      REQUIRE(read);
      CHECK(read->members == 7);
      CHECK(read->senseless == 0);
      REQUIRE(read->asks.size() == 1);
      CHECK(read->asks[0].target == "/a");
      CHECK(read->asks[0].asks == doctest::Approx(row.asks).epsilon(1e-5));
    }
  }

  TEST_CASE("scores that make no sense are counted and passed over") {
    const auto read = read_popularity(list_of({{"/inf", "inf"},
                                               {"/far", "20041"},
                                               {"/good", "20000.5"},
                                               {"/none", ""},
                                               {"/odd", "12x"},
                                               {"/nan", "nan"},
                                               {"/old", "5"},
                                               {"/-inf", "-inf"}}));
    REQUIRE(read);
    CHECK(read->senseless == 6);
    REQUIRE(read->asks.size() == 2);
    CHECK(read->asks[0].target == "/good");
    CHECK(read->asks[1].asks < 1e-300);
  }

  TEST_CASE("only counted unless members are asked for") {
    CHECK(read_commands(0) == std::vector<redis::Command>{{"ZCARD", "symbol_popularity"}});
    CHECK(read_commands(3).size() == 3);
    CHECK(read_commands(3)[2] ==
          redis::Command{"ZREVRANGE", "symbol_popularity", "0", "2", "WITHSCORES"});
    const auto read = read_popularity(std::vector<Reply>{integer(3)});
    REQUIRE(read);
    CHECK(read->members == 3);
    CHECK(read->asks.empty());
  }

  TEST_CASE("what is no answer to that is refused") {
    const auto good = list_of({{"/a", "20000"}});
    CHECK(read_popularity(good));
    const std::vector<std::pair<std::size_t, Reply>> odd = {
        {0, failure("WRONGTYPE")},
        {0, text("7")},
        {1, text("1728043200")},
        {1, array({text("1728043200")})},
        {1, array({text("now"), text("0")})},
        {1, array({text("1728043200"), integer(0)})},
        {2, failure("WRONGTYPE")},
        {2, array({text("/a")})},
        {2, Reply()},
    };
    for (const auto& [at, reply] : odd) {
      CAPTURE(at);
      auto replies = good;
      replies[at] = reply;
      const auto read = read_popularity(replies);
      REQUIRE_FALSE(read);
      CHECK(read.error().code == ErrorCode::Unavailable);
    }
  }
}
