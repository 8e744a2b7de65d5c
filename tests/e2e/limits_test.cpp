// The limits of clients: who asks for more than may wait is refused and told by whom, and others
// are served. cmcsim's latency keeps requests waiting.
#include <memory>

#include <doctest/doctest.h>

#include "e2e/credit_bed.hpp"

namespace quotecached::test {
namespace {

constexpr auto kHeld = R"({"latency":4000})";  // long enough to ask more meanwhile
constexpr auto kAtOnce = R"({"latency":0})";
const std::string kWaiting = "quotecached_http_waiting_requests";

std::string secret_of(const std::string& name) { return name + "-0123456789-abcdef"; }

HttpHeaders as(const std::string& name) { return {"X-CMC_PRO_API_KEY: " + secret_of(name)}; }

std::string token(const std::string& name, const std::string& limits) {
  return "[tokens." + name + "]\nsecret = \"" + secret_of(name) + "\"\n" + limits + "\n";
}

struct Bed {
  explicit Bed(const std::string& tokens, std::vector<std::string> sets = {})
      : sim({.has_tls = false, .arguments = frozen({"--coins", "400"})}) {
    raise_file_limit();
    ids = asset_ids(sim, 60);
    write_file(folder / "tokens.toml", tokens);
    sets.insert(sets.end(),
                {"auth.mode=tokens", "auth.tokens_file=" + (folder / "tokens.toml").string()});
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(), .sets = std::move(sets), .toml = {}, .env = {}});
  }

  HttpResponse get(const std::string& target, const std::string& name) {
    return daemon->get(target, as(name));
  }
  // Asks over a connection of its own, and does not wait for the answer.
  std::unique_ptr<Connection> ask(const std::string& target, const std::string& name) {
    auto client = std::make_unique<Connection>(port_of(*daemon));
    client->send("GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n" +
                 as(name).front() + "\r\n\r\n");
    return client;
  }
  bool await_waiting(double count) {
    return wait_until([&] { return metric(*daemon, kWaiting) == count; });
  }

  TempDir folder;
  Sim sim;
  std::vector<int> ids;
  std::optional<Daemon> daemon;
};

std::string all_of(Connection& client) {
  return client.read_until("\r\nno such end", milliseconds(30'000));
}

double refusals(Daemon& daemon, const std::string& by) {
  return metric(daemon, "quotecached_refusals_total{by=\"" + by + "\"}");
}

void check_refused(const HttpResponse& answer, long status, const std::string& by) {
  CAPTURE(by);
  CAPTURE(answer.body);
  CHECK(answer.status == status);
  CHECK(answer.header("quotecached-refused-by") == by);
}

// "r" of `"minute";r=2;t=17`; -1 when it is not there.
long part_of(const std::string& field, const std::string& name) {
  const auto at = field.find(";" + name + "=");
  return at == std::string::npos ? -1 : std::stol(field.substr(at + name.size() + 2));
}

}  // namespace

TEST_SUITE("e2e::limits") {
  TEST_CASE("a token may have max_concurrent requests waiting, and hits beside them") {
    Bed bed(token("dash", "max_concurrent = 2\nrequests_per_minute = 0") +
            token("desk", "requests_per_minute = 0"));
    auto& daemon = *bed.daemon;
    REQUIRE(bed.get(quotes_of(bed.ids[0]), "dash").status == 200);
    bed.sim.set(kHeld);
    const auto first = bed.ask(quotes_of(bed.ids[1]), "dash");
    const auto second = bed.ask(quotes_of(bed.ids[2]), "dash");
    REQUIRE(bed.await_waiting(2));
    const auto refused = bed.get(quotes_of(bed.ids[3]), "dash");
    check_refused(refused, 429, "token dash concurrent");
    CHECK(refused.header("retry-after") == "1");
    CHECK(status_of(refused, "error_code") == "1008");
    CHECK(status_of(refused, "credit_count") == "0");
    const auto own = bed.get("/quotes?ids=" + std::to_string(bed.ids[3]), "dash");
    check_refused(own, 429, "token dash concurrent");
    CHECK(own.header("retry-after") == "1");
    check_refused(daemon.request("HEAD", quotes_of(bed.ids[3]), {}, as("dash")),
                  429,
                  "token dash concurrent");
    CHECK(is_hit(bed.get(quotes_of(bed.ids[0]), "dash")));
    const auto other = bed.ask(quotes_of(bed.ids[4]), "desk");
    CHECK(bed.await_waiting(3));
    CHECK(refusals(daemon, "token concurrent") == 3);

    for (const auto& client : {first.get(), second.get(), other.get()})
      CHECK(all_of(*client).starts_with("HTTP/1.1 200 "));
    CHECK(metric(daemon, kWaiting) == 0);
    bed.sim.set(kAtOnce);
    CHECK(bed.get(quotes_of(bed.ids[3]), "dash").status == 200);
  }

  TEST_CASE("a place is held until the answer is there, also when its client has gone") {
    Bed bed(token("dash", "max_concurrent = 1\nrequests_per_minute = 0"));
    auto& daemon = *bed.daemon;
    REQUIRE(bed.get(quotes_of(bed.ids[0]), "dash").status == 200);
    bed.sim.set(kHeld);
    {
      const auto gone = bed.ask(quotes_of(bed.ids[1]), "dash");
      REQUIRE(bed.await_waiting(1));
    }
    check_refused(bed.get(quotes_of(bed.ids[2]), "dash"), 429, "token dash concurrent");
    REQUIRE(bed.await_waiting(0));
    bed.sim.set(kAtOnce);
    CHECK(bed.get(quotes_of(bed.ids[2]), "dash").status == 200);
    CHECK(is_hit(bed.get(quotes_of(bed.ids[1]), "dash")));  // what was paid for is kept
    // Requests sent at once over one connection follow each other.
    Connection client(port_of(daemon));
    std::string requests;
    for (std::size_t i = 3; i < 13; ++i) {
      requests += "GET " + quotes_of(bed.ids[i]) + " HTTP/1.1\r\nHost: test\r\n" +
                  (i == 12 ? "Connection: close\r\n" : "") + as("dash").front() + "\r\n\r\n";
    }
    client.send(requests);
    CHECK(count_of(all_of(client), "HTTP/1.1 200 ") == 10);
    CHECK(metric(daemon, kWaiting) == 0);
  }

  TEST_CASE("a greedy token has as many waiting as are left free, and a modest one is served") {
    Bed bed(token("greedy", "requests_per_minute = 0") + token("modest", "requests_per_minute = 0"),
            {"listen.max_waiting=8"});
    auto& daemon = *bed.daemon;
    REQUIRE(bed.get(quotes_of(bed.ids[0]), "greedy").status == 200);
    bed.sim.set(kHeld);
    std::vector<std::unique_ptr<Connection>> greedy;
    for (std::size_t i = 1; i <= 12; ++i)
      greedy.push_back(bed.ask(quotes_of(bed.ids[i]), "greedy"));
    REQUIRE(wait_until([&] { return refusals(daemon, "overload") == 8; }));
    CHECK(metric(daemon, kWaiting) == 4);
    const auto refused = bed.get(quotes_of(bed.ids[20]), "greedy");
    check_refused(refused, 503, "overload");
    CHECK(refused.header("retry-after") == "1");
    CHECK(status_of(refused, "error_code") == "503");
    check_refused(bed.get("/quotes?ids=" + std::to_string(bed.ids[20]), "greedy"), 503, "overload");
    const auto modest = bed.ask(quotes_of(bed.ids[21]), "modest");
    CHECK(bed.await_waiting(5));
    // Neither hits nor operators wait.
    CHECK(is_hit(bed.get(quotes_of(bed.ids[0]), "greedy")));
    for (const std::string own : {"/health/live", "/health", "/metrics"})
      CHECK(daemon.get(own).status == 200);

    CHECK(all_of(*modest).starts_with("HTTP/1.1 200 "));
    std::size_t served = 0;
    for (const auto& client : greedy) {
      const auto text = all_of(*client);
      if (text.starts_with("HTTP/1.1 200 ")) ++served;
      if (!text.starts_with("HTTP/1.1 200 ")) CHECK(text.starts_with("HTTP/1.1 503 "));
    }
    CHECK(served == 4);
    CHECK(metric(daemon, kWaiting) == 0);
    CHECK(metric(daemon, "quotecached_http_waiting_requests_bound") == 8);
  }

  TEST_CASE("a thousand clients that want one cold asset are all answered") {
    raise_file_limit();
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    REQUIRE(daemon.get(quotes_of(1027)).status == 200);  // the connection upstream is open
    sim.set(kHeld);
    sim.clear_calls();
    const auto answers = burst(daemon, std::vector<std::string>(1000, quotes_of(1)));
    const auto is_ok = [](const BurstAnswer& answer) { return answer.is_ok(); };
    CHECK(std::ranges::count_if(answers, is_ok) == 1000);
    CHECK(sim.calls().size() == 1);
    CHECK(refusals(daemon, "overload") == 0);
  }

  TEST_CASE("what is refused by the daemon says by whom") {
    stay_in_day(seconds(60));
    Bed bed(token("desk", "requests_per_minute = 0") +
                token("poor", "requests_per_minute = 0\ncredits_per_day = 1") +
                token("slow", "requests_per_minute = 1") +
                token("boss", "requests_per_minute = 0\nadmin = true"),
            {"credits.per_day=3"});
    auto& daemon = *bed.daemon;
    const auto cold = [&](std::size_t n) { return separate_target(bed.ids[n], n); };
    check_refused(daemon.get(cold(0)), 401, "access");
    check_refused(daemon.get("/quotes?ids=1"), 401, "access");
    check_refused(bed.get(kV2Quotes + "?id=1x", "desk"), 400, "parameters");
    check_refused(bed.get("/quotes?nonsense=1", "desk"), 400, "parameters");
    check_refused(bed.get("/quotes/nonsense", "desk"), 404, "path");
    check_refused(daemon.get("/nonsense"), 404, "path");
    check_refused(daemon.request("DELETE", cold(0), {}, as("desk")), 405, "request");
    check_refused(daemon.get("/admin/credits"), 401, "access");
    check_refused(daemon.get(cold(0), {as("desk").front(), "Cache-Control: only-if-cached"}),
                  504,
                  "only-if-cached");
    HttpResponse last;
    for (int i = 0; i < 3 && last.status != 429; ++i)  // a minute may end in between
      last = bed.get("/quotes?nonsense=1", "slow");
    check_refused(last, 429, "token slow");

    REQUIRE(bed.get(cold(1), "poor").status == 200);
    check_refused(bed.get(cold(2), "poor"), 429, "token poor credits.per_day");
    const auto order = [&](const std::string& mode) {
      must(daemon.request("POST", "/admin/spend-mode", "{\"mode\":\"" + mode + "\"}", as("boss")));
    };
    order("cache_only");
    check_refused(bed.get(cold(2), "desk"), 429, "spend mode");
    order("normal");
    // As many as are left; how many is the pacer's to say.
    for (std::size_t n = 3; n < 10 && last.header("quotecached-refused-by") != "credits.per_day";
         ++n)
      last = bed.get(cold(n), "desk");
    check_refused(last, 429, "credits.per_day");
    CHECK(status_of(last, "error_code") == "1009");

    CHECK(refusals(daemon, "access") == 3);
    CHECK(refusals(daemon, "parameters") >= 2);
    CHECK(refusals(daemon, "path") == 2);
    CHECK(refusals(daemon, "only-if-cached") == 1);
    CHECK(refusals(daemon, "token") == 1);
    CHECK(refusals(daemon, "token credits.per_day") == 1);
    CHECK(refusals(daemon, "spend mode") >= 1);
    CHECK(refusals(daemon, "credits.per_day") >= 1);
  }

  TEST_CASE("neither what is answered nor what the provider refuses names a refuser") {
    Bed bed(token("desk", "requests_per_minute = 0"));
    CHECK(bed.get(quotes_of(bed.ids[0]), "desk").header("quotecached-refused-by").empty());
    const auto unknown = bed.get("/v1/foo/bar", "desk");  // passed on
    CHECK(unknown.status == 404);
    CHECK(unknown.header("quotecached-refused-by").empty());
  }

  TEST_CASE("answers tell what they cost where that is wanted") {
    for (const bool is_wanted : {true, false}) {
      CAPTURE(is_wanted);
      Sim sim(Sim::Options{.has_tls = false, .arguments = frozen({"--coins", "400"})});
      Daemon daemon({.base_url = sim.base_url(),
                     .sets = {"credits.per_day=1000",
                              std::string("listen.cost_headers=") + (is_wanted ? "true" : "false")},
                     .toml = {},
                     .env = {}});
      keep_windows(daemon, sim, seconds(0), seconds(120));
      const auto miss = daemon.get(quotes_of(1));
      const auto hit = daemon.get(quotes_of(1));
      REQUIRE(miss.status == 200);
      REQUIRE(is_hit(hit));
      if (!is_wanted) {
        CHECK(miss.header("quotecached-credits").empty());
        CHECK(miss.header("quotecached-budget-left").empty());
        continue;
      }
      CHECK(miss.header("quotecached-credits") == std::to_string(credits_of(miss)));
      CHECK(credits_of(miss) == 1);
      CHECK(hit.header("quotecached-credits") == "0");
      CHECK_FALSE(hit.header("quotecached-spend-mode").empty());
      CHECK_MESSAGE(wait_until([&] {
                      return daemon.get(quotes_of(1)).header("quotecached-budget-left") == "999";
                    }),
                    daemon.get(quotes_of(1)).header("quotecached-budget-left"));
    }
  }

  TEST_CASE("strangers are not told what is left") {
    Bed bed(token("desk", ""), {"credits.per_day=1000", "listen.cost_headers=true"});
    const auto target = quotes_of(bed.ids[0]);
    CHECK_FALSE(bed.get(target, "desk").header("quotecached-budget-left").empty());
    const auto refused = bed.get(target, "nobody");
    CHECK(refused.status == 401);
    CHECK(refused.header("quotecached-budget-left").empty());
    CHECK(refused.header("quotecached-credits").empty());
  }

  TEST_CASE("a token with requests_per_minute is told how it stands") {
    Bed bed(token("slow", "requests_per_minute = 3") + token("desk", "requests_per_minute = 0"));
    const auto target = quotes_of(bed.ids[0]);
    REQUIRE(bed.get(target, "desk").status == 200);
    CHECK(bed.get(target, "desk").header("ratelimit").empty());
    long left = 3;
    HttpResponse answer;
    for (int i = 0; i < 7 && answer.status != 429; ++i) {
      answer = bed.get(target, "slow");
      CAPTURE(i);
      const auto field = answer.header("ratelimit");
      CAPTURE(field);
      CHECK(answer.header("ratelimit-policy") == "\"minute\";q=3;w=60");
      CHECK(field.starts_with("\"minute\";r="));
      const long r = part_of(field, "r");
      const bool is_as_before = answer.status == 429 ? r == 0 && left == 0 : r == left - 1;
      CHECK((is_as_before || r == 2));  // a minute may have ended
      left = r;
      CHECK(part_of(field, "t") >= 1);
      CHECK(part_of(field, "t") <= 60);
    }
    check_refused(answer, 429, "token slow");
    CHECK(std::to_string(part_of(answer.header("ratelimit"), "t")) == answer.header("retry-after"));
  }
}

}  // namespace quotecached::test
