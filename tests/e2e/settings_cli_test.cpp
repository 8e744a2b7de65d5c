// The command line and the settings as an operator meets them, and where secrets must not turn up.
#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

const std::string kKey = "b54bcf4d-1bca-4e8e-9a24-22ff2c3d462c";

struct Ran {
  int code = -1;
  std::string out, err;
};

Ran run(const std::vector<std::string>& arguments,
        const std::map<std::string, std::string>& env = {}) {
  const TempDir dir;
  Command command{{built_program("quotecached").string()}, env};
  command.words.insert(command.words.end(), arguments.begin(), arguments.end());
  Process process(command, dir.path(), "quotecached");
  const auto status = process.wait();
  REQUIRE(status);
  CHECK(status->signal == 0);
  return {status->code, process.out(), process.err()};
}

bool holds(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != std::string::npos;
}

}  // namespace

TEST_SUITE("e2e::settings_cli") {
  TEST_CASE("--check names every mistake with its place, and says when all is right") {
    const TempDir dir;
    const std::string file = dir / "bad.toml";
    write_file(file,
               "[listen]\nthreads = 0\n[upstream]\nretrys = 3\ntimeout = 15\n"
               "base_url = \"http://example.com\"\n[tiers]\norder = [\"redis\"]\n"
               "[auth]\nmode = \"closed\"\n[log]\nlevel = 3\n");
    const Ran bad = run({"--check", "--config", file, "--set", "tiers.redis.cap=5"},
                        {{"QUOTECACHED_UPSTREAM_RETRIES", "many"}});
    CHECK(bad.code == 78);
    CHECK(bad.out.empty());
    const std::vector<std::string> mistakes{file + ":2: listen.threads: must be from 1 to 64",
                                            file +
                                                ":4: upstream.retrys: unknown key; did you mean "
                                                "\"upstream.retries\"?",
                                            file + ":5: upstream.timeout: must be a duration",
                                            file + ":6: upstream.base_url: must be https://",
                                            file + ":8: tiers.order: must start with \"memory\"",
                                            file + ":10: auth.mode: must be \"open\" or \"tokens\"",
                                            file + ":12: log.level: ",
                                            "--set: tiers.redis.cap: must be a duration",
                                            "upstream.retries: "};
    for (const std::string& mistake : mistakes) CHECK_MESSAGE(holds(bad.err, mistake), bad.err);
    MESSAGE(mistakes.size(), " mistakes named at once:\n", bad.err);

    const Ran good = run({"--check", "--set", "log.level=warn"}, {{"CMC_API_KEY", kKey}});
    CHECK(good.code == 0);
    CHECK(good.out == "The settings are right.\n");
    CHECK(good.err.empty());
    const Ran keyless = run({"--check"});
    CHECK(keyless.code == 0);
    CHECK(keyless.out == good.out);
    CHECK_MESSAGE(holds(keyless.err, "warning: no API key"), keyless.err);
    CHECK(run({"--check", "--config", dir / "missing.toml"}).code == 78);
    const Ran uncapped = run({"--check", "--set", "credits.plan=explicit"});
    CHECK(uncapped.code == 0);
    CHECK(uncapped.out == good.out);
    CHECK_MESSAGE(holds(uncapped.err, "warning: no cap of credits"), uncapped.err);
    const Ran capped =
        run({"--check", "--set", "credits.plan=explicit", "--set", "credits.per_month=1"});
    CHECK(!holds(capped.err, "no cap"));
    for (const std::string wrong : {"log.level", "=warn"}) {
      CAPTURE(wrong);
      const Ran usage = run({"--check", "--set", wrong});
      CHECK(usage.code == 64);
      CHECK_MESSAGE(holds(usage.err, "key=value"), usage.err);
    }
    // The same mistakes keep it from starting.
    CHECK(run({"--config", file}).code == 78);
  }

  TEST_CASE("--print-config shows origins and no secret, and is a configuration itself") {
    const TempDir dir;
    write_file(dir / "tokens.toml", "[tokens.desk]\nsecret = \"desk-0123456789-abcdef\"\n");
    write_file(dir / "password", "redis-password-0123\n");
    write_file(dir / "q.toml",
               "[auth]\nmode = \"tokens\"\ntokens_file = \"" + (dir / "tokens.toml").string() +
                   "\"\n[tiers.redis]\npassword_file = \"" + (dir / "password").string() + "\"\n");
    const Ran printed =
        run({"--print-config", "--config", dir / "q.toml", "--set", "log.level=debug"},
            {{"CMC_API_KEY", kKey}, {"QUOTECACHED_UPSTREAM_TIMEOUT", "7s"}});
    CHECK(printed.code == 0);
    CHECK(holds(printed.out, "level = \"debug\"  # --set"));
    CHECK(holds(printed.out, "timeout = \"7s\"  # environment QUOTECACHED_UPSTREAM_TIMEOUT"));
    CHECK(holds(printed.out, "mode = \"tokens\"  # " + (dir / "q.toml").string() + ":2"));
    CHECK(holds(printed.out, "# upstream.api_key: ******** from environment CMC_API_KEY"));
    CHECK(holds(printed.out, "# tiers.redis password: ********"));
    CHECK(holds(printed.out, "# token desk: ********"));
    for (const std::string secret : {kKey.c_str(), "desk-0123456789", "redis-password-0123"}) {
      CAPTURE(secret);
      CHECK(!holds(printed.out + printed.err, secret));
    }
    write_file(dir / "again.toml", printed.out);
    CHECK(run({"--check", "--config", dir / "again.toml"}).code == 0);
  }

  TEST_CASE("--version and --help answer, and a wrong command line is status 64") {
    const Ran version = run({"--version"});
    CHECK(version.code == 0);
    CHECK(version.out.starts_with("quotecached "));
    CHECK(std::isdigit(static_cast<unsigned char>(version.out.at(12))) != 0);
    const Ran help = run({"--help"});
    CHECK(help.code == 0);
    for (const std::string option : {"--config", "--set", "--check", "--print-config"}) {
      CAPTURE(option);
      CHECK(holds(help.out, option));
    }
    const Ran wrong = run({"--nosuch"});
    CHECK(wrong.code == 64);
    CHECK(wrong.err.starts_with("quotecached: "));
    CHECK(holds(wrong.err, "--nosuch"));
    CHECK(holds(wrong.err, "--help"));
    CHECK(run({"stray"}).code == 64);
    MESSAGE(version.out);
  }

  TEST_CASE("a key in the configuration is refused, and not repeated") {
    const TempDir dir;
    write_file(dir / "q.toml", "[upstream]\napi_key = \"" + kKey + "\"\n");
    for (const Ran& refused : {run({"--check", "--config", dir / "q.toml"}),
                               run({"--check", "--set", "upstream.api_key=" + kKey})}) {
      CHECK(refused.code == 78);
      CHECK(holds(refused.err, "CMC_API_KEY"));
      CHECK(!holds(refused.err + refused.out, kKey));
    }
    write_file(dir / "key", kKey + "\n");
    std::filesystem::permissions(dir / "key", std::filesystem::perms(0644));
    const Ran readable =
        run({"--check", "--set", "upstream.api_key_file=" + (dir / "key").string()});
    CHECK(readable.code == 78);
    CHECK(!holds(readable.err, kKey));
  }

  TEST_CASE("the API key reaches upstream, and no argument, log, metric, answer or file") {
    Sim sim({.has_tls = false, .arguments = frozen({"--coins", "100", "--key", kKey})});
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"log.level=debug", "upstream.retry_delay=1ms"},
                   .toml = {},
                   .env = {{"CMC_API_KEY", kKey}}});
    std::string seen;
    const auto get = [&](const std::string& target) {
      const HttpResponse answer = daemon.get(target, {"X-CMC_PRO_API_KEY: " + kKey});
      seen += answer.body;
      for (const auto& [name, value] : answer.headers) seen += name + ": " + value + "\n";
      return answer.status;
    };
    CHECK(get(kV2Quotes + "?id=1,2") == 200);
    CHECK(get(kV2Quotes + "?id=3&CMC_PRO_API_KEY=" + kKey) == 200);
    CHECK(get("/v1/key/info?CMC_PRO_API_KEY=" + kKey) == 200);
    CHECK(get("/v1/foo/bar?CMC_PRO_API_KEY=" + kKey) == 404);
    CHECK(get("/nothing?CMC_PRO_API_KEY=" + kKey) == 404);
    CHECK(get(kV2Quotes + "?nonsense=1&CMC_PRO_API_KEY=" + kKey) == 400);
    CHECK(sim.calls().front().key == kKey);
    sim.fault(R"({"kind":"auth","count":-1,"params":{"code":1001}})");
    CHECK(get(kV2Quotes + "?id=4") >= 400);
    sim.clear_faults();
    sim.process().kill9();
    CHECK(get(kV1Quotes + "?id=5") >= 400);
    for (const std::string path : {"/metrics", "/health/ready", "/health/live"}) get(path);
    const std::string cmdline =
        read_file("/proc/" + std::to_string(daemon.process().pid()) + "/cmdline");
    CHECK(holds(cmdline, "--config"));
    CHECK(!holds(cmdline, kKey));
    CHECK(!holds(seen, kKey));
    CHECK(seen.size() > 5000);
    REQUIRE(daemon.sigterm());
    CHECK(daemon.log().size() > 200);
    CHECK(!holds(daemon.log(), kKey));
    CHECK(!holds(daemon.process().out(), kKey));
    const std::string stored =
        read_file(daemon.database()) + read_file(daemon.database().string() + "-wal");
    CHECK(stored.size() > 4096);
    CHECK(!holds(stored, kKey));
    MESSAGE("no key in ",
            seen.size(),
            " bytes of answers, ",
            daemon.log().size(),
            " of log, ",
            stored.size(),
            " of database");
  }

  TEST_CASE("a second daemon on the same database does not start, and the first one goes on") {
    Sim sim(Sim::Options{.has_tls = false});
    Daemon first({.base_url = sim.base_url()});
    const Ran second = run({"--set",
                            "listen.address=127.0.0.1:0",
                            "--set",
                            "upstream.base_url=" + sim.base_url(),
                            "--set",
                            "tiers.sqlite.path=" + first.database().string()});
    CHECK(second.code == 69);
    CHECK_MESSAGE(holds(second.err, "another process has the lock"), second.err);
    CHECK(first.get(kV2Quotes + "?id=1").status == 200);
    CHECK(metric(first, "quotecached_calls_unrecorded_total") == 0);
    REQUIRE(first.sigterm());
    first.start();  // the lock ends with whoever had it
    CHECK(metric(first, "quotecached_database_up") == 1);
  }
}

}  // namespace quotecached::test
