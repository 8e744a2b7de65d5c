// The daemon's own endpoint for quotes, over the real daemon and the simulated provider: what it
// answers, what that cost, and what it falls back to.
#include <algorithm>
#include <set>

#include "e2e/credit_bed.hpp"

namespace quotecached::test {
namespace {

constexpr seconds kStale{130};  // past fresh and stale-while-revalidate
const std::string kSimple = "/v2/simple/price";

struct Bed {
  explicit Bed(std::vector<std::string> more = {}, std::vector<std::string> arguments = {})
      : sim({.has_tls = false, .arguments = frozen(std::move(arguments))}) {
    keep_day(sim);
    sets = {"freshness.ttl_jitter=0", "upstream.failure_throttle=1s"};
    sets.insert(sets.end(), more.begin(), more.end());
    daemon.emplace(
        Daemon::Options{.base_url = sim.base_url(), .sets = sets, .toml = {}, .env = {}});
  }

  HttpResponse ask(const std::string& query) {
    auto answer = daemon->get("/quotes?" + query);
    CAPTURE(query);
    CHECK_MESSAGE(answer.status == 200, answer.body);
    return answer;
  }

  // Calls of the daemon since the last time.
  std::vector<SimCall> take_calls() {
    auto calls = daemon_calls(sim);
    sim.clear_calls();
    return calls;
  }

  Sim sim;
  std::vector<std::string> sets;
  std::optional<Daemon> daemon;
};

using Words = std::vector<std::string>;

Words column(const HttpResponse& answer, std::string_view list, std::string_view name) {
  Words words;
  for (const auto& row : json_members(json_value(answer.body, list)))
    words.push_back(json_text(row.value, name));
  return words;
}

Words ids_of(const HttpResponse& answer) { return column(answer, "quotes", "id"); }

// The provider's own text of a price.
std::string price_at(Sim& sim, const std::string& id) {
  const auto data = data_of(ask(sim, kV2Quotes + "?id=" + id));
  const auto quote = json_value(json_value(data, id), "quote");
  return json_text(json_value(quote, "USD"), "price");
}

std::string joined(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

// All ids that the simulated provider knows.
Words all_ids(Sim& sim, std::size_t count) {
  Words ids;
  for (std::size_t start = 1; ids.size() < count; start += 5'000) {
    const auto page =
        ask(sim, "/v1/cryptocurrency/map?sort=id&limit=5000&start=" + std::to_string(start));
    const auto before = ids.size();
    const auto coins = data_of(page);
    for (const auto& coin : json_members(coins)) ids.push_back(json_text(coin.value, "id"));
    REQUIRE(ids.size() > before);
  }
  ids.resize(count);
  return ids;
}

}  // namespace

TEST_SUITE("e2e::quotes") {
  TEST_CASE("any mix of names, in the order asked, with the provider's figures") {
    Bed bed;
    const std::string query = "slugs=ethereum&symbols=XRP,xrp&ids=1,1027";
    const auto answer = bed.ask(query);
    CHECK(ids_of(answer) == Words{"1", "1027", "52"});
    CHECK(column(answer, "quotes", "price") ==
          Words{price_at(bed.sim, "1"), price_at(bed.sim, "1027"), price_at(bed.sim, "52")});
    CHECK(column(answer, "quotes", "symbol") == Words{"BTC", "ETH", "XRP"});
    CHECK(column(answer, "quotes", "stale") == Words{"false", "false", "false"});
    bed.take_calls();
    const auto again = bed.ask(query);
    CHECK(is_hit(again));
    CHECK(source_of(again) == "memory");
    CHECK(ids_of(again) == ids_of(answer));
    CHECK(bed.take_calls().empty());
    // Bought where a credit covers most, once the names are known.
    advance(*bed.daemon, kStale);
    CHECK(ids_of(bed.ask(query)) == ids_of(answer));
    const auto calls = bed.take_calls();
    REQUIRE(calls.size() == 1);
    CHECK(calls.front().target.starts_with(kSimple + "?id=1,1027,52&"));
  }

  TEST_CASE("what other endpoints have brought costs no call") {
    Bed bed;
    for (const auto& path : {kV1Quotes, kV2Quotes, kV3Quotes, kSimplePrice}) {
      CAPTURE(path);
      must(bed.daemon->get(path + "?id=1,1027&convert=EUR"));
      bed.take_calls();
      CHECK(ids_of(bed.ask("ids=1,1027&convert=EUR")) == Words{"1", "1027"});
      CHECK(ids_of(bed.ask("slugs=bitcoin&convert=EUR")) == Words{"1"});
      CHECK(bed.take_calls().empty());
      clear_memory(*bed.daemon);
      advance(*bed.daemon, kStale);
    }
    must(bed.daemon->get(kV2Quotes + "?id=1&aux=volume_7d"));
    CHECK(is_hit(bed.ask("ids=1&fields=volume_7d,price")));
    must(bed.daemon->get("/v1/cryptocurrency/listings/latest?limit=100"));
    bed.take_calls();
    CHECK(is_hit(bed.ask("ids=1027,52&fields=price,percent_change_7d")));
    CHECK(bed.take_calls().empty());
  }

  TEST_CASE("a copy that a lower tier has answers after a restart") {
    Bed bed;
    bed.ask("ids=1&symbols=XRP&slugs=ethereum");
    REQUIRE(wait_until([&] { return stores(*bed.daemon, "sqlite") >= 3; }));
    bed.daemon->restart();
    bed.take_calls();
    const auto answer = bed.ask("ids=1&symbols=XRP&slugs=ethereum");
    CHECK(ids_of(answer) == Words{"1", "52", "1027"});
    CHECK(source_of(answer) == "sqlite");
    CHECK(bed.take_calls().empty());
  }

  TEST_CASE("what does not exist is missing, what several coins share is ambiguous") {
    Bed bed;
    const auto answer = bed.ask("symbols=NOPE,BTC&ids=999999999&slugs=no-such");
    CHECK(ids_of(answer).empty());
    CHECK(column(answer, "missing", "asked") == Words{"999999999", "NOPE", "no-such"});
    CHECK(column(answer, "missing", "by") == Words{"id", "symbol", "slug"});
    CHECK(column(answer, "ambiguous", "asked") == Words{"BTC"});
    const auto shared = json_members(json_value(answer.body, "ambiguous")).front();
    const auto candidates = json_members(json_value(shared.value, "candidates"));
    REQUIRE(candidates.size() == 3);
    CHECK(json_text(candidates.front().value, "id") == "1");
    CHECK(json_text(candidates.front().value, "name") == "Bitcoin");
    CHECK(json_text(candidates.front().value, "slug") == "bitcoin");
    CHECK(json_text(candidates.front().value, "rank") == "1");
    CHECK(json_value(answer.body, "unavailable").empty());
    bed.take_calls();
    CHECK(column(bed.ask("symbols=NOPE,BTC"), "missing", "asked") == Words{"NOPE"});
    const auto first = bed.ask("symbols=BTC&ambiguous=first");
    CHECK(ids_of(first) == Words{"1"});
    CHECK(bed.take_calls().empty());
    const auto csv = bed.ask("symbols=NOPE,BTC&ids=1&format=csv");
    CHECK(csv.header("quotecached-missing") == "NOPE");
    CHECK(csv.header("quotecached-ambiguous") == "BTC");
  }

  TEST_CASE("a currency that is none is told by field") {
    Bed bed;
    const auto answer = bed.daemon->get("/quotes?ids=1&convert=NOSUCH");
    CHECK(answer.status == 400);
    CHECK(json_text(answer.body, "field") == "convert");
    CHECK(json_text(answer.body, "code") == "invalid");
  }

  TEST_CASE("with a dead provider stale copies answer, and say so; without any it is unavailable") {
    Bed bed;
    bed.ask("ids=1,1027");
    bed.sim.process().kill9();
    advance(*bed.daemon, kStale);
    const auto answer = bed.ask("ids=1,1027,52");
    CHECK(ids_of(answer) == Words{"1", "1027"});
    CHECK(column(answer, "quotes", "stale") == Words{"true", "true"});
    CHECK(age_of(answer) >= kStale.count());
    CHECK(column(answer, "unavailable", "asked") == Words{"52"});
    CHECK(column(answer, "unavailable", "code") == Words{"unavailable"});
    const auto none = bed.daemon->get("/quotes?ids=52");
    CHECK(none.status == 503);
    CHECK(json_text(none.body, "code") == "unavailable");
    CHECK_FALSE(none.header("retry-after").empty());
  }

  TEST_CASE("copies of another endpoint answer at once when the provider hangs") {
    Bed bed({"upstream.stale_patience=3s"});
    must(bed.daemon->get(kV2Quotes + "?id=1"));
    bed.sim.fault(R"({"kind":"hang","count":-1})");
    advance_at_once(*bed.daemon, seconds(70));  // to be shown while it is renewed
    const auto shown = bed.ask("ids=1");
    CHECK(column(shown, "quotes", "stale") == Words{"true"});
    CHECK(shown.elapsed < seconds(2));
    advance_at_once(*bed.daemon, seconds(70));
    const auto waited = bed.ask("ids=1");
    CHECK(column(waited, "quotes", "stale") == Words{"true"});
    CHECK(waited.elapsed > seconds(2));
    CHECK(waited.elapsed < seconds(10));
    bed.sim.clear_faults();
  }

  TEST_CASE("when credits run out on the way, what was bought is answered") {
    Bed bed({"credits.per_day=2"});
    keep_windows(*bed.daemon, bed.sim, seconds(0), seconds(300));
    const auto ids = all_ids(bed.sim, 1'000);
    bed.take_calls();
    const auto answer = bed.daemon->request("POST",
                                            "/quotes",
                                            "ids=" + joined(ids),
                                            {"Content-Type: application/x-www-form-urlencoded"});
    CAPTURE(answer.body.substr(0, 500));
    CHECK(answer.status == 200);
    CHECK(charged(daemon_calls(bed.sim)) == 2);
    CHECK(ids_of(answer).size() == 500);
    const auto codes = column(answer, "unavailable", "code");
    CHECK(codes.size() == 500);
    CHECK(std::set(codes.begin(), codes.end()) == std::set<std::string>{"budget_exhausted"});
    const auto none = bed.daemon->get("/quotes?ids=" + ids.back() + "&convert=EUR");
    CHECK(none.status == 429);
    CHECK(json_text(none.body, "code") == "budget_exhausted");
    CHECK(std::stol("0" + none.header("retry-after")) > 60);
  }

  TEST_CASE("10,000 assets are 40 calls and 40 credits, and then none") {
    // A busy machine takes a while for 40 calls.
    Bed bed({"upstream.request_deadline=120s", "upstream.timeout=60s"}, {"--coins", "12000"});
    HttpClient patient({.limit = milliseconds(120'000)});
    const auto ids = all_ids(bed.sim, 10'000);
    bed.take_calls();
    const auto ask_all = [&] {
      return patient.request("POST",
                             bed.daemon->url("/quotes"),
                             "ids=" + joined(ids),
                             {"Content-Type: application/x-www-form-urlencoded"});
    };
    const auto answer = ask_all();
    CHECK(answer.status == 200);
    CHECK(ids_of(answer) == ids);
    const auto calls = bed.take_calls();
    CHECK(calls.size() == 40);
    CHECK(charged(calls) == 40);
    const auto again = ask_all();
    CHECK(is_hit(again));
    CHECK(ids_of(again) == ids);
    CHECK(bed.take_calls().empty());
    MESSAGE("10,000 assets: " << calls.size() << " calls, " << answer.elapsed.count() / 1000
                              << " ms, then " << again.elapsed.count() / 1000 << " ms from memory, "
                              << again.body.size() / 1024 << " KiB");
  }

  TEST_CASE("known ranks make a list the cheaper purchase") {
    Bed bed;
    must(bed.daemon->get("/v1/cryptocurrency/listings/latest?limit=200"));
    Words ids;
    const auto page = ask(bed.sim, "/v1/cryptocurrency/listings/latest?limit=180");
    const auto rows = data_of(page);
    for (const auto& row : json_members(rows)) ids.push_back(json_text(row.value, "id"));
    advance(*bed.daemon, kStale);
    bed.take_calls();
    const auto answer = bed.ask("fields=price,percent_change_7d&ids=" + joined(ids));
    CHECK(ids_of(answer) == ids);
    const auto calls = bed.take_calls();
    std::string targets;
    for (const auto& call : calls) targets += call.target + '\n';
    CAPTURE(targets);
    REQUIRE(calls.size() == 1);
    CHECK(calls.front().credits == 1);
    CHECK(calls.front().target.starts_with("/v1/cryptocurrency/listings/latest"));
  }

  TEST_CASE("pages by cursor are the whole, in order") {
    Bed bed;
    const std::string query = "ids=1,1027,52,1839,5426&limit=2";
    Words ids;
    std::string cursor;
    for (int page = 0; page < 3; ++page) {
      const auto answer = bed.ask(query + (cursor.empty() ? "" : "&cursor=" + cursor));
      for (auto& id : ids_of(answer)) ids.push_back(std::move(id));
      cursor = json_text(answer.body, "next");
    }
    CHECK(ids == Words{"1", "1027", "52", "1839", "5426"});
    CHECK(cursor == "null");
  }
}

}  // namespace quotecached::test
