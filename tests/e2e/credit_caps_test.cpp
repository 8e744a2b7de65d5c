// Caps hold, exactly, however many clients ask at once: of credits a day, of calls a minute, and of
// what one token may cause.
#include <mutex>
#include <thread>

#include "e2e/credit_bed.hpp"

namespace quotecached::test {
namespace {

constexpr std::size_t kClients = 64;

// Each client asks its share of `targets`, one after the other, over its own connection.
std::vector<HttpResponse> ask_all(const std::string& base_url,
                                  const std::vector<std::string>& targets,
                                  const HttpHeaders& headers = {}) {
  std::vector<HttpResponse> answers(targets.size());
  std::vector<std::thread> clients;
  for (std::size_t client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      HttpClient http({.limit = milliseconds(120'000)});
      for (auto i = client; i < targets.size(); i += kClients) {
        answers[i] = http.get(base_url + targets[i], headers);
      }
    });
  }
  for (auto& client : clients) client.join();
  return answers;
}

std::vector<std::string> cold_targets(const std::vector<int>& ids, std::size_t count) {
  std::vector<std::string> targets;
  for (std::size_t i = 0; i < count; ++i)
    targets.push_back(separate_target(ids[i % ids.size()], i));
  return targets;
}

std::size_t count_status(const std::vector<HttpResponse>& answers, long status) {
  return static_cast<std::size_t>(std::ranges::count(answers, status, &HttpResponse::status));
}

long seconds_to_midnight(const HttpResponse& answer) {
  // By the answer's own stamp: "2026-11-21T10:20:30.123Z".
  const std::string stamp = status_of(answer, "timestamp");
  REQUIRE(stamp.size() > 19);
  const long of_day = std::stol(stamp.substr(11, 2)) * 3600 + std::stol(stamp.substr(14, 2)) * 60 +
                      std::stol(stamp.substr(17, 2));
  return 86400 - of_day;
}

}  // namespace

TEST_SUITE("e2e::credit_caps") {
  TEST_CASE("64 clients that want cold assets never spend more than the day's 50 credits") {
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    const auto ids = asset_ids(sim, 200);
    Daemon daemon({.base_url = sim.base_url(), .sets = {"credits.per_day=50"}});
    keep_windows(daemon, sim, seconds(0), seconds(300));
    const auto answers = ask_all(daemon.base_url(), cold_targets(ids, kSeparate));

    const auto charged_credits = charged(daemon_calls(sim));
    CHECK(charged_credits <= 50);
    CHECK(charged_credits >= 45);
    CHECK(static_cast<std::int64_t>(count_status(answers, 200)) == charged_credits);
    CHECK(count_status(answers, 200) + count_status(answers, 429) == answers.size());
    for (const auto& answer : answers) {
      if (answer.status == 200) continue;
      CAPTURE(answer.body);
      CHECK(status_of(answer, "error_code") == "1009");
      const long wait = std::stol("0" + answer.header("retry-after"));
      CHECK(std::abs(wait - seconds_to_midnight(answer)) <= 2);
    }
    CHECK(spent(daemon, "day") == charged_credits);
    MESSAGE("charged " << charged_credits << " of 50, " << count_status(answers, 429)
                       << " answers 429/1009");
  }

  TEST_CASE(
      "what was bought before is served stale when the day is spent, and fresh the next day") {
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    Daemon daemon({.base_url = sim.base_url(), .sets = {"credits.per_day=2"}});
    keep_windows(daemon, sim, seconds(0), seconds(600));
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    REQUIRE(daemon.get(quotes_of(1027)).status == 200);
    advance_both(daemon, sim, seconds(200));
    const auto stale = daemon.get(quotes_of(1));
    CHECK(stale.status == 200);
    CHECK(says_stale(stale));
    CHECK(daemon.get(quotes_of(825)).status == 429);
    CHECK(charged(daemon_calls(sim)) == 2);
    CHECK(wait_until([&] { return spend_mode(daemon) == "cache_only"; }));
    // The mode is asked before the window, and nothing is left for it to keep.
    CHECK(daemon.get(quotes_of(825)).header("quotecached-refused-by") == "credits.per_day");
    advance_both(daemon, sim, seconds(86400));
    CHECK(daemon.get(quotes_of(825)).status == 200);
    CHECK(spend_mode(daemon) != "cache_only");
    CHECK(spent(daemon, "day") == 1);
  }

  TEST_CASE("calls beyond the minute's 30 wait for their turn and none fails") {
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen({"--minute-limit", "30"})});
    const auto ids = asset_ids(sim, 200);
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"credits.requests_per_minute=30", "upstream.request_deadline=90s"}});
    keep_windows(daemon, sim, seconds(20), seconds(600));
    const auto turn_minute = [&] {
      sim.advance_clock(seconds(60));
      advance_at_once(daemon, seconds(60));  // further calls wait
    };
    std::vector<HttpResponse> answers;
    std::thread clients([&] { answers = ask_all(daemon.base_url(), cold_targets(ids, kClients)); });
    CHECK(wait_until([&] { return daemon_calls(sim).size() == 30; }, milliseconds(15'000)));
    let_run(milliseconds(300));  // for one too many to show itself
    CHECK(daemon_calls(sim).size() == 30);
    turn_minute();
    CHECK(wait_until([&] { return daemon_calls(sim).size() == 60; }, milliseconds(15'000)));
    turn_minute();
    clients.join();
    CHECK(count_status(answers, 200) == kClients);
    for (const auto& call : daemon_calls(sim)) CHECK(call.error_code == 0);
  }

  TEST_CASE("a client whose deadline comes before the minute's turn is told 1008 and when to ask") {
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"credits.requests_per_minute=1", "upstream.request_deadline=5s"}});
    keep_windows(daemon, sim, seconds(20), seconds(600));
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    const auto answer = daemon.get(quotes_of(1027));
    CHECK(answer.status == 429);
    CHECK(status_of(answer, "error_code") == "1008");
    const long wait = std::stol("0" + answer.header("retry-after"));
    CHECK(wait >= 1);
    CHECK(wait <= 60);
    CHECK(daemon_calls(sim).size() == 1);
  }

  TEST_CASE("a token that spent its share gets copies, then 429, while others are served") {
    stay_in_day(seconds(60));
    TempDir tokens;
    write_file(tokens / "tokens.toml",
               "[tokens.poor]\nsecret = \"poor-0123456789-abcdef\"\ncredits_per_day = 3\n"
               "requests_per_minute = 0\n"
               "[tokens.rich]\nsecret = \"rich-0123456789-abcdef\"\nrequests_per_minute = 0\n");
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    const auto ids = asset_ids(sim, 200);
    Daemon daemon(
        {.base_url = sim.base_url(),
         .sets = {"auth.mode=tokens", "auth.tokens_file=" + (tokens / "tokens.toml").string()}});
    const HttpHeaders poor{"X-CMC_PRO_API_KEY: poor-0123456789-abcdef"};
    const HttpHeaders rich{"X-CMC_PRO_API_KEY: rich-0123456789-abcdef"};
    const auto answers = ask_all(daemon.base_url(), cold_targets(ids, kClients), poor);
    CHECK(count_status(answers, 200) == 3);
    CHECK(count_status(answers, 429) == kClients - 3);
    CHECK(charged(daemon_calls(sim)) == 3);
    const auto target = separate_target(ids[0], 0);
    CHECK(daemon.get(target, rich).status == 200);
    CHECK(daemon.get(target, poor).status == 200);  // bought by the other
    daemon.kill9();
    daemon.start();
    CHECK(daemon.get(separate_target(ids[1], 100), poor).status == 429);
    CHECK(daemon.get(separate_target(ids[1], 100), rich).status == 200);
  }

  TEST_CASE("what answers say they cost is in sum what is booked for the client, errors too") {
    TempDir tokens;
    write_file(tokens / "tokens.toml",
               "[tokens.one]\nsecret = \"one-0123456789-abcdef\"\ncredits_per_day = 100\n"
               "requests_per_minute = 0\n"
               "[tokens.operator]\nsecret = \"operator-0123456789\"\nadmin = true\n");
    Sim sim(Sim::Options{.has_tls = false, .arguments = frozen()});
    const auto ids = asset_ids(sim, 10);
    Daemon daemon(
        {.base_url = sim.base_url(),
         .sets = {"auth.mode=tokens", "auth.tokens_file=" + (tokens / "tokens.toml").string()}});
    keep_windows(daemon, sim, seconds(0), seconds(120));
    const HttpHeaders one{"X-CMC_PRO_API_KEY: one-0123456789-abcdef"};
    long told = 0;
    const auto ask = [&](const std::string& target, long status, long cost) {
      CAPTURE(target);
      const auto answer = daemon.get(target, one);
      CHECK(answer.status == status);
      CHECK(status_of(answer, "credit_count") == std::to_string(cost));
      told += std::stol("0" + status_of(answer, "credit_count"));
    };
    ask(quotes_of(ids[0]), 200, 1);
    ask(quotes_of(ids[0]), 200, 0);
    // Charged, and unknown for all that.
    ask(kV2Quotes + "?symbol=NOSUCHCOIN&skip_invalid=false", 400, 1);
    sim.fault(R"({"kind":"truncated_body","count":1})");
    ask(quotes_of(ids[1]), 200, 2);
    sim.fault(R"({"kind":"truncated_body","count":3})");
    ask(quotes_of(ids[2]), 502, 3);
    const auto state = daemon.get("/admin/credits", {"Authorization: Bearer operator-0123456789"});
    const std::string clients(json_value(state.body, "clients"));
    CHECK(number_in(clients, "spent") == told);
    CHECK(told == 7);
  }
}

}  // namespace quotecached::test
