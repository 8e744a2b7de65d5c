// The daemon in the provider's place: what means the same is bought once, what differs never meets,
// and answers say what they cost.
#include <algorithm>
#include <random>

#include "e2e/bed.hpp"
#include "e2e/drop_in_bed.hpp"

namespace quotecached::test {
namespace {

const std::string kListings = "/v1/cryptocurrency/listings/latest";
const std::string kDefaultAux =
    "is_fiat,is_active,total_supply,circulating_supply,max_supply,platform,tags,date_added,"
    "cmc_rank,num_market_pairs";

struct Spellings {
  std::string what;
  std::string path;
  std::vector<std::string> queries;
};

const std::vector<Spellings> kSame{
    {"ids",
     kV2Quotes,
     {"?id=1,2,1027",
      "?id=1%2C2%2c1027",
      "?id=1027,2,1",
      "?id=1,1,2,1027,2",
      "?id=01,2,001027",
      "?convert=USD&id=1,2,1027",
      "?id=1,2,1027&convert=usd",
      "?%69d=1,2,1027",
      "?id=1,2,1027&skip_invalid=true",
      "?id=1,2,1027&skip_invalid=false",
      "?id=1,2,1027&aux=" + kDefaultAux,
      "?id=1,2,1027&CMC_PRO_API_KEY=0123456789abcdef",
      "?cmc_pro_api_key=x&id=1,2,1027"}},
    {"symbols",
     kV2Quotes,
     {"?symbol=ADA,XRP",
      "?symbol=ada,xrp",
      "?symbol=XRP,ADA",
      "?symbol=%41DA%2CXrp",
      "?symbol=ADA,,XRP,",
      "?symbol=ADA,XRP,ada"}},
    {"converts",
     kV3Quotes,
     {"?id=1&convert=EUR,USD", "?id=1&convert=usd,eur", "?id=1&convert=USD,EUR,usd"}},
    {"slugs", kV1Quotes, {"?slug=bitcoin,xrp", "?slug=xrp,bitcoin", "?slug=xrp%2Cbitcoin,xrp"}},
    {"simple price",
     kSimplePrice,
     {"?id=1&include_all=true&precision=2", "?precision=2&id=1&include_all=true&convert=USD"}},
    {"fiat map", "/v1/fiat/map", {"", "?", "?start=1", "?sort=id", "?sort=id&start=1", "?&"}},
    {"listings",
     kListings,
     {"?limit=100",
      "",
      "?start=1&limit=100&convert=USD&sort=market_cap&cryptocurrency_type=all&tag=all",
      "?sort_dir=desc",
      "?sort_dir=desc&sort=market_cap",
      "?convert=usd&start=01",
      "?limit=0100"}},
};

// Byte for byte, or in another order of the members when the client asked for another order.
std::vector<std::string> sorted_parts(const HttpResponse& answer) {
  std::vector<std::string> parts;
  const std::string data = data_of(answer);
  for (const JsonMember& member : json_members(data)) parts.emplace_back(member.text);
  std::ranges::sort(parts);
  return parts;
}

long id_count(const SimCall& call) {
  const auto begin = call.target.find("id=");
  const auto list = call.target.substr(begin, call.target.find('&', begin) - begin);
  return 1 + std::ranges::count(list, ',');
}

}  // namespace

TEST_SUITE("e2e::drop_in") {
  TEST_CASE("spellings that mean the same are bought once") {
    DropInBed bed;
    for (const Spellings& same : kSame) {
      CAPTURE(same.what);
      bed.sim.clear_calls();
      std::vector<std::string> first;
      long credits = 0;
      for (const std::string& query : same.queries) {
        CAPTURE(query);
        const HttpResponse answer = bed.get(same.path + query, {"X-CMC_PRO_API_KEY: anything"});
        REQUIRE_MESSAGE(answer.status == 200, answer.body);
        if (first.empty()) first = sorted_parts(answer);
        if (same.what != "converts") CHECK((sorted_parts(answer) == first));
        credits += credits_of(answer);
      }
      const auto calls = daemon_calls(bed.sim);
      CHECK(calls.size() == 1);
      CHECK(credits == charged(calls));
      MESSAGE(same.what,
              ": ",
              same.queries.size(),
              " spellings, ",
              calls.size(),
              " call, ",
              credits,
              " credits");
    }
  }

  TEST_CASE("what differs is never served from one another") {
    DropInBed bed;
    const std::vector<std::string> targets{
        kV1Quotes + "?id=1",
        kV2Quotes + "?id=1",
        kV3Quotes + "?id=1",
        kSimplePrice + "?id=1",
        kV2Quotes + "?symbol=BTC",
        kV2Quotes + "?slug=ethereum",
        kV1Quotes + "?symbol=BTC",
        kV2Quotes + "?id=1&convert=EUR",
        kV2Quotes + "?id=1&convert_id=2781",
        kV2Quotes + "?id=1&convert_id=2790",
        kV2Quotes + "?id=1&aux=cmc_rank",
        kV2Quotes + "?id=1&aux=cmc_rank,tags",
        kSimplePrice + "?id=1&precision=2",
        kSimplePrice + "?id=1&include_market_cap=true",
        "/v1/cryptocurrency/info?id=1",
        "/v2/cryptocurrency/info?id=1",
        kListings + "?limit=200",
        kListings + "?limit=200&start=201",
        kListings + "?limit=200&convert=EUR",
        kListings + "?limit=200&sort_dir=asc",
        "/v3/cryptocurrency/listings/latest?limit=200",
    };
    for (const std::string& target : targets) {
      CAPTURE(target);
      CHECK(bed.calls_for(target).size() == 1);
      CHECK((data_of(bed.get(target)) == data_of(ask(bed.sim, target))));
    }
    for (const std::string& target : targets) {
      CAPTURE(target);
      CHECK(bed.calls_for(target).empty());
    }
    MESSAGE(targets.size(), " different requests: ", targets.size(), " calls, then none");
  }

  TEST_CASE("what the provider refuses is refused in its words, for nothing") {
    DropInBed bed;
    struct Row {
      std::string target;
      std::string message;
      bool is_worded_alike = true;  // elsewhere the provider's words are not known for sure
    };
    const std::vector<Row> rows{
        {kV2Quotes + "?id=1&_=123", R"(\"_\" is not allowed)"},
        {kListings + "?id=1", R"(\"id\" is not allowed)"},
        {kV2Quotes + "?id=abc", R"(\"id\")", false},
        {kV2Quotes, "must contain at least one of [id, symbol, slug]"},
        {kV2Quotes + "?id=", R"(\"id\" is not allowed to be empty)"},
        {kV2Quotes + "?symbol=A.I", R"(\"symbol\")", false},
        {kV2Quotes + "?id=1&aux=nosuch", R"(\"aux\")", false},
        {kListings + "?limit=5001", R"(\"limit\" must be less than or equal to 5000)"},
        {kListings + "?limit=0", R"(\"limit\" must be larger than or equal to 1)"},
        {kV2Quotes + "?id=1&skip_invalid=maybe", R"(\"skip_invalid\" must be a boolean)"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.target);
      const HttpResponse answer = bed.get(row.target);
      CHECK(answer.status == 400);
      CHECK(status_of(answer, "error_code") == "400");
      CHECK(credits_of(answer) == 0);
      CHECK_MESSAGE(answer.body.find(row.message) != std::string::npos, answer.body);
      if (!row.is_worded_alike) continue;
      const HttpResponse direct =
          HttpClient().get(bed.sim.base_url() + row.target, {"X-CMC_PRO_API_KEY: direct"});
      CHECK(status_of(answer, "error_message") == status_of(direct, "error_message"));
    }
    // It was asked whether it knows a name that the row does not.
    const auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].target == kListings + "?convert=USD&convert_id=2781&id=1");
    CHECK(calls[0].credits == 0);
  }

  TEST_CASE("of a partial hit only what is missing is fetched") {
    DropInBed bed;
    bed.get(kV2Quotes + "?id=1,2,52");
    bed.sim.clear_calls();
    const HttpResponse answer = bed.get(kV2Quotes + "?id=1,2,52,74,1027");
    CHECK(answer.header("cache-status").find("fwd=partial") != std::string::npos);
    auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].target.find("id=74,1027&") != std::string::npos);
    CHECK(credits_of(answer) == charged(calls));

    calls = bed.calls_for(kV2Quotes + "?id=1,2&convert=USD,EUR");
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].target.find("convert=EUR") != std::string::npos);
    CHECK(calls[0].target.find("USD") == std::string::npos);
    CHECK(calls[0].credits == 1);
    CHECK(bed.calls_for(kV2Quotes + "?id=2,1&convert=EUR").empty());

    // Each asset with the currencies it lacks: 1 lacks none, 52 lacks EUR, 512 both.
    calls = bed.calls_for(kV2Quotes + "?id=1,52,512&convert=USD,EUR");
    CHECK(calls.size() == 2);
    for (const SimCall& call : calls) {
      CAPTURE(call.target);
      CHECK(id_count(call) == 1);
    }
    MESSAGE("asked after 3 of 5: id=74,1027; EUR after USD: convert=EUR alone");
  }

  TEST_CASE("credit_count says what a request cost, and all of them what was charged") {
    DropInBed bed;
    std::mt19937 random(11);
    const std::vector<std::string> paths{kV1Quotes, kV2Quotes, kV3Quotes, kSimplePrice};
    const std::vector<std::string> converts{"", "&convert=EUR", "&convert=USD,EUR,BTC"};
    // Of coins there are: hundreds of others would be paid for once in a while only.
    const HttpResponse map = bed.get("/v1/cryptocurrency/map?limit=300");
    std::int64_t credits = credits_of(map);
    std::vector<std::string> known;
    const std::string begin = "{\"id\":";
    for (auto at = map.body.find(begin); at != std::string::npos;
         at = map.body.find(begin, at + 1)) {
      const auto comma = map.body.find(',', at);
      if (map.body.compare(comma, 8, ",\"rank\":") != 0) continue;
      known.push_back(map.body.substr(at + begin.size(), comma - at - begin.size()));
    }
    REQUIRE(known.size() == 300);
    std::vector<std::string> urls;
    for (int i = 0; i < 300; ++i) {
      std::string ids;
      for (int n = 0; n < 30; ++n) ids += (n ? "," : "") + known[random() % known.size()];
      urls.push_back(bed.daemon->url(paths[random() % 4] + "?id=" + ids + converts[random() % 3]));
    }
    for (int i = 0; i < 10; ++i) urls.push_back(bed.daemon->url(kListings + "?limit=400"));
    for (const HttpResponse& answer : HttpClient().get_all(urls, 16)) {
      REQUIRE(answer.status == 200);
      credits += credits_of(answer);
    }
    const auto calls = daemon_calls(bed.sim);
    CHECK(credits == charged(calls));
    CHECK(credits == bed.sim.stats().credits_charged);
    CHECK(double(credits) == metric(*bed.daemon, "quotecached_credits_total"));
    CHECK(credits > 0);
    MESSAGE(urls.size(), " requests, ", calls.size(), " calls, ", credits, " credits");
  }

  TEST_CASE("members named by symbol come in the order asked") {
    DropInBed bed;
    for (const auto* symbols : {"ETH,BTC", "BTC,ETH"}) {
      const std::string data = data_of(bed.get(kV2Quotes + "?symbol=" + symbols));
      const bool btc_first = data.find("\"BTC\":[") < data.find("\"ETH\":[");
      CHECK(btc_first == (symbols == std::string("BTC,ETH")));
    }
  }
}

}  // namespace quotecached::test
