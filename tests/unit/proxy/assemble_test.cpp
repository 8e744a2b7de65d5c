#include "proxy/assemble.hpp"

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "provider/cmc_status_text.hpp"
#include "provider/coinmarketcap.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;

namespace {

const provider::CoinMarketCap kDialect;
const provider::StatusForms kForms(1000);  // more than there are endpoints
const Wording kWording{kDialect, kForms};

// 2023-11-14T22:13:20.045Z
const TimePoint kNow{1'700'000'000s + 45ms};

catalog::Request parse(std::string_view target) {
  catalog::Request request;
  const auto refusal = catalog::parse_target(catalog::Catalogue::built_in(), target, request);
  REQUIRE_FALSE(refusal);
  REQUIRE(request.endpoint != nullptr);
  return request;
}

cache::EntryPtr entry_of(std::string text,
                         std::vector<Slot> slots = {},
                         std::chrono::seconds age = 10s) {
  auto entry = std::make_shared<cache::Entry>();
  entry->fragment = {std::move(text), std::move(slots)};
  entry->fetched_at = kNow - age;
  entry->fresh_until = entry->fetched_at + 60s;
  entry->stale_until = entry->fetched_at + 3600s;
  entry->content_hash = std::hash<std::string>{}(entry->fragment.text);
  return entry;
}

cache::EntryPtr unknown() {
  auto entry = std::make_shared<cache::Entry>();
  entry->fetched_at = kNow;
  entry->fresh_until = entry->stale_until = kNow + 60s;
  entry->is_negative = true;
  return entry;
}

std::string text_of(const Answer& answer) {
  std::string text;
  for (const auto piece : answer.pieces) text += piece;
  return text;
}

std::string data_of(const Answer& answer) {
  const auto text = text_of(answer);
  const auto at = text.find(",\"data\":");
  REQUIRE(at != std::string::npos);
  return text.substr(at + 8, text.size() - at - 9);
}

constexpr const char* kClassicStatus =
    R"({"status":{"timestamp":"2023-11-14T22:13:20.045Z","error_code":0,"error_message":null,)"
    R"("elapsed":0,"credit_count":3,"notice":null},"data":)";

}  // namespace

TEST_SUITE("proxy::assemble_assets") {
  TEST_CASE("fragments are joined in the provider's envelope") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=2,1");
    Answer answer;
    answer.owners = {entry_of(R"("1":{"id":1})", {}, 10s), entry_of(R"("2":{"id":2})", {}, 25s)};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{3}, answer) == Assembled::Done);
    CHECK(text_of(answer) == std::string(kClassicStatus) + R"({"1":{"id":1},"2":{"id":2}}})");
    CHECK(answer.age == 25s);
    CHECK(answer.max_age == 35s);
    CHECK(answer.body_size() == text_of(answer).size());
  }

  TEST_CASE("after the clock was set back an answer claims no freshness, or what it was given") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=2,1");
    struct Row {
      const char* name;
      std::chrono::seconds age;
      std::chrono::seconds max_age;
    };
    for (const Row& row : {Row{"ahead, as clocks differ", -2s, 60s},
                           Row{"set back by a minute", -60s, 0s},
                           Row{"by a day", -24h, 0s}}) {
      CAPTURE(row.name);
      Answer answer;
      answer.owners = {entry_of(R"("1":{"id":1})", {}, row.age),
                       entry_of(R"("2":{"id":2})", {}, -2s)};
      REQUIRE(assemble_assets(kWording, request, kNow, Credits{0}, answer) == Assembled::Done);
      CHECK(answer.age == 0s);
      CHECK(answer.max_age == row.max_age);
    }
  }

  TEST_CASE("an answer survives a move") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?symbol=XX");
    Answer answer;
    answer.owners = {unknown()};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{0}, answer) == Assembled::Done);
    const auto before = text_of(answer);
    const Answer moved = std::move(answer);
    CHECK(text_of(moved) == before);
    Answer whole;
    whole.owners = {entry_of(R"({"status":{"credit_count":7},"data":[]})", {{0, 26, 27}})};
    assemble_whole(kNow, Credits{0}, whole);
    const Answer moved_whole = std::move(whole);
    CHECK(text_of(moved_whole) == R"({"status":{"credit_count":0},"data":[]})");
  }

  TEST_CASE("members come in the provider's order") {
    const auto request = parse("/v1/cryptocurrency/quotes/latest?slug=aaa,bbb,ccc");
    Answer answer;
    answer.owners = {entry_of(R"("74":{})"), entry_of(R"("1027":{})"), entry_of(R"("1":{})")};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{}, answer) == Assembled::Done);
    CHECK(data_of(answer) == R"({"1":{},"74":{},"1027":{}})");
  }

  TEST_CASE("members named by symbol come in the order asked") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?symbol=ETH,NOPE,BTC,1INCH");
    Answer answer;
    answer.owners = {
        entry_of(R"("ETH":[])"), unknown(), entry_of(R"("BTC":[])"), entry_of(R"("1INCH":[])")};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{}, answer) == Assembled::Done);
    CHECK(data_of(answer) == R"({"ETH":[],"NOPE":[],"BTC":[],"1INCH":[]})");
  }

  TEST_CASE("converts are spliced into one quote object") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1&convert=EUR,USD");
    const std::string eur = R"("1":{"id":1,"quote":{"EUR":{"price":2}},"z":0})";
    const std::string usd = R"("1":{"id":1,"quote":{"USD":{"price":1}},"z":0})";
    const auto slots = [](const std::string& text) {
      const auto begin = static_cast<std::uint32_t>(text.find(R"("quote":{)") + 9);
      return std::vector<Slot>{{1, begin, static_cast<std::uint32_t>(text.find("},\"z\""))}};
    };
    Answer answer;
    answer.owners = {entry_of(eur, slots(eur)), entry_of(usd, slots(usd))};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{}, answer) == Assembled::Done);
    CHECK(data_of(answer) ==
          R"({"1":{"id":1,"quote":{"EUR":{"price":2},"USD":{"price":1}},"z":0}})");
  }

  TEST_CASE("copies that do not fit together are not joined") {
    const auto converts = parse("/v2/cryptocurrency/quotes/latest?symbol=BTC&convert=EUR,USD");
    Answer answer;
    answer.owners = {entry_of(R"("BTC":[{"quote":{"EUR":1}}])", {{1, 17, 24}}),
                     entry_of(R"("BTC":[{"quote":{"USD":1}}])", {{2, 17, 24}})};
    CHECK(assemble_assets(kWording, converts, kNow, Credits{}, answer) == Assembled::Unjoinable);
    const auto shapes = parse("/v3/cryptocurrency/quotes/latest?id=1,2");
    Answer mixed;
    mixed.owners = {entry_of(R"({"id":1})"), entry_of(R"("2":{"id":2})")};
    CHECK(assemble_assets(kWording, shapes, kNow, Credits{}, mixed) == Assembled::Unjoinable);
  }

  TEST_CASE("both shapes of v3 pass") {
    const auto request = parse("/v3/cryptocurrency/quotes/latest?id=1,2");
    Answer answer;
    answer.owners = {entry_of(R"({"id":1})"), entry_of(R"({"id":2})")};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{}, answer) == Assembled::Done);
    CHECK(data_of(answer) == R"([{"id":1},{"id":2}])");
    answer.clear();
    answer.owners = {entry_of(R"("1":{"id":1})"), entry_of(R"("2":{"id":2})")};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{}, answer) == Assembled::Done);
    CHECK(data_of(answer) == R"({"1":{"id":1},"2":{"id":2}})");
  }

  TEST_CASE("unknown assets are left out or named, as asked") {
    struct Row {
      const char* target;
      unsigned status;
      const char* text;  // the data, or the message
    };
    for (const auto& row :
         {Row{"/v2/cryptocurrency/quotes/latest?id=1,8,9&skip_invalid=true", 200, R"({"1":{}})"},
          Row{"/v2/cryptocurrency/quotes/latest?id=1,8,9&skip_invalid=false",
              400,
              R"(Invalid values for \"id\": \"8,9\")"},
          Row{"/v2/cryptocurrency/info?id=1,8,9", 400, R"(Invalid values for \"id\": \"8,9\")"},
          Row{"/v2/cryptocurrency/quotes/latest?symbol=BTC,XX,YY",
              200,
              R"({"1":{},"XX":[],"YY":[]})"}}) {
      CAPTURE(row.target);
      const auto request = parse(row.target);
      Answer answer;
      answer.owners = {entry_of(R"("1":{})"), unknown(), unknown()};
      REQUIRE(assemble_assets(kWording, request, kNow, Credits{}, answer) == Assembled::Done);
      CHECK(answer.http_status == row.status);
      if (row.status == 200) {
        CHECK(data_of(answer) == row.text);
      } else {
        CHECK(text_of(answer).find(row.text) != std::string::npos);
      }
    }
  }

  TEST_CASE("nothing known is an empty answer") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=8,9");
    Answer answer;
    answer.owners = {unknown(), unknown()};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{}, answer) == Assembled::Done);
    CHECK(data_of(answer) == "{}");
  }

  TEST_CASE("the etag follows the data and nothing else") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,2");
    const auto etag = [&](const char* first, const char* second, TimePoint now, Credits cost) {
      Answer answer;
      answer.owners = {entry_of(first), entry_of(second)};
      REQUIRE(assemble_assets(kWording, request, now, cost, answer) == Assembled::Done);
      return answer.etag;
    };
    const auto plain = etag(R"("1":{"a":1})", R"("2":{})", kNow, Credits{0});
    CHECK(plain == etag(R"("1":{"a":1})", R"("2":{})", kNow + 9s, Credits{1}));
    CHECK(plain != etag(R"("1":{"a":2})", R"("2":{})", kNow, Credits{0}));
    CHECK(plain != etag(R"("2":{})", R"("1":{"a":1})", kNow, Credits{0}));
  }

  TEST_CASE("an error tells what the request cost all the same") {
    const auto request = parse("/v2/cryptocurrency/quotes/latest?id=1,8&skip_invalid=false");
    Answer unknown_one;
    unknown_one.owners = {entry_of(R"("1":{"id":1})"), unknown()};
    REQUIRE(assemble_assets(kWording, request, kNow, Credits{2}, unknown_one) == Assembled::Done);
    CHECK(unknown_one.http_status == 400);
    CHECK(text_of(unknown_one).find(R"("credit_count":2)") != std::string::npos);
    Answer lost;
    lost.cost = Credits{3};
    assemble_error(kWording, request.endpoint, {502, 502, "lost"}, kNow, lost);
    CHECK(text_of(lost).find(R"("credit_count":3)") != std::string::npos);
    CHECK(lost.cost.count == 3);
  }
}

TEST_SUITE("provider::cmc::append_status") {
  TEST_CASE("the classic and the newer form") {
    std::string classic;
    provider::StatusText status;
    status.error_code = 400;
    status.error_message = "a \"b\" \\ \n";
    provider::cmc::append_status(classic, status, kNow);
    CHECK(classic ==
          R"({"timestamp":"2023-11-14T22:13:20.045Z","error_code":400,)"
          R"("error_message":"a \"b\" \\ \u000a","elapsed":0,"credit_count":0,"notice":null})");
    std::string newer;
    status = {};
    status.form = provider::kTextForm;
    status.credit_count = Credits{2};
    provider::cmc::append_status(newer, status, kNow);
    CHECK(newer == R"({"timestamp":"2023-11-14T22:13:20.045Z","error_code":"0","error_message":"",)"
                   R"("elapsed":0,"credit_count":2})");
    std::string mixed;
    status = {};
    status.form = {false, true, provider::StatusForm::Notice::Text};
    provider::cmc::append_status(mixed, status, kNow);
    CHECK(mixed == R"({"timestamp":"2023-11-14T22:13:20.045Z","error_code":0,"error_message":"",)"
                   R"("elapsed":0,"credit_count":0,"notice":""})");
  }

  TEST_CASE("an answer and an error are in the form that the endpoint's answers had last") {
    provider::StatusForms forms(catalog::Catalogue::built_in().endpoints().size());
    const Wording wording{kDialect, forms};
    const auto request = parse("/v3/cryptocurrency/quotes/latest?id=1");
    const auto head_of = [&] {
      Answer answer;
      answer.owners = {entry_of(R"({"id":1})")};
      REQUIRE(assemble_assets(wording, request, kNow, Credits{}, answer) == Assembled::Done);
      return text_of(answer);
    };
    CHECK(head_of().find(R"("error_code":"0","error_message":"")") != std::string::npos);
    forms.learn(request.endpoint->position, {false, false, provider::StatusForm::Notice::Null});
    CHECK(head_of().find(R"("error_code":0,"error_message":null)") != std::string::npos);
    CHECK(head_of().find(R"("notice":null)") != std::string::npos);
    Answer error;
    assemble_error(wording, request.endpoint, {400, 400, "no"}, kNow, error);
    CHECK(text_of(error).find(R"("error_code":400,)") != std::string::npos);
    const auto other = parse("/v3/cryptocurrency/listings/latest");
    assemble_error(wording, other.endpoint, {400, 400, "no"}, kNow, error);
    CHECK(text_of(error).find(R"("error_code":"400",)") != std::string::npos);
  }
}
