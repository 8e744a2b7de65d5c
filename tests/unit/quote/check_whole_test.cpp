#include "quote/check_whole.hpp"

#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "quote/whole.hpp"

namespace {

using namespace quotecached;
using namespace quotecached::quote;

// A request that is answered whole, and what its answer is checked against.
struct Question {
  explicit Question(const char* target) {
    REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
    REQUIRE(request.kind == catalog::KeyKind::None);
    ask = catalog::read_whole_ask(*request.endpoint, request.query);
    ask.converts.assign(request.converts.begin(), request.converts.end());
    ask.converts_are_ids = request.converts_are_ids;
  }

  [[nodiscard]] WholeFacts facts(const std::string& data, const std::string& status = "") const {
    const auto body = R"({"status":{)" + status + R"(},"data":)" + data + "}";
    const auto result = whole(*request.endpoint, body, ask);
    REQUIRE(result);
    return result->facts;
  }
  [[nodiscard]] std::string objection(const std::string& data) const {
    return objection_to(*request.endpoint, ask, facts(data));
  }

  catalog::Request request;
  catalog::WholeAsk ask;
};

std::string rows(int first, int last, const std::string& price = "1") {
  std::string data = "[";
  for (int id = first; id <= last; ++id) {
    if (id > first) data += ',';
    data += R"({"id":)" + std::to_string(id) + R"(,"tags":[1,2],"quote":{"USD":{"price":)" + price +
            "}}}";
  }
  return data + "]";
}

constexpr const char* kListings = "/v1/cryptocurrency/listings/latest?limit=100";
constexpr const char* kOhlcv = "/v2/cryptocurrency/ohlcv/latest?id=1,2";
constexpr const char* kHistory = "/v2/cryptocurrency/quotes/historical?id=1&count=3";

}  // namespace

TEST_SUITE("quote::check_whole") {
  TEST_CASE("where a key that tells whose a price is stands twice, nobody knows which is read") {
    const Question question(kListings);
    for (const char* row : {R"({"id":1,"id":2,"quote":{"USD":{"price":1}}})",
                            R"({"id":1,"symbol":"A","symbol":"B","quote":{"USD":{"price":1}}})",
                            R"({"id":1,"quote":{"USD":{"price":1}},"quote":{"USD":{"price":2}}})",
                            R"({"id":1,"quote":{"USD":{"price":1},"USD":{"price":2}}})",
                            R"({"id":1,"quote":{"USD":{"price":1,"price":2}}})"}) {
      CAPTURE(row);
      CHECK(question.objection("[" + std::string(row) + "]") == "a key twice");
    }
    CHECK(question.objection(R"([{"id":1,"platform":{"id":2},"quote":{"USD":{"price":1}}}])")
              .empty());
  }

  TEST_CASE("an answer to another question is refused") {
    struct Row {
      const char* target;
      const char* data;
      const char* objection;
    };
    const Row table[] = {
        {kListings, "null", "data of another type"},
        {kListings, "\"text\"", "data of another type"},
        {kListings, "true", "data of another type"},
        {kListings, "{}", "data of another type"},
        {kListings, R"({"777":{"id":777,"quote":{"USD":{"price":1}}}})", "data of another type"},
        {kListings, "[]", ""},
        {kListings, R"([{"id":1,"quote":{"USD":{"price":1}}}])", ""},
        {kListings, R"([{"id":1,"quote":{"usd":{"price":1},"EUR":{"price":1}}}])", ""},
        {kListings, R"([{"id":1,"quote":{"EUR":{"price":1}}}])", "no quotes in USD"},
        // One odd row does not spoil the others.
        {kListings,
         R"([{"id":1,"quote":{"USD":{"price":1}}},{"id":2,"quote":{"EUR":{"price":1}}}])",
         ""},
        {kListings, R"([{"id":1,"quote":{}},{"id":2,"quote":null},{"id":3}])", ""},
        {"/v1/cryptocurrency/listings/latest?convert_id=2790",
         R"([{"id":1,"quote":{"2781":{"price":1}}}])",
         "no quotes in 2790"},
        {"/v1/cryptocurrency/listings/latest?convert_id=2790",
         R"([{"id":1,"quote":{"2790":{"price":1}}}])",
         ""},
        // In words, where ids were asked for, nothing can be told.
        {"/v1/cryptocurrency/listings/latest?convert_id=2790",
         R"([{"id":1,"quote":{"EUR":{"price":1}}}])",
         ""},
        {"/v1/cryptocurrency/listings/latest?convert_id=PLATFORM_ID",
         R"([{"id":1,"quote":{"5":{"price":1}}}])",
         ""},
        {"/v1/cryptocurrency/listings/latest?convert=USD,EUR",
         R"([{"id":1,"quote":{"USD":{"price":1}}}])",
         "no quotes in EUR,USD"},
        {"/v3/cryptocurrency/listings/latest",
         R"([{"id":1,"quote":[{"id":2790,"symbol":"EUR","price":1}]}])",
         "no quotes in USD"},
        {"/v3/cryptocurrency/listings/latest",
         R"([{"id":1,"quote":[{"id":2781,"symbol":"USD","price":1}]}])",
         ""},
        {kOhlcv, R"({"1":{"id":1},"2":{"id":2}})", ""},
        {kOhlcv, R"({"1":{"id":1}})", ""},
        {kOhlcv, R"({"1":{"id":1},"777":{"id":777}})", "777 was not asked for"},
        {kOhlcv, R"({"1":{"id":2}})", "2 was not asked for"},
        {kOhlcv, R"({"1":{"quote":{"EUR":{"open":1}}}})", "no quotes in USD"},
        {kOhlcv, R"([{"id":1}])", "data of another type"},
        {kHistory, R"({"quotes":[{"quote":{"USD":{"price":1}}}],"id":1,"name":"A"})", ""},
        {kHistory, R"({"quotes":[{"quote":{"USD":{"price":1}}}],"id":2})", "2 was not asked for"},
        {kHistory, R"({"1":{"quotes":[{"quote":{"USD":{"price":1}}}],"id":1}})", ""},
        {kHistory, R"({"2":{"quotes":[{"quote":{"USD":{"price":1}}}]}})", "2 was not asked for"},
        {kHistory, R"({"1":{"quotes":[{"quote":{"EUR":{"price":1}}}]}})", "no quotes in USD"},
        {"/v2/cryptocurrency/ohlcv/latest?symbol=btc",
         R"({"BTC":[{"id":1,"symbol":"BTC"},{"id":9,"symbol":"btc"}]})",
         ""},
        {"/v2/cryptocurrency/ohlcv/latest?symbol=btc",
         R"({"ETH":[{"id":1027,"symbol":"ETH"}]})",
         "1027 was not asked for"},
        {"/v2/cryptocurrency/ohlcv/latest?symbol=btc",
         R"({"BTC":[{"id":1027,"symbol":"ETH"}]})",
         "1027 was not asked for"},
        {"/v1/exchange/info?slug=binance", R"({"270":{"id":270,"slug":"binance"}})", ""},
        {"/v1/exchange/info?slug=binance", R"({"binance":{"id":270,"slug":"binance"}})", ""},
        {"/v1/exchange/info?slug=binance",
         R"({"270":{"id":270,"slug":"kraken"}})",
         "270 was not asked for"},
        {"/v1/cryptocurrency/market-pairs/latest?id=1",
         R"({"id":1,"symbol":"BTC","market_pairs":[{"quote":{"exchange_reported":{"price":1},"USD":{"price":1}}}]})",
         ""},
        {"/v1/cryptocurrency/market-pairs/latest?id=1",
         R"({"id":2,"market_pairs":[]})",
         "2 was not asked for"},
        {"/v1/global-metrics/quotes/latest", R"({"quote":{"USD":{"x":1}}})", ""},
        {"/v1/global-metrics/quotes/latest", R"({"quote":{"EUR":{"x":1}}})", "no quotes in USD"},
        {"/v1/global-metrics/quotes/latest", "[]", "data of another type"},
        {"/v2/tools/price-conversion?amount=1&symbol=BTC",
         R"([{"id":1,"symbol":"BTC","quote":{"USD":{"price":1}}}])",
         ""},
        {"/v2/tools/price-conversion?amount=1&symbol=BTC",
         R"([{"id":1,"symbol":"ETH","quote":{"USD":{"price":1}}}])",
         "1 was not asked for"},
        // What the catalogue says nothing of may be anything but no data.
        {"/v1/dex/search?q=x", R"({"quote":{"EUR":{}}})", ""},
        {"/v1/dex/search?q=x", "5", "data of another type"},
    };
    for (const Row& row : table) {
      CAPTURE(row.target);
      CAPTURE(row.data);
      CHECK(Question(row.target).objection(row.data) == row.objection);
    }
  }

  TEST_CASE("a page is as long as its own total says") {
    struct Row {
      const char* target;
      int rows;
      int total;
      bool is_short;
    };
    const Row table[] = {
        {kListings, 100, 9000, false},
        {kListings, 95, 9000, false},
        {kListings, 94, 9000, true},
        {kListings, 50, 9000, true},
        {kListings, 50, 50, false},
        {kListings, 0, 0, false},
        {"/v1/cryptocurrency/listings/latest", 50, 9000, true},
        {"/v1/cryptocurrency/listings/latest?start=8951", 50, 9000, false},
        {"/v1/cryptocurrency/listings/latest?start=9001", 0, 9000, false},
        {"/v1/cryptocurrency/listings/latest?start=9002", 0, 9000, false},
        {"/v1/cryptocurrency/listings/latest?sort=name&sort_dir=asc&aux=tags", 50, 9000, true},
        // Nobody knows how many there are of these.
        {"/v1/cryptocurrency/listings/latest?price_min=1", 50, 9000, false},
        {"/v1/cryptocurrency/listings/latest?tag=defi", 50, 9000, false},
    };
    for (const Row& row : table) {
      CAPTURE(row.target);
      CAPTURE(row.rows);
      CAPTURE(row.total);
      const Question question(row.target);
      const auto facts =
          question.facts(rows(1, row.rows), R"("total_count":)" + std::to_string(row.total));
      CHECK(contradiction_in(question.ask, facts).empty() != row.is_short);
    }
    const Question question(kListings);
    CHECK(contradiction_in(question.ask, question.facts(rows(1, 50))).empty());
  }

  TEST_CASE("an answer may contradict the one held") {
    const Question page(kListings);
    const auto held = page.facts(rows(1, 100));
    const auto against = [&](const std::string& data) {
      return std::string(contradiction_of(page.facts(data), held));
    };
    CHECK(against(rows(1, 100)) == "");
    CHECK(against(rows(1, 75)) == "");
    CHECK(against(rows(1, 74)) == "far fewer rows than before");
    CHECK(against("[]") == "nothing in place of a page");
    for (const char* flaw : {"0", "-1", "null", "\"1\"", "true", "{}", "1e999", "0.000e5"}) {
      CAPTURE(flaw);
      CHECK(against(rows(1, 100, flaw)) == "no price in place of one");
    }
    // A coin that had no price has not lost it, and one that is new had none.
    const auto flawed = page.facts(rows(1, 100, "0"));
    CHECK(contradiction_of(flawed, flawed).empty());
    CHECK(contradiction_of(page.facts(rows(101, 200, "0")), held).empty());

    const Question history(kHistory);
    const auto points = history.facts(R"({"id":1,"quotes":[1,2,3,4]})");
    CHECK(!contradiction_of(history.facts(R"({"id":1,"quotes":[1,2]})"), points).empty());
    CHECK(contradiction_of(history.facts(R"({"id":1,"quotes":[1,2,3]})"), points).empty());
    const auto wrapped = history.facts(R"({"1":{"id":1,"quotes":[1,2,3,4]}})");
    CHECK(!contradiction_of(history.facts(R"({"1":{"id":1,"quotes":[]}})"), wrapped).empty());
    CHECK(!contradiction_of(history.facts("{}"), wrapped).empty());
  }

  TEST_CASE("a full page of good prices need not be held against the copy") {
    const Question question(kListings);
    CHECK_FALSE(may_contradict(question.ask, question.facts(rows(1, 100))));
    CHECK(may_contradict(question.ask, question.facts(rows(1, 99))));
    CHECK(may_contradict(question.ask, question.facts(rows(1, 100, "0"))));
  }
}
