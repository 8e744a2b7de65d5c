// The daemon in the provider's place: what means the same is bought once, what differs never meets,
// and answers say what they cost and how fresh they are.
#include <algorithm>
#include <future>
#include <random>

#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

const std::string kListings = "/v1/cryptocurrency/listings/latest";
const std::string kDefaultAux =
    "is_fiat,is_active,total_supply,circulating_supply,max_supply,platform,tags,date_added,"
    "cmc_rank,num_market_pairs";

struct Bed {
  explicit Bed(std::vector<std::string> sets = {"freshness.ttl_jitter=0"})
      : sim({.has_tls = false, .arguments = frozen({"--coins", "400"})}) {
    keep_day(sim);
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(), .sets = std::move(sets), .toml = {}, .env = {}});
  }

  HttpResponse get(const std::string& target, const HttpHeaders& headers = {}) {
    return daemon->get(target, headers);
  }

  // The calls that asking for `target` makes.
  std::vector<SimCall> calls_for(const std::string& target) {
    sim.clear_calls();
    get(target);
    return daemon_calls(sim);
  }

  Sim sim;
  std::optional<Daemon> daemon;
};

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
    Bed bed;
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
    Bed bed;
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
    Bed bed;
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
    Bed bed;
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
    Bed bed;
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

  TEST_CASE("paths: never cached, not catalogued, not the provider's, and other methods") {
    Bed bed;
    for (int i = 0; i < 2; ++i) {
      const HttpResponse info = bed.get("/v1/key/info");
      CHECK(info.status == 200);
      CHECK(info.header("cache-control") == "no-store");
      CHECK(info.header("cache-status").find("fwd=bypass") != std::string::npos);
      CHECK(!json_value(data_of(info), "usage").empty());
    }
    CHECK(daemon_calls(bed.sim).size() == 2);

    const auto calls = bed.calls_for("/v1/foo/bar?x=1&CMC_PRO_API_KEY=secret");
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].target == "/v1/foo/bar?x=1");
    CHECK(bed.get("/v1/foo/bar").status == 404);

    bed.sim.clear_calls();
    const HttpResponse foreign = bed.get("/foo");
    CHECK(foreign.status == 404);
    CHECK(foreign.header("content-type").starts_with("application/problem+json"));
    const HttpResponse post = bed.daemon->request("POST", kV2Quotes + "?id=1", "{}");
    CHECK(post.status == 405);
    CHECK(post.header("allow") == "GET, HEAD");
    CHECK(status_of(post, "error_code") == "405");
    CHECK(bed.get("/v2/cryptocurrency/quotes/latest/?id=1").status == 404);
    CHECK(bed.get("/V2/cryptocurrency/quotes/latest?id=1").status == 404);
    CHECK(daemon_calls(bed.sim).empty());
  }

  TEST_CASE("POST to a path that is not catalogued is passed on with its body, and booked") {
    Bed bed;
    bed.sim.clear_calls();
    const HttpResponse answer = bed.daemon->request("POST", "/v1/new/list?x=1", R"({"a":1})");
    CHECK(answer.status == 404);  // of the provider, who knows no such path
    CHECK(answer.header("cache-status").find("fwd=bypass") != std::string::npos);
    const auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].method == "POST");
    CHECK(calls[0].target == "/v1/new/list?x=1");
    CHECK(bed.daemon->request("PUT", "/v1/new/list").status == 405);
  }

  TEST_CASE("programs without a key share what the others have fetched") {
    Bed bed;
    bed.get(kV2Quotes + "?id=1,2");
    bed.sim.clear_calls();
    const HttpResponse answer = bed.get("/public-api" + kV2Quotes + "?id=2,1");
    CHECK(answer.status == 200);
    CHECK(answer.header("cache-status").find("; hit;") != std::string::npos);
    CHECK(bed.get("/public-api/v2/no/such?id=1").status == 404);
    CHECK(daemon_calls(bed.sim).size() == 1);  // the path that nobody knows
  }

  TEST_CASE("who wants nothing but what is cached gets that, and costs nothing") {
    Bed bed;
    const std::vector<std::string> only{"Cache-Control: only-if-cached"};
    bed.get(kV2Quotes + "?id=1");
    bed.sim.clear_calls();
    CHECK(bed.get(kV2Quotes + "?id=1", only).status == 200);
    for (const auto* target : {"?id=1,2", "?id=2"}) {
      const HttpResponse missed = bed.get(kV2Quotes + target, only);
      CHECK(missed.status == 504);
      CHECK(status_of(missed, "error_code") == "504");
      CHECK(status_of(missed, "credit_count") == "0");
    }
    CHECK(bed.get("/v1/key/info", only).status == 504);
    advance(*bed.daemon, seconds(90));  // stale, but may be shown
    const HttpResponse stale = bed.get(kV2Quotes + "?id=1", only);
    CHECK(stale.status == 200);
    CHECK(stale.header("cache-status").find("stale") != std::string::npos);
    advance(*bed.daemon, seconds(3600));
    CHECK(bed.get(kV2Quotes + "?id=1", only).status == 200);
    CHECK(daemon_calls(bed.sim).empty());
  }

  TEST_CASE("what the provider sends beside its answer reaches who caused the call") {
    Bed bed;
    const auto miss = bed.get(std::string(kV2Quotes) + "?id=1,2");
    CHECK(miss.header("x-request-id").starts_with("sim-"));
    CHECK(bed.get(std::string(kV2Quotes) + "?id=1").header("x-request-id").empty());
    const auto partial = bed.get(std::string(kV2Quotes) + "?id=1,3");
    CHECK(partial.header("x-request-id").starts_with("sim-"));
    CHECK(partial.header("x-request-id") != miss.header("x-request-id"));
    const auto forwarded = bed.get("/v1/nothing/known?id=1");
    CHECK(forwarded.header("x-request-id").starts_with("sim-"));
    const auto refused = bed.get(std::string(kV2Quotes) + "?symbol=NOSUCHCOIN&convert=NOSUCH");
    CHECK(refused.status == 400);
    CHECK(refused.header("x-request-id").starts_with("sim-"));
  }

  TEST_CASE("members named by symbol come in the order asked") {
    Bed bed;
    for (const auto* symbols : {"ETH,BTC", "BTC,ETH"}) {
      const std::string data = data_of(bed.get(kV2Quotes + "?symbol=" + symbols));
      const bool btc_first = data.find("\"BTC\":[") < data.find("\"ETH\":[");
      CHECK(btc_first == (symbols == std::string("BTC,ETH")));
    }
  }

  TEST_CASE("paths that are not catalogued are refused where a setting says so") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"upstream.forward_unknown=false"}});
    const HttpResponse refused = daemon.get("/v1/foo/bar");
    CHECK(refused.status == 404);
    CHECK(refused.body.find("\"error_code\":404") != std::string::npos);
    CHECK(daemon.get("/v1/key/info").status == 200);  // catalogued, if never cached
    CHECK(sim.calls("/v1/foo").empty());
  }

  TEST_CASE("what clients have forwarded does not turn upstream off for others") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    sim.fault(R"({"kind":"html_error","count":-1,"path":"/v1/key","params":{"status":403}})");
    for (int i = 0; i < 6; ++i) CHECK(daemon.get("/v1/key/info").status == 403);
    CHECK(daemon.get(kV2Quotes + "?id=1").status == 200);
    CHECK(daemon.get(kV2Quotes + "?id=1&convert=NOSUCH").status == 400);
    CHECK(daemon.get("/health/ready").body.find("\"status\":\"ready\"") != std::string::npos);
  }

  TEST_CASE("HEAD tells of GET, an ETag saves the body, and Age counts against max-age") {
    Bed bed;
    const std::string target = kV2Quotes + "?id=1,2";
    const HttpResponse get = bed.get(target);
    const HttpResponse head = bed.daemon->request("HEAD", target);
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(head.header("content-length") == bed.get(target).header("content-length"));
    CHECK(head.header("etag") == get.header("etag"));
    CHECK(get.header("vary") == "Accept-Encoding");
    CHECK(get.header("cache-control").starts_with("private, max-age="));
    CHECK(max_age_of(get) >= 50);
    CHECK(max_age_of(get) <= 60);

    const std::string tag = get.header("etag");
    REQUIRE(tag.starts_with("W/\""));
    for (const std::string& wanted : {tag, tag.substr(2), "\"other\", " + tag, std::string("*")}) {
      CAPTURE(wanted);
      const HttpResponse same = bed.get(target, {"If-None-Match: " + wanted});
      CHECK(same.status == 304);
      CHECK(same.body.empty());
      CHECK(same.header("etag") == tag);
    }
    CHECK(bed.get(target, {"If-None-Match: \"other\""}).status == 200);
    CHECK(bed.get(kV2Quotes + "?id=2,1027", {"If-None-Match: " + tag}).status == 200);

    advance(*bed.daemon, seconds(20));
    const HttpResponse later = bed.get(target);
    CHECK(age_of(later) >= 20);
    CHECK(later.header("etag") == tag);
    // The whole life, of which Age is spent; both parts of it are whole seconds, rounded down.
    CHECK(max_age_of(later) >= 59);
    CHECK(max_age_of(later) <= 60);

    // Other prices, another tag.
    bed.sim.set(R"({"tick":0})");
    advance(*bed.daemon, seconds(150));
    const HttpResponse other = bed.get(target, {"If-None-Match: " + tag});
    CHECK(other.status == 200);
    CHECK(other.header("etag") != tag);
  }

  TEST_CASE("who has an expired answer renewed waits for that; others get the old one at once") {
    Bed bed;
    const std::string target = kV2Quotes + "?id=1,2,1027";
    const std::string old = data_of(bed.get(target));
    bed.sim.set(R"({"tick":0,"latency":1500})");
    bed.sim.clear_calls();
    advance(*bed.daemon, seconds(61));
    auto first = std::async(std::launch::async, [url = bed.daemon->url(target)] {
      HttpClient client;
      return client.get(url);
    });
    REQUIRE(wait_until([&] {
      const auto list = bed.get("/admin/requests").body;
      return list.find("\"waits_for\":\"call\"") != std::string::npos;
    }));
    const HttpResponse stale = bed.get(target);
    CHECK(stale.status == 200);
    CHECK((data_of(stale) == old));
    CHECK(source_of(stale) == "stale-memory");
    CHECK(stale.header("cache-status").find("ttl=-") != std::string::npos);
    CHECK(stale.header("warning").starts_with("110"));
    CHECK(stale.header("cache-control") == "private, max-age=0");
    CHECK(age_of(stale) >= 61);
    CHECK(credits_of(stale) == 0);
    CHECK(stale.elapsed < milliseconds(1'000));
    const HttpResponse fresh = first.get();
    CHECK((data_of(fresh) != old));
    CHECK(source_of(fresh) == "upstream");
    CHECK(credits_of(fresh) == 1);
    CHECK(source_of(bed.get(target)) == "memory");
    CHECK(daemon_calls(bed.sim).size() == 1);

    bed.sim.set(R"({"latency":0})");
    advance(*bed.daemon, seconds(121));  // past stale_while_revalidate
    const HttpResponse waited = bed.get(target);
    CHECK(source_of(waited) == "upstream");
    CHECK(credits_of(waited) == 1);
  }

  TEST_CASE("nobody waits for a renewal for longer than stale_patience") {
    Bed bed({"freshness.ttl_jitter=0", "upstream.stale_patience=0s"});
    const std::string target = kV2Quotes + "?id=1";
    const std::string old = data_of(bed.get(target));
    bed.sim.set(R"({"tick":0,"latency":1500})");
    bed.sim.clear_calls();
    advance(*bed.daemon, seconds(61));
    const HttpResponse stale = bed.get(target);
    CHECK((data_of(stale) == old));
    CHECK(source_of(stale).starts_with("stale-"));
    CHECK(stale.elapsed < milliseconds(1'000));
    REQUIRE(
        wait_until([&] { return source_of(bed.get(target)) == "memory"; }, milliseconds(15'000)));
    CHECK((data_of(bed.get(target)) != old));
    CHECK(daemon_calls(bed.sim).size() == 1);
  }

  TEST_CASE("who waits for a call gets all that it brought, and it brings what was asked for") {
    Bed bed;
    bed.get(kV2Quotes + "?id=1,2,1027");
    bed.sim.set(R"({"tick":0})");
    bed.sim.clear_calls();
    advance(*bed.daemon, seconds(40));
    const HttpResponse mixed = bed.get(kV2Quotes + "?id=1,2,74");  // 74 is new, the others fresh
    CHECK(age_of(mixed) <= 1);
    CHECK(credits_of(mixed) == 1);
    CHECK(daemon_calls(bed.sim).size() == 1);
    CHECK(age_of(bed.get(kV2Quotes + "?id=1")) <= 1);
    advance(*bed.daemon, seconds(10));
    // What is nearly new stays as it is.
    CHECK(age_of(bed.get(kV2Quotes + "?id=1,825")) >= 10);
  }

  // A request that looked down the chain while the fetch ended once fetched again.
  TEST_CASE("however many ask while a fetch begins, runs and ends, it is made once") {
    Bed bed;
    bed.sim.set(R"({"latency":15})");
    const std::string target = kV2Quotes + "?id=1,2,1027";
    const std::vector<std::string> urls(150, bed.daemon->url(target));
    HttpClient client;
    constexpr std::size_t kRounds = 12;
    std::int64_t credits = 0;
    for (std::size_t round = 0; round < kRounds; ++round) {
      for (const HttpResponse& answer : client.get_all(urls, 8)) {
        REQUIRE(answer.status == 200);
        credits += credits_of(answer);
      }
      REQUIRE(wait_until([&] { return source_of(bed.get(target)) == "memory"; }));
      advance(*bed.daemon, seconds(round % 2 == 0 ? 61 : 130));  // served stale, or waited for
    }
    const auto calls = daemon_calls(bed.sim);
    CHECK(calls.size() == kRounds);
    CHECK(credits <= charged(calls));
    MESSAGE((kRounds * urls.size()), " requests in ", kRounds, " rounds: ", calls.size(), " calls");
  }
}

}  // namespace quotecached::test
