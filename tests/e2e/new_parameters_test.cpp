// Parameters that the provider has and the catalogue does not list: asked about once, for nothing.
#include <thread>

#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

const std::string kListings = "/v1/cryptocurrency/listings/latest";

struct Bed {
  explicit Bed(std::vector<std::string> sets = {})
      : sim({.has_tls = false, .arguments = frozen({"--coins", "400"})}) {
    keep_day(sim);
    sets.emplace_back("freshness.ttl_jitter=0");
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(), .sets = std::move(sets), .toml = {}, .env = {}});
    sim.clear_calls();
  }

  HttpResponse get(const std::string& target) { return daemon->get(target); }

  std::vector<std::string> targets() {
    std::vector<std::string> all;
    for (const auto& call : daemon_calls(sim)) all.push_back(call.target);
    return all;
  }

  Sim sim;
  std::optional<Daemon> daemon;
};

std::string message_of(const HttpResponse& answer) { return status_of(answer, "error_message"); }

}  // namespace

TEST_SUITE("e2e::new_parameters") {
  TEST_CASE("one that the provider knows is passed on, and cached by its value") {
    Bed bed;
    bed.sim.set(R"({"new_parameters":"colour"})");
    const auto red = bed.get(kV2Quotes + "?id=1&colour=red");
    CHECK(red.status == 200);
    CHECK(credits_of(red) == 1);
    const auto again = bed.get(kV2Quotes + "?colour=red&id=1");
    CHECK(is_hit(again));
    CHECK(bed.get(kV2Quotes + "?id=1&colour=blue").status == 200);
    CHECK(bed.get(kV2Quotes + "?id=1").status == 200);
    CHECK(is_hit(bed.get(kV2Quotes + "?id=1&colour=red")));
    const std::vector<std::string> wanted{
        kV2Quotes + "?colour=1",
        kV2Quotes + "?id=1&skip_invalid=true&colour=red",
        kV2Quotes + "?id=1&skip_invalid=true&colour=blue",
        kV2Quotes + "?id=1&skip_invalid=true",
    };
    CHECK(bed.targets() == wanted);
    CHECK(charged(daemon_calls(bed.sim)) == 3);
  }

  TEST_CASE("one that it does not know is asked about once and refused in its words") {
    Bed bed;
    for (int i = 0; i < 5; ++i) {
      const auto answer = bed.get(kV2Quotes + "?id=" + std::to_string(i + 1) + "&shape=17");
      CHECK(answer.status == 400);
      CHECK(message_of(answer) == R"(\"shape\" is not allowed)");
    }
    CHECK(bed.targets() == std::vector<std::string>{kV2Quotes + "?shape=1"});
    CHECK(charged(daemon_calls(bed.sim)) == 0);
  }

  TEST_CASE("pages are asked about too, and requests at once ask once") {
    Bed bed;
    bed.sim.set(R"({"new_parameters":"colour","latency":100})");
    std::vector<std::thread> clients;
    std::atomic<int> good{0};
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back([&] {
        HttpClient http({.limit = milliseconds(20'000)});
        const auto url = bed.daemon->base_url() + kListings + "?limit=10&colour=red";
        if (http.get(url).status == 200) ++good;
      });
    }
    for (auto& client : clients) client.join();
    CHECK(good == 8);
    const std::vector<std::string> wanted{kListings + "?convert=USD&convert_id=2781&colour=1",
                                          kListings + "?limit=10&colour=red"};
    CHECK(bed.targets() == wanted);
    CHECK(charged(daemon_calls(bed.sim)) == 1);
  }

  TEST_CASE("the provider's failure is not taken for a refusal") {
    Bed bed({"upstream.retries=0"});
    bed.sim.set(R"({"new_parameters":"colour"})");
    bed.sim.fault(R"({"kind":"status_5xx","count":1})");
    const auto failed = bed.get(kV2Quotes + "?id=1&colour=red");
    CHECK(failed.status == 502);
    const auto served = bed.get(kV2Quotes + "?id=1&colour=red");
    CHECK(served.status == 200);
  }

  TEST_CASE("a question that hangs holds nobody beyond the deadline, and buys nothing") {
    Bed bed({"upstream.request_deadline=300ms"});
    bed.sim.set(R"({"new_parameters":"colour"})");
    bed.sim.fault(R"({"kind":"hang","count":1})");
    const auto waited = bed.get(kV2Quotes + "?id=1&colour=red");
    CHECK(waited.status >= 503);  // 504 when the question's own end is the earlier
    for (const auto& target : bed.targets()) CHECK(target == kV2Quotes + "?colour=1");
    bed.sim.clear_faults();
  }

  TEST_CASE("after a question whose answer got lost others wait, and none is told a refusal") {
    Bed bed;
    bed.sim.set(R"({"new_parameters":"colour"})");
    bed.sim.fault(R"({"kind":"truncated_body","count":1,"path":"/v2/crypto"})");
    CHECK(bed.get(kV2Quotes + "?id=1&shape=round").status >= 502);
    CHECK(bed.targets().size() == 1);  // not again at once
    const auto next = bed.get(kV2Quotes + "?id=1&colour=red");
    CHECK(next.status == 503);
    const auto wait = std::stol("0" + next.header("retry-after"));
    CHECK(wait > 590);
    CHECK(wait <= 600);
    CHECK(bed.targets().size() == 1);
    CHECK(bed.get(kV2Quotes + "?id=1").status == 200);
  }

  TEST_CASE("an endpoint that the plan does not have is told as such") {
    Bed bed;
    bed.sim.set(R"({"new_parameters":"colour"})");
    bed.sim.fault(R"({"kind":"auth","count":1,"path":"/v2/crypto","params":{"code":1006}})");
    const auto refused = bed.get(kV2Quotes + "?id=1&colour=red");
    CHECK(refused.status == 403);
    CHECK(status_of(refused, "error_code") == "1006");
    CHECK(bed.get(kV2Quotes + "?id=1&colour=red").status == 200);
  }

  TEST_CASE("a refusal that comes with status 200 is one, and is not asked for again") {
    Bed bed;
    bed.sim.fault(R"({"kind":"error_in_200","count":1,"path":"/v2/crypto","params":{"code":400}})");
    for (int i = 0; i < 2; ++i) {
      const auto answer = bed.get(kV2Quotes + "?id=1&colour=red");
      CHECK(answer.status == 400);
      CHECK(message_of(answer) == R"(\"colour\" is not allowed)");
    }
    CHECK(bed.targets() == std::vector<std::string>{kV2Quotes + "?colour=1"});
  }

  TEST_CASE("names without end are asked about six times a minute") {
    Bed bed;
    for (int i = 0; i < 6; ++i)
      CHECK(bed.get(kV2Quotes + "?id=1&n" + std::to_string(i) + "=1").status == 400);
    const auto answer = bed.get(kV2Quotes + "?id=1&n6=1");
    CHECK(answer.status == 503);
    CHECK(message_of(answer) == R"(It is not known yet whether \"n6\" is allowed.)");
    const auto wait = std::stol("0" + answer.header("retry-after"));
    CHECK(wait >= 1);
    CHECK(wait <= 60);
    CHECK(bed.get(kV2Quotes + "?id=1&n5=1").status == 400);  // what is known is still told
    CHECK(daemon_calls(bed.sim).size() == 6);
  }

  TEST_CASE("nobody is asked who wants nothing but the cache, or by the setting") {
    Bed bed;
    bed.sim.set(R"({"new_parameters":"colour"})");
    const HttpHeaders cached_only{"Cache-Control: only-if-cached"};
    CHECK(bed.daemon->get(kV2Quotes + "?id=1&colour=red", cached_only).status == 504);
    CHECK(bed.targets().empty());
    Bed strict({"upstream.ask_about_parameters=false"});
    strict.sim.set(R"({"new_parameters":"colour"})");
    const auto refused = strict.get(kV2Quotes + "?id=1&colour=red");
    CHECK(refused.status == 400);
    CHECK(message_of(refused) == R"(\"colour\" is not allowed)");
    CHECK(strict.targets().empty());
  }
}

}  // namespace quotecached::test
