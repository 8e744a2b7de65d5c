// Who may ask: tokens stand where the provider's key went, and a stranger gets nothing, not even
// what is cached.
#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

const std::string kToken = "desk-0123456789-abcdef";
const std::string kLimited = "slow-0123456789-abcdef";
const std::string kAdmin = "boss-0123456789-abcdef";
const std::string kTarget = kV2Quotes + "?id=1,2";
const std::string kHeader = "X-CMC_PRO_API_KEY: ";

struct Bed {
  Bed() : sim({.has_tls = false, .arguments = frozen({"--coins", "100"})}) {
    write_file(tokens.path() / "tokens.toml",
               "[tokens.desk]\nsecret = \"" + kToken + "\"\nrequests_per_minute = 0\n" +
                   "[tokens.slow]\nsecret = \"" + kLimited + "\"\nrequests_per_minute = 3\n" +
                   "[tokens.boss]\nsecret = \"" + kAdmin + "\"\nadmin = true\n");
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(),
        .sets = {"auth.mode=tokens", "auth.tokens_file=" + (tokens / "tokens.toml").string()},
        .toml = {},
        .env = {}});
  }

  TempDir tokens;
  Sim sim;
  std::optional<Daemon> daemon;
};

void check_refused(const HttpResponse& answer, const std::string& code, const char* message) {
  CHECK(answer.status == 401);
  CHECK(status_of(answer, "error_code") == code);
  CHECK(status_of(answer, "error_message") == message);
  CHECK(status_of(answer, "credit_count") == "0");
  CHECK(!status_of(answer, "timestamp").empty());
  CHECK(json_value(answer.body, "data").empty());
  CHECK(age_of(answer) == -1);
  CHECK(answer.header("etag").empty());
}

}  // namespace

TEST_SUITE("e2e::auth") {
  TEST_CASE("without a token, or with a wrong one, even what is cached is refused as by CMC") {
    Bed bed;
    Daemon& daemon = *bed.daemon;
    check_refused(daemon.get(kTarget), "1002", "API key missing.");
    REQUIRE(daemon.get(kTarget, {kHeader + kToken}).status == 200);
    REQUIRE(is_hit(daemon.get(kTarget, {kHeader + kToken})));
    bed.sim.clear_calls();
    check_refused(daemon.get(kTarget), "1002", "API key missing.");
    const std::vector<std::string> wrong{
        "nonsense", kToken + "x", kToken.substr(1), "test-key", "DESK-0123456789-ABCDEF"};
    for (const std::string& key : wrong) {
      CAPTURE(key);
      check_refused(daemon.get(kTarget, {kHeader + key}), "1001", "This API Key is invalid.");
      check_refused(
          daemon.get(kTarget + "&CMC_PRO_API_KEY=" + key), "1001", "This API Key is invalid.");
    }
    // Before parameters, paths and tags are looked at.
    check_refused(daemon.get(kV2Quotes + "?nonsense=1"), "1002", "API key missing.");
    check_refused(daemon.get("/v1/foo/bar"), "1002", "API key missing.");
    const HttpResponse tagged = daemon.get(kTarget, {"If-None-Match: *"});
    CHECK(tagged.status == 401);
    CHECK(daemon_calls(bed.sim).empty());
    const std::string v3 = daemon.get(kV3Quotes + "?id=1").body;
    CHECK(json_value(json_value(v3, "status"), "error_code") == "\"1002\"");
    MESSAGE("401: ", daemon.get(kTarget).body);
  }

  TEST_CASE("a token may stand in a header of any case or in the query, and goes no further") {
    Bed bed;
    Daemon& daemon = *bed.daemon;
    for (const std::string name :
         {"X-CMC_PRO_API_KEY", "x-cmc_pro_api_key", "X-Cmc_Pro_Api_Key", "x-CMC_pro_API_key"}) {
      CAPTURE(name);
      CHECK(daemon.get(kTarget, {name + ": " + kToken}).status == 200);
    }
    for (const std::string name : {"CMC_PRO_API_KEY", "cmc_pro_api_key", "Cmc_Pro_Api_Key"}) {
      CAPTURE(name);
      CHECK(daemon.get(kTarget + "&" + name + "=" + kToken).status == 200);
      CHECK(daemon.get("/v1/foo/bar?" + name + "=" + kToken).status == 404);
    }
    // The header goes first.
    CHECK(daemon.get(kTarget + "&CMC_PRO_API_KEY=" + kToken, {kHeader + "wrong"}).status == 401);
    CHECK(daemon.get(kTarget + "&CMC_PRO_API_KEY=wrong", {kHeader + kToken}).status == 200);
    std::size_t calls = 0;
    for (const SimCall& call : bed.sim.calls()) {
      CAPTURE(call.target);
      CHECK(call.key == "test-key");
      CHECK(call.target.find(kToken) == std::string::npos);
      ++calls;
    }
    CHECK(calls == 4);  // one for the quotes, three that were passed on
    CHECK(daemon.log().find(kToken) == std::string::npos);
    CHECK(daemon.get("/metrics").body.find(kToken) == std::string::npos);
  }

  TEST_CASE("a token's requests a minute are counted, and it is told when to come back") {
    Bed bed;
    Daemon& daemon = *bed.daemon;
    // A minute may end in between, once.
    int granted = 0;
    HttpResponse last;
    for (int i = 0; i < 7 && last.status != 429; ++i) {
      last = daemon.get(kTarget, {kHeader + kLimited});
      if (last.status == 200) ++granted;
    }
    CHECK(granted >= 3);
    CHECK(granted <= 6);
    CHECK(last.status == 429);
    CHECK(status_of(last, "error_code") == "1008");
    const long wait = std::stol("0" + last.header("retry-after"));
    CHECK(wait >= 1);
    CHECK(wait <= 60);
    CHECK(daemon.get(kTarget, {kHeader + kToken}).status == 200);
    MESSAGE(granted, " granted at 3 a minute, Retry-After ", wait);
  }

  TEST_CASE("admin needs an admin token and no browser, health and metrics need nothing") {
    Bed bed;
    Daemon& daemon = *bed.daemon;
    const std::string clear = "/admin/cache/clear-memory";
    CHECK(daemon.request("POST", clear).status == 401);
    CHECK(daemon.request("POST", clear, {}, {kHeader + kToken}).status == 401);
    CHECK(daemon.request("POST", clear, {}, {"Authorization: Bearer " + kToken}).status == 401);
    CHECK(daemon.request("POST", clear, {}, {kHeader + kAdmin}).status == 200);
    CHECK(daemon.request("POST", clear, {}, {"Authorization: Bearer " + kAdmin}).status == 200);
    const HttpHeaders browser{kHeader + kAdmin, "Origin: http://evil.example"};
    CHECK(daemon.request("POST", clear, {}, browser).status == 403);
    for (const std::string path : {"/health", "/health/live", "/health/ready", "/metrics"}) {
      CAPTURE(path);
      CHECK(daemon.get(path).status == 200);
    }
    // What was measured is for admins.
    CHECK(daemon.get("/health?verbose").body.find("observedValue") == std::string::npos);
    CHECK(daemon.get("/health?verbose", {kHeader + kToken}).body.find("\"output\"") ==
          std::string::npos);
    CHECK(daemon.get("/health?verbose", {kHeader + kAdmin}).body.find("observedValue") !=
          std::string::npos);
  }

  TEST_CASE("where others can reach it, tokens mode starts and open mode does not") {
    const TempDir dir;
    const auto run = [&](const std::string& address, const std::vector<std::string>& more) {
      Command command{{built_program("quotecached").string(),
                       "--set",
                       "listen.address=" + address,
                       "--set",
                       "tiers.order=[\"memory\"]",
                       "--set",
                       "tiers.sqlite.path=" + (dir / "q.db").string()},
                      {}};
      command.words.insert(command.words.end(), more.begin(), more.end());
      return std::make_unique<Process>(command, dir.path(), "quotecached");
    };
    for (const std::string address : {"0.0.0.0:0", "\"[::]:0\""}) {
      CAPTURE(address);
      const auto process = run(address, {});
      const auto status = process->wait();
      REQUIRE(status);
      CHECK(status->code == 78);
      CHECK(process->err().find("can be reached by others") != std::string::npos);
    }
    write_file(dir / "tokens.toml", "[tokens.desk]\nsecret = \"" + kToken + "\"\n");
    const auto process = run("0.0.0.0:0",
                             {"--set",
                              "auth.mode=tokens",
                              "--set",
                              "auth.tokens_file=" + (dir / "tokens.toml").string()});
    const auto is_listening = [&] { return process->err().find("listening") != std::string::npos; };
    CHECK_MESSAGE(wait_until(is_listening, kStartLimit), process->err());
    CHECK(process->terminate()->is_success());
  }
}

}  // namespace quotecached::test
