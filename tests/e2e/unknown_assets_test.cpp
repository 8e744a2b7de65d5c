// One unknown name among good ones: the good ones are served, the unknown one is named as the
// provider names it, and nothing is paid twice.
#include <set>
#include <utility>

#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

// Nineteen coins that every universe has, and how each kind of key spells them with a stranger.
struct Kind {
  std::string name;
  std::string list;
  std::string unknown;
  const char* complaint;
};
const std::vector<Kind> kKinds{
    {"id",
     "1,2,52,74,328,512,825,1027,1321,1831,1839,1958,1975,2010,2280,3408,3794,4943,999999999",
     "999999999",
     R"(Invalid value for "id": "999999999")"},
    {"symbol",
     "AVAX,BNB,BCH,ADA,ATOM,BTC,DAI,DOT,ETC,ETH,FIL,LINK,LTC,NOSUCHCOIN,SHIB,SOL,TRX,UNI,USDT,XRP",
     "NOSUCHCOIN",
     R"(Invalid value for "symbol": "NOSUCHCOIN")"},
    {"slug",
     "avalanche,bnb,bitcoin-cash,cardano,cosmos,bitcoin,multi-collateral-dai,polkadot-new,"
     "ethereum-classic,ethereum,filecoin,chainlink,litecoin,no-such-coin,shiba-inu,solana,tron,"
     "uniswap,tether,xrp",
     "no-such-coin",
     R"(Invalid value for "slug": "no-such-coin")"},
};

struct Bed {
  Bed() : sim({.has_tls = false, .arguments = frozen({"--coins", "400"})}) {
    keep_day(sim);
    daemon.emplace(Daemon::Options{.base_url = sim.base_url(), .sets = {}, .toml = {}, .env = {}});
  }
  Sim sim;
  std::optional<Daemon> daemon;
};

// The members of data, in no particular order: by name they are.
std::set<std::string> parts_of(const HttpResponse& answer) {
  std::set<std::string> parts;
  const std::string data = data_of(answer);
  if (data.empty()) return parts;
  for (const JsonMember& member : json_members(data)) parts.emplace(member.text);
  return parts;
}

// Empty and null are the two forms of none.
std::string complaint_of(const HttpResponse& answer) {
  const std::string message = status_of(answer, "error_message");
  return message == "null" ? "" : message;
}

// The answer is what the simulator gives when asked the same.
void check_like_upstream(Bed& bed, const std::string& target, const HttpResponse& answer) {
  HttpClient client;
  const HttpResponse direct =
      client.get(bed.sim.base_url() + target, {"X-CMC_PRO_API_KEY: direct"});
  CHECK(answer.status == direct.status);
  CHECK(status_of(answer, "error_code") == status_of(direct, "error_code"));
  CHECK(complaint_of(answer) == complaint_of(direct));
  CHECK((parts_of(answer) == parts_of(direct)));
}

// Asked with and without skip_invalid, now and again: one call, paid once.
void check_kind(Bed& bed, const std::string& path, const Kind& kind) {
  const std::string target = path + "?" + kind.name + "=" + kind.list + "&skip_invalid=";
  CAPTURE(target);
  bed.sim.clear_calls();
  const HttpResponse lenient = bed.daemon->get(target + "true");
  check_like_upstream(bed, target + "true", lenient);
  const auto calls = daemon_calls(bed.sim);
  CHECK(calls.size() == 1);
  CHECK(credits_of(lenient) == charged(calls));
  const HttpResponse strict = bed.daemon->get(target + "false");
  check_like_upstream(bed, target + "false", strict);
  CHECK(status_of(strict, "error_message").find(kind.unknown) != std::string::npos);
  CHECK(credits_of(strict) == 0);
  const HttpResponse again = bed.daemon->get(target + "true");
  CHECK(is_hit(again));
  CHECK(credits_of(again) == 0);
  CHECK(daemon_calls(bed.sim).size() == 1);
  MESSAGE(path,
          " by ",
          kind.name,
          ": ",
          parts_of(lenient).size(),
          " members, 1 call, ",
          charged(calls),
          " credits; then 400: ",
          status_of(strict, "error_message"));
}

}  // namespace

TEST_SUITE("e2e::unknown_assets") {
  TEST_CASE("one of twenty is unknown: nineteen are right and one is named, for one call") {
    Bed bed;
    const std::vector<std::string> paths{kV1Quotes,
                                         kV2Quotes,
                                         kV3Quotes,
                                         kSimplePrice,
                                         "/v1/cryptocurrency/info",
                                         "/v2/cryptocurrency/info"};
    for (const std::string& path : paths) {
      for (const Kind& kind : kKinds) check_kind(bed, path, kind);
    }
  }

  TEST_CASE("asked strictly first, the complaint costs what the good ones cost, once") {
    Bed bed;
    for (const Kind& kind : kKinds) {
      CAPTURE(kind.name);
      bed.sim.clear_calls();
      const std::string target = kV2Quotes + "?" + kind.name + "=" + kind.list;
      const HttpResponse strict = bed.daemon->get(target + "&skip_invalid=false");
      CHECK(strict.status == 400);
      CHECK(json_value(json_value(strict.body, "status"), "error_message").size() > 2);
      const auto calls = daemon_calls(bed.sim);
      CHECK(calls.size() == 1);
      const HttpResponse lenient = bed.daemon->get(target);
      CHECK(is_hit(lenient));
      CHECK(daemon_calls(bed.sim).size() == 1);
      CHECK(charged(calls) == 1);
    }
  }

  TEST_CASE("several unknown names stand in one complaint") {
    Bed bed;
    const std::string target = kV1Quotes + "?symbol=NOSUCHA,BTC,NOSUCHB&skip_invalid=false";
    const HttpResponse answer = bed.daemon->get(target);
    CHECK(answer.status == 400);
    check_like_upstream(bed, target, answer);
  }

  TEST_CASE("an unknown asset is asked for again when its minute is over, and then alone") {
    Bed bed;
    const std::string target = kV2Quotes + "?id=1,2,999999999";
    REQUIRE(bed.daemon->get(target).status == 200);
    bed.sim.clear_calls();
    advance(*bed.daemon, seconds(50));
    CHECK(is_hit(bed.daemon->get(kV2Quotes + "?id=999999999")));
    CHECK(daemon_calls(bed.sim).empty());
    advance(*bed.daemon, seconds(11));
    CHECK(!is_hit(bed.daemon->get(kV2Quotes + "?id=999999999")));
    const auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 1);
    CHECK(calls.front().target.find("id=999999999") != std::string::npos);
  }

  TEST_CASE("while many unknown names are asked for, good ones are served at once beside them") {
    Bed bed;
    const auto dead = [](int from, int count) {
      std::string list;
      for (int i = from; i < from + count; ++i) list += (i == from ? "" : ",") + std::to_string(i);
      return list;
    };
    REQUIRE(bed.daemon->get(kV2Quotes + "?id=1,1027").status == 200);
    // From here on names that nobody knows are called for once in 12 s.
    for (int i = 0; i < 4; ++i) bed.daemon->get(kV2Quotes + "?id=" + dead(900'000 + 100 * i, 100));
    const auto paid = charged(daemon_calls(bed.sim));
    const auto quick = std::chrono::seconds(5);

    const HttpResponse mixed = bed.daemon->get(kV2Quotes + "?id=1,1027,910000");
    CHECK(mixed.status == 200);
    CHECK(parts_of(mixed).size() == 2);
    CHECK(mixed.header("quotecached-left-out") == "910000");
    CHECK(mixed.elapsed < quick);

    const HttpResponse rows = bed.daemon->get("/quotes?fields=all&ids=1," + dead(920'000, 900));
    CHECK(rows.status == 200);
    CHECK(rows.body.find(R"("id":1,)") != std::string::npos);
    CHECK(rows.body.find(R"("unavailable":[)") != std::string::npos);
    CHECK(rows.elapsed < quick);

    const HttpResponse none = bed.daemon->get("/quotes?fields=all&ids=" + dead(930'000, 900));
    CHECK(none.status == 503);
    CHECK_FALSE(none.header("retry-after").empty());
    CHECK(none.body.find("waits for its turn") != std::string::npos);
    CHECK(none.body.find("provider") == std::string::npos);
    CHECK(none.elapsed < quick);

    const auto more = charged(daemon_calls(bed.sim)) - paid;
    CHECK(more <= 4);  // what is known, with which unknown names ride along
    MESSAGE("1,801 unknown names: ", more, " credits beyond ", paid);
  }

  TEST_CASE("a coin that waits behind the junk of one client is fetched at once for another") {
    const TempDir tokens;
    const std::string header = "X-CMC_PRO_API_KEY: ";
    const std::string flood = header + "flood-0123456789-abcdef";
    const std::string good = header + "good-0123456789-abcdef";
    write_file(tokens / "tokens.toml",
               "[tokens.flood]\nsecret = \"flood-0123456789-abcdef\"\n"
               "[tokens.good]\nsecret = \"good-0123456789-abcdef\"\n");
    Sim sim({.has_tls = false, .arguments = frozen({"--coins", "400"})});
    keep_day(sim);
    Daemon daemon(Daemon::Options{
        .base_url = sim.base_url(),
        .sets = {"auth.mode=tokens", "auth.tokens_file=" + (tokens / "tokens.toml").string()},
        .toml = {},
        .env = {}});
    REQUIRE(daemon.get(kV2Quotes + "?id=1", {flood}).status == 200);
    std::string dead;
    for (int i = 0; i < 300; ++i) {
      dead += (dead.empty() ? "" : ",") + std::to_string(900'000 + i);
      if (i % 100 != 99) continue;
      daemon.get(kV2Quotes + "?id=" + std::exchange(dead, ""), {flood});
    }
    const HttpResponse parked = daemon.get(kV2Quotes + "?id=1,1027", {flood});
    CHECK(parked.header("quotecached-left-out") == "1027");
    sim.clear_calls();
    const HttpResponse answer = daemon.get(kV2Quotes + "?id=1027", {good});
    CHECK(answer.status == 200);
    CHECK(parts_of(answer).size() == 1);
    CHECK(answer.elapsed < std::chrono::seconds(5));
    CHECK(credits_of(answer) == charged(daemon_calls(sim)));
    CHECK(is_hit(daemon.get(kV2Quotes + "?id=1,1027", {flood})));
  }

  TEST_CASE("a shared ticker gives what the provider gives: all coins in v2, its own pick in v1") {
    Bed bed;
    for (const std::string symbol : {"BTC", "ETH", "SOL", "ETC", "USDC", "UNI", "DOGE"}) {
      for (const std::string& path : {kV1Quotes, kV2Quotes, kV3Quotes, kSimplePrice}) {
        const std::string target = path + "?symbol=" + symbol;
        CAPTURE(target);
        const HttpResponse answer = bed.daemon->get(target);
        CHECK((data_of(answer) == data_of(ask(bed.sim, target))));
        if (path != kV2Quotes) continue;
        const std::string data = data_of(answer);
        const auto coins = json_members(json_members(data).front().value);
        CHECK(coins.size() >= 2);
        MESSAGE(symbol, ": ", coins.size(), " coins");
      }
    }
  }

  TEST_CASE("an asset that upstream refuses by name spoils no other") {
    Bed bed;
    bed.sim.fault(R"({"kind":"refused_asset","count":-1,"params":{"id":1027},"path":")" +
                  kV2Quotes + "\"}");
    const std::string target = kV2Quotes + "?id=1,2,52,74,1027,1839";
    const HttpResponse lenient = bed.daemon->get(target);
    CHECK(lenient.status == 200);
    CHECK(parts_of(lenient).size() == 5);
    const auto calls = daemon_calls(bed.sim);
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].status == 400);
    CHECK(calls[0].credits == 0);
    CHECK(calls[1].target.find("1027") == std::string::npos);
    CHECK(credits_of(lenient) == charged(calls));
    const HttpResponse strict = bed.daemon->get(target + "&skip_invalid=false");
    CHECK(strict.status == 400);
    CHECK(strict.body.find(R"(Invalid value for \"id\": \"1027\")") != std::string::npos);
    CHECK(daemon_calls(bed.sim).size() == 2);
    MESSAGE("2 calls, ", charged(calls), " credit, ", parts_of(lenient).size(), " of 6 served");
  }

  TEST_CASE("a refusal that names nobody is narrowed down, and all others are served") {
    Bed bed;
    bed.sim.fault(R"({"kind":"status_5xx","count":1,"params":{"status":400}})");
    const HttpResponse answer = bed.daemon->get(kV2Quotes + "?id=1,2,52,74,1027,1839");
    CHECK(answer.status == 200);
    CHECK(parts_of(answer).size() == 6);
    const auto calls = daemon_calls(bed.sim);
    CHECK(calls.size() == 4);  // one refused, one asset alone, two halves of the others
    CHECK(credits_of(answer) == charged(calls));
  }

  TEST_CASE("an unknown currency is refused by name and harms no other") {
    Bed bed;
    const std::string base = kV2Quotes + "?id=1,2&convert=";
    const HttpResponse refused = bed.daemon->get(base + "USD,NOSUCHMONEY");
    CHECK(refused.status == 400);
    CHECK(refused.body.find("NOSUCHMONEY") != std::string::npos);
    CHECK(credits_of(refused) == 0);
    const HttpResponse good = bed.daemon->get(base + "USD,EUR");
    CHECK(good.status == 200);
    CHECK((data_of(good) == data_of(ask(bed.sim, base + "USD,EUR"))));
    bed.sim.clear_calls();
    CHECK(bed.daemon->get(base + "USD,NOSUCHMONEY").status == 400);
    CHECK(daemon_calls(bed.sim).size() <= 1);
  }
}

}  // namespace quotecached::test
