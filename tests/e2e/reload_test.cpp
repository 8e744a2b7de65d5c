// Settings and tokens that are read anew while the daemon serves.
#include <csignal>
#include <memory>

#include "e2e/bed.hpp"
#include "e2e/event_source.hpp"
#include "e2e/load.hpp"

namespace quotecached::test {
namespace {

const std::string kDesk = "desk-0123456789-abcdef";
const std::string kNew = "new-0123456789-abcdef";
const std::string kBoss = "boss-0123456789-abcdef";
const std::string kHeader = "X-CMC_PRO_API_KEY: ";
const std::string kTarget = kV2Quotes + "?id=1";

std::string token(const std::string& name, const std::string& secret) {
  return "[tokens." + name + "]\nsecret = \"" + secret + "\"\nrequests_per_minute = 0\n";
}

const std::string kBossToken = token("boss", kBoss) + "admin = true\n";

bool holds(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != std::string::npos;
}

// Its settings are in a file beside it, which the daemon is given as tokens and by QUOTECACHED_...
// `first`: what that file has only at the start.
struct Bed {
  explicit Bed(std::vector<std::string> sets = {}, const std::string& first = {})
      : sim({.has_tls = false, .arguments = frozen()}) {
    write_tokens(token("desk", kDesk) + kBossToken);
    sets.insert(sets.end(), {"auth.mode=tokens", "auth.tokens_file=" + tokens_file().string()});
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(), .sets = std::move(sets), .toml = first, .env = {}});
    settings_file = daemon->database().parent_path() / "quotecached.toml";
    settings = read_file(settings_file);
    settings.erase(settings.rfind(first));
  }

  [[nodiscard]] std::filesystem::path tokens_file() const { return dir / "tokens.toml"; }
  void write_tokens(const std::string& text) const { write_file(tokens_file(), text); }
  // Beside what the daemon was started with.
  void write_settings(const std::string& more) const { write_file(settings_file, settings + more); }

  HttpResponse reload() {
    return daemon->request("POST", "/admin/reload", {}, {"Authorization: Bearer " + kBoss});
  }
  // By SIGHUP; true once the log has so many such events.
  bool hang_up(const std::string& event, std::size_t times = 1) {
    daemon->process().signal(SIGHUP);
    return wait_until([&] {
      const std::string log = daemon->log();
      std::size_t seen = 0;
      for (auto at = log.find(event); at != std::string::npos; at = log.find(event, at + 1)) ++seen;
      return seen >= times;
    });
  }
  long status_for(const std::string& secret) {
    return daemon->get(kTarget, {kHeader + secret}).status;
  }

  TempDir dir;
  Sim sim;
  std::optional<Daemon> daemon;
  std::filesystem::path settings_file;
  std::string settings;
};

}  // namespace

TEST_SUITE("e2e::reload") {
  TEST_CASE("tokens are read anew: a new one works, one that is gone gets 401") {
    Bed bed;
    REQUIRE(bed.status_for(kDesk) == 200);
    CHECK(bed.status_for(kNew) == 401);
    bed.write_tokens(token("fresh", kNew) + kBossToken);
    const HttpResponse answer = bed.reload();
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(holds(answer.body, "auth.tokens.fresh"));
    CHECK(holds(answer.body, "auth.tokens.desk"));
    CHECK(holds(answer.body, "\"needs_restart\":[]"));
    CHECK(!holds(answer.body + bed.daemon->log(), kNew));
    CHECK(holds(bed.daemon->get("/metrics").body,
                "quotecached_client_requests_total{client=\"fresh\"} 0"));
    CHECK(bed.status_for(kNew) == 200);
    CHECK(bed.status_for(kDesk) == 401);
    CHECK(metric(*bed.daemon, "quotecached_client_requests_total{client=\"fresh\"}") == 1);
    bed.write_tokens(token("desk", kDesk) + kBossToken);
    REQUIRE(bed.hang_up("settings_reloaded", 2));
    CHECK(bed.status_for(kDesk) == 200);
    CHECK(bed.status_for(kNew) == 401);
  }

  TEST_CASE("a stream ends when its token is gone, and goes on while it stays") {
    Bed bed;
    const auto listen = [&](const std::string& secret) {
      return std::make_unique<EventSource>(bed.daemon->base_url(),
                                           "/quotes/stream?ids=1",
                                           "Authorization: Bearer " + secret + "\r\n");
    };
    const auto desk = listen(kDesk);
    const auto boss = listen(kBoss);
    REQUIRE(desk->next("snapshot"));
    REQUIRE(boss->next("snapshot"));
    bed.write_tokens(token("fresh", kNew) + kBossToken);
    REQUIRE(bed.reload().status == 200);
    CHECK(wait_until([&] { return !desk->next(milliseconds(100)) && desk->has_ended; }));
    CHECK(listen(kDesk)->head.starts_with("HTTP/1.1 401 "));
    (void)boss->all();  // what is told until it is quiet
    CHECK_FALSE(boss->has_ended);
    CHECK(listen(kNew)->next("snapshot"));
  }

  TEST_CASE("under load no request of a token that stays fails, whatever is reloaded") {
    Bed bed;
    Load load(bed.daemon->base_url(),
              {.ids = {1, 2, 52, 74, 1027},
               .clients = 8,
               .pause = milliseconds(1),
               .headers = {kHeader + kDesk}});
    for (int i = 0; i < 20; ++i) {
      CAPTURE(i);
      const std::string fresh = std::to_string(60 + i) + "s";
      bed.write_settings("[freshness.quotes]\nfresh = \"" + fresh + "\"\n[credits]\nper_day = " +
                         std::to_string(100'000 + i) + "\n[tags]\nt" + std::to_string(i) +
                         " = [\"1\"]\n[warm]\npinned = [\"" + std::to_string(i + 1) + "\"]\n");
      const std::string comes = token("t" + std::to_string(i), kNew);
      bed.write_tokens(token("desk", kDesk) + (i % 3 == 0 ? "" : comes) + kBossToken);
      const HttpResponse answer = bed.reload();
      REQUIRE_MESSAGE(answer.status == 200, answer.body);
      CHECK(holds(answer.body, fresh));
      CHECK(bed.status_for(kNew) == (i % 3 == 0 ? 401 : 200));
    }
    const auto report = load.stop();
    CHECK_MESSAGE(report.bad.empty(), report.wrongs());
    CHECK(report.good.size() > 20);
  }

  TEST_CASE("a bad file is refused with all that is wrong, and nothing changes") {
    Bed bed;
    bed.write_settings("log.level = \"loud\"\nlisten.threads = 0\ntags.x = [\"1\"]\n");
    bed.write_tokens(token("fresh", kNew) + kBossToken);
    const HttpResponse answer = bed.reload();
    CHECK(answer.status == 400);
    CHECK_MESSAGE(holds(answer.body, "log.level"), answer.body);
    CHECK_MESSAGE(holds(answer.body, "listen.threads"), answer.body);
    CHECK(bed.status_for(kDesk) == 200);
    CHECK(bed.status_for(kNew) == 401);
    REQUIRE(bed.hang_up("settings_not_reloaded", 2));
    CHECK(holds(bed.daemon->log(), "setting_refused"));
    bed.write_settings("");
    bed.write_tokens("[tokens.desk]\nsecret = \"short\"\n");
    CHECK(bed.reload().status == 400);
    CHECK(bed.status_for(kDesk) == 200);
  }

  TEST_CASE("a file that has gone is refused, and taken when it is back") {
    Bed bed;
    std::filesystem::remove(bed.tokens_file());
    CHECK(bed.reload().status == 400);
    std::filesystem::remove(bed.settings_file);
    const HttpResponse both = bed.reload();
    CHECK(both.status == 400);
    CHECK(holds(both.body, "quotecached.toml"));
    CHECK(bed.status_for(kDesk) == 200);
    bed.write_settings("");
    bed.write_tokens(token("fresh", kNew) + kBossToken);
    CHECK(bed.reload().status == 200);
    CHECK(bed.status_for(kNew) == 200);
  }

  TEST_CASE("what needs a restart is named each time, what does not is taken up") {
    Bed bed;
    bed.write_settings("listen.threads = 2\nlog.level = \"debug\"\n");
    const HttpResponse first = bed.reload();
    REQUIRE(first.status == 200);
    const std::string changed(json_value(first.body, "changed"));
    const std::string waiting(json_value(first.body, "needs_restart"));
    CHECK(holds(changed, "log.level"));
    CHECK(holds(waiting, "listen.threads"));
    CHECK(!holds(changed, "listen.threads"));
    CHECK(holds(bed.daemon->log(), "settings_need_a_restart"));
    REQUIRE(bed.status_for(kDesk) == 200);
    CHECK(holds(bed.daemon->log(), "upstream_call"));  // of level debug
    const HttpResponse again = bed.reload();
    CHECK(json_value(again.body, "changed") == "[]");
    CHECK(holds(std::string(json_value(again.body, "needs_restart")), "listen.threads"));
  }

  TEST_CASE("fresh times hold for what is fetched from then on") {
    Bed bed;
    REQUIRE(bed.status_for(kDesk) == 200);
    bed.write_settings(
        "[freshness]\nttl_jitter = 0.0\ntick = false\n[freshness.quotes]\nfresh = \"600s\"\n");
    const HttpResponse answer = bed.reload();
    REQUIRE(answer.status == 200);
    CHECK(holds(std::string(json_value(answer.body, "needs_restart")), "freshness.tick"));
    const HttpResponse other = bed.daemon->get(kV2Quotes + "?id=2", {kHeader + kDesk});
    CHECK(max_age_of(other) - std::max(0L, age_of(other)) > 300);
  }

  TEST_CASE("caps and budgets of tokens are taken up") {
    Bed bed;
    REQUIRE(bed.status_for(kDesk) == 200);
    bed.write_tokens(token("desk", kDesk) + "credits_per_day = 1\n" + kBossToken);
    REQUIRE(bed.reload().status == 200);
    CHECK(bed.daemon->get(kV2Quotes + "?id=2", {kHeader + kDesk}).status == 200);
    CHECK(bed.daemon->get(kV2Quotes + "?id=3", {kHeader + kDesk}).status == 429);
    CHECK(bed.daemon->get(kV2Quotes + "?id=3", {kHeader + kBoss}).status == 200);
    bed.write_settings("[credits]\nper_day = 1\n");
    REQUIRE(bed.reload().status == 200);
    CHECK(bed.daemon->get(kV2Quotes + "?id=4", {kHeader + kBoss}).status == 429);
    bed.write_settings("");
    REQUIRE(bed.reload().status == 200);
    CHECK(bed.daemon->get(kV2Quotes + "?id=4", {kHeader + kBoss}).status == 200);
  }

  TEST_CASE("while another plan waits for a restart, the caps stay") {
    Bed bed({}, "[credits]\nplan = \"explicit\"\nper_month = 1\n");
    REQUIRE(bed.status_for(kDesk) == 200);
    for (const std::string plan : {"auto", "basic"}) {
      CAPTURE(plan);
      bed.write_settings("[credits]\nplan = \"" + plan + "\"\n");
      const HttpResponse answer = bed.reload();
      REQUIRE(answer.status == 200);
      const std::string waiting(json_value(answer.body, "needs_restart"));
      CHECK(holds(waiting, "credits.plan"));
      CHECK(holds(waiting, "credits.per_month"));
      CHECK(bed.daemon->get(kV2Quotes + "?id=2", {kHeader + kDesk}).status == 429);
    }
  }

  TEST_CASE("a reload while the daemon drains changes nothing, and the daemon ends as ever") {
    Bed bed({"listen.stop_grace=20s"});
    bed.sim.fault(R"({"kind":"slow_first_byte","count":-1,"params":{"ms":1500}})");
    std::thread waiting([&] {
      HttpClient client;
      CHECK(client.get(bed.daemon->url(kTarget), {kHeader + kDesk}).status == 200);
    });
    REQUIRE(wait_until([&] {
      HttpClient client;
      const auto open =
          client.get(bed.daemon->url("/admin/requests"), {"Authorization: Bearer " + kBoss});
      return holds(open.body, "\"in_progress\":1");
    }));
    bed.daemon->process().signal(SIGTERM);
    REQUIRE(wait_until([&] { return holds(bed.daemon->log(), "stopping"); }));
    bed.write_tokens(token("fresh", kNew) + kBossToken);
    bed.daemon->process().signal(SIGHUP);
    waiting.join();
    const auto status = bed.daemon->process().wait();
    REQUIRE(status);
    CHECK(status->is_success());
    CHECK(!holds(bed.daemon->log(), "settings_reloaded"));
  }
}

}  // namespace quotecached::test
