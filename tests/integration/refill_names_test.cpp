// Ride-alongs by symbol, where each coin that shares one is billed.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "refill_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using test::Bed;
using test::Reply;

namespace {

using Names = std::vector<std::string>;

const std::string kSymbols = "/v2/cryptocurrency/quotes/latest?symbol=";
constexpr milliseconds kNames = 1h;

// "S7": how many coins share it.
std::size_t coins_of(const std::string& symbol) {
  return std::stoi(symbol.substr(1)) % 10 == 0 ? 3 : 1;
}

Names symbols_of(const std::string& target) {
  const auto at = target.find("symbol=");
  return at == std::string::npos
             ? Names{}
             : test::ids_of(target.substr(0, at) + "id=" + target.substr(at + 7));
}

std::size_t coins_of(const Names& symbols) {
  std::size_t coins = 0;
  for (const auto& symbol : symbols) coins += coins_of(symbol);
  return coins;
}

// Bills each coin.
Reply good(const std::string& target) {
  const auto symbols = symbols_of(target);
  std::string body = R"({"status":{"error_code":0,"credit_count":)" +
                     std::to_string((coins_of(symbols) + 99) / 100) + R"(},"data":{)";
  for (const auto& symbol : symbols) {
    if (body.back() == ']') body += ',';
    body += "\"" + symbol + "\":[";
    for (std::size_t coin = 0; coin < coins_of(symbol); ++coin) {
      if (coin > 0) body += ',';
      body += "{\"id\":" + symbol.substr(1) + std::to_string(coin) + ",\"symbol\":\"" + symbol +
              R"(","slug":"s","quote":{"USD":{"price":1}}})";
    }
    body += ']';
  }
  return {.body = body + "}}"};
}

Refill::Options with_names() {
  Refill::Options options;
  options.times.names = kNames;
  options.times.ttl_jitter = 0;
  return options;
}

// Clients have asked for S`first` to S`last`, and there are copies, which are not fresh any more.
void make_known(Bed& bed, int first, int last) {
  std::string target = kSymbols + "S" + std::to_string(first);
  for (int i = first + 1; i <= last; ++i) target += ",S" + std::to_string(i);
  const auto wanted = bed.want(target);
  bed.settle(wanted);
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  const auto lane = lane_of(request);
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    REQUIRE(wanted[at]->entry);
    bed.refill.renewals().note_named({.lane = lane,
                                      .name = request.assets[at],
                                      .convert = 0,
                                      .key = wanted[at]->key,
                                      .copy = *wanted[at]->entry,
                                      .told_at = bed.clock.now(),
                                      .counts_parts = true},
                                     bed.clock.now());
  }
  bed.clock.advance(70s);
}

Names last_symbols(const Bed& bed) { return symbols_of(bed.upstream.calls().back()); }

credit::Book::Options capped(std::int64_t per_day) {
  auto options = test::unrecorded();
  options.ledger.caps.per_day = {per_day};
  return options;
}

}  // namespace

TEST_SUITE("refill::Refill riders by symbol") {
  TEST_CASE("a call is filled up to what a credit covers, by the coins that are known") {
    Bed bed(good, with_names());
    std::vector<credit::CallRecord> records;
    bed.book.on_settled([&](const credit::CallRecord& record) { records.push_back(record); });
    make_known(bed, 1, 60);
    make_known(bed, 61, 120);
    const std::int64_t credits = bed.book.totals().credits;
    const auto before = bed.clock.now();
    bed.settle(bed.want(kSymbols + "S5"));
    CHECK(bed.book.totals().credits == credits + 1);
    const auto symbols = last_symbols(bed);
    CHECK(coins_of(symbols) == 95);
    CHECK(records.back().intent.assets == Names{"S5"});
    CHECK(records.back().intent.riding == symbols.size() - 1);
    CHECK(records.back().intent.worst_case == Credits{1});
    for (const auto& symbol : symbols) {
      CAPTURE(symbol);
      const auto id = symbol.substr(1) + "0";
      const auto by_id = bed.memory.lookup("qc1:v2.quotes:id:" + id + ":USD:-");
      REQUIRE(by_id);
      CHECK(by_id->fetched_at >= before);
      const auto alias = bed.memory.lookup("qc1:alias:v2.quotes:symbol:" + symbol);
      REQUIRE(alias);
      CHECK(alias->fetched_at >= before);
    }
  }

  TEST_CASE("a name that was never answered may be of the most coins: it leaves less room") {
    Bed bed(good, with_names());
    make_known(bed, 1, 60);
    make_known(bed, 61, 119);
    bed.settle(bed.want(kSymbols + "S901,S902"));
    CHECK(coins_of(last_symbols(bed)) == 2 + 45);
    bed.settle(bed.want(kSymbols + "S903,S904,S905,S906"));
    CHECK(last_symbols(bed) == Names{"S903", "S904", "S905", "S906"});
  }

  TEST_CASE("with names off none ride") {
    Refill::Options options;
    options.times.names = 0ms;
    Bed bed(good, options);
    bed.settle(bed.want(kSymbols + "S1,S2,S3"));
    bed.clock.advance(70s);
    bed.settle(bed.want(kSymbols + "S1"));
    CHECK(last_symbols(bed) == Names{"S1"});
  }

  TEST_CASE("none ride where the budget could not bear the most that they may be billed for") {
    const auto names_called_for = [](std::int64_t per_day) {
      Bed bed(good, with_names(), nullptr, capped(per_day));
      make_known(bed, 1, 60);
      make_known(bed, 61, 119);
      REQUIRE(bed.book.totals().credits == 2);
      bed.settle(bed.want(kSymbols + "S5"));
      CHECK(bed.book.totals().credits == 3);
      return static_cast<std::int64_t>(last_symbols(bed).size());
    };
    const auto most = names_called_for(1000);
    CHECK(most > 50);
    // 25 coins each, 100 a credit.
    const auto credits = 2 + (most + 3) / 4;
    CHECK(names_called_for(credits) == most);
    CHECK(names_called_for(credits - 1) == 1);
  }

  TEST_CASE("clients are charged the same, and need no budget for what rides") {
    Bed bed(good, with_names(), nullptr, test::unrecorded(), {{"a", {{1}, {}}}});
    make_known(bed, 1, 50);
    const auto wanted = bed.want(kSymbols + "S5", "a");
    bed.settle(wanted);
    CHECK(wanted.front()->entry);
    CHECK(wanted.front()->cost == Credits{1});
    CHECK(last_symbols(bed).size() == 50);
  }

  TEST_CASE("a refusal that names nothing is repeated without them, and none ride for a while") {
    Bed bed(
        [](const std::string& target) {
          const auto symbols = symbols_of(target);
          const bool is_bad = symbols.size() > 1 && symbols.front() == "S900";
          return is_bad ? Reply{.http_status = 400,
                                .body = R"({"status":{"error_code":400,"error_message":"No."}})"}
                        : good(target);
        },
        with_names());
    make_known(bed, 1, 50);
    const auto calls = bed.upstream.calls().size();
    const auto wanted = bed.want(kSymbols + "S900");
    bed.settle(wanted);
    CHECK(wanted.front()->entry);
    CHECK(bed.upstream.calls().size() == calls + 2);
    CHECK(last_symbols(bed) == Names{"S900"});
    bed.settle(bed.want(kSymbols + "S901"));
    CHECK(last_symbols(bed) == Names{"S901"});
  }

  TEST_CASE("a price that is lost in what rides does not replace a good copy") {
    bool loses = false;
    Bed bed(
        [&](const std::string& target) {
          auto reply = good(target);
          const std::string part = R"({"id":10,"symbol":"S1","slug":"s","quote":{"USD":{"price":)";
          if (const auto at = reply.body.find(part); loses && at != std::string::npos)
            reply.body.replace(at + part.size(), 1, "null");
          return reply;
        },
        with_names());
    make_known(bed, 1, 50);
    const auto before = bed.memory.lookup("qc1:v2.quotes:id:10:USD:-");
    loses = true;
    bed.settle(bed.want(kSymbols + "S900"));
    CHECK(last_symbols(bed).size() == 51);
    CHECK(bed.memory.lookup("qc1:v2.quotes:id:10:USD:-") == before);
    CHECK(bed.memory.lookup("qc1:v2.quotes:id:20:USD:-")->fetched_at > before->fetched_at);
  }
}
