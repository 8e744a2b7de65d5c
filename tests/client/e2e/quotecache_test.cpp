// Every command against a real daemon, in each format; against none; with a wrong token; and with
// wrong arguments.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "client/e2e/command_bed.hpp"
#include "support/address.hpp"
#include "support/daemon.hpp"
#include "support/sim.hpp"

namespace quotecache::test {
namespace {

using quotecached::test::Daemon;
using quotecached::test::ReservedPort;
using quotecached::test::Sim;
using quotecached::test::TempDir;
using quotecached::test::write_file;

// Command lines of all commands that ask a daemon and have formats.
const std::vector<Arguments> kCommands{{"get", "bitcoin", "52"},
                                       {"watch", "bitcoin", "--count", "1"},
                                       {"health"},
                                       {"explain", "1"},
                                       {"stats"},
                                       {"purge", "--asset", "id:1", "--dry-run"},
                                       {"warm", "--assets", "1,52", "--wait"},
                                       {"warm", "--assets", "1,52", "--explain"},
                                       {"warm", "--runs"},
                                       {"credits"},
                                       {"credits", "report"},
                                       {"credits", "forecast"},
                                       {"credits", "calls"},
                                       {"credits", "alerts"},
                                       {"credits", "mode", "normal", "--for", "1h"}};

const std::string kClientToken = "client-token-0123456789abcdef0123456789";
const std::string kAdminToken = "admin-token-0123456789abcdef01234567890";

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// And that which has no formats.
std::vector<Arguments> with_raw() {
  auto commands = kCommands;
  commands.push_back({"raw", "/v1/cryptocurrency/map?limit=2"});
  return commands;
}

std::string told(const Arguments& arguments) {
  std::string text;
  for (const auto& argument : arguments) text += argument + ' ';
  return text;
}

bool has(const std::string& text, const std::string& part) {
  const bool is_there = text.find(part) != std::string::npos;
  if (!is_there) MESSAGE("no '", part, "' in: ", text);
  return is_there;
}

}  // namespace

TEST_SUITE("command") {
  TEST_CASE("every command tells what a real daemon says, in each format") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"warm.mode=cron"},
                   .toml = {},
                   .env = {{"QUOTECACHED_WARM_MODE", "cron"}}});
    const Variables env{{"QUOTECACHE_SERVER", daemon.base_url()}};
    for (const auto& command : kCommands) {
      for (const std::string format : {"table", "json", "csv"}) {
        const auto ran = run_quotecache(with({"--format", format}, command), env);
        INFO(format, " ", told(command), ran.err, ran.out);
        CHECK(ran.code == 0);
        CHECK(ran.err.empty());
        REQUIRE_FALSE(ran.out.empty());
        if (format == "json") {
          CHECK(ran.out.front() == '{');
          CHECK(ran.out.ends_with("}\n"));
        }
        if (format == "csv") {
          const auto header = ran.out.substr(0, ran.out.find("\r\n"));
          CHECK(header.find(',') != std::string::npos);
          CHECK(header.find('\n') == std::string::npos);
          CHECK(ran.out.ends_with("\r\n"));
        }
      }
    }
  }

  TEST_CASE("no command finds a daemon where there is none") {
    const ReservedPort port;
    const Variables env{{"QUOTECACHE_SERVER", "http://127.0.0.1:" + std::to_string(port.number())}};
    for (const auto& command : with_raw()) {
      const auto ran = run_quotecache(command, env);
      INFO(told(command), ran.err);
      CHECK(ran.code == 3);
      CHECK(ran.out.empty());
      CHECK(ran.has_one_error());
      CHECK(has(ran.err, "does quotecached run, and listen there? See --server"));
    }
  }

  TEST_CASE("tokens: a wrong one gets nothing but health, a client's no admin command") {
    Sim sim;
    const TempDir dir;
    write_file(dir / "tokens.toml",
               "[tokens.desk]\nsecret = \"" + kClientToken +
                   "\"\nrequests_per_minute = 0\n[tokens.boss]\nsecret = \"" + kAdminToken +
                   "\"\nadmin = true\n");
    write_file(dir / "wrong", "not-a-token-that-anyone-has-been-given\n");
    write_file(dir / "desk", kClientToken + "\n");
    write_file(dir / "boss", kAdminToken + "\n");
    Daemon daemon(
        {.base_url = sim.base_url(),
         .sets = {"auth.mode=tokens", "auth.tokens_file=" + (dir / "tokens.toml").string()},
         .toml = {},
         .env = {{"QUOTECACHED_WARM_MODE", "cron"}}});
    const Variables env{{"QUOTECACHE_SERVER", daemon.base_url()}};
    for (const auto& command : with_raw()) {
      const bool is_health = command[0] == "health";
      const bool is_clients = command[0] == "get" || command[0] == "watch" || command[0] == "raw";
      const auto wrong = run_quotecache(with(command, {"--token-file", dir / "wrong"}), env);
      INFO(told(command), wrong.err);
      if (is_health || command[0] == "raw") {
        CHECK(wrong.code == (is_health ? 0 : 1));
      } else {
        CHECK(wrong.code == 3);
        CHECK(wrong.out.empty());
        CHECK(wrong.has_one_error());
        CHECK(has(wrong.err, "--token-file"));
      }
      CHECK(wrong.err.find("not-a-token") == std::string::npos);
      const auto desk = run_quotecache(with(command, {"--token-file", dir / "desk"}), env);
      CHECK_MESSAGE(desk.code == (is_clients || is_health ? 0 : 3), desk.err);
      if (desk.code == 3) CHECK(desk.has_one_error());
      const auto boss = run_quotecache(with(command, {"--token-file", dir / "boss"}), env);
      CHECK_MESSAGE(boss.code == 0, boss.err);
    }
  }

  TEST_CASE("no command takes what it does not know") {
    for (const auto& command : with_raw()) {
      for (const Arguments& more : {Arguments{"--nonsense"},
                                    Arguments{"--timeout", "never"},
                                    Arguments{"--server"},
                                    Arguments{"--token-file", "/nonexistent"}}) {
        const auto ran = run_quotecache(with(command, more), {});
        INFO(told(command), told(more), ran.err);
        CHECK(ran.code == 64);
        CHECK(ran.out.empty());
        CHECK(ran.has_one_error());
      }
    }
  }

  TEST_CASE("get: all, some or none are there") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {}, .toml = {}, .env = {}});
    const Variables env{{"QUOTECACHE_SERVER", "unix:" + daemon.socket().string()}};
    auto ran = run_quotecache({"get", "bitcoin", "--format", "csv"}, env);
    CHECK(ran.code == 0);
    const auto row = daemon.get("/quotes?ids=1&format=csv").body;
    // The same columns, and the price to the digit.
    CHECK(ran.out.substr(0, ran.out.find("\r\n")) == row.substr(0, row.find("\r\n")));
    const auto price = [](const std::string& csv) {
      const auto at = csv.find(",USD,") + 5;
      return csv.substr(at, csv.find(',', at) - at);
    };
    CHECK(price(ran.out) == price(row));

    ran = run_quotecache({"get", "bitcoin", "BTC", "no-such-coin"}, env);
    CHECK(ran.code == 1);
    CHECK(has(ran.out, "Bitcoin"));
    CHECK(has(ran.err, "quotecache: there is no asset with the slug no-such-coin; "));
    CHECK(has(ran.err, "assets share the symbol BTC: 1 (bitcoin, rank 1), "));
    CHECK(run_quotecache({"get", "BTC"}, env).code == 2);
    CHECK(run_quotecache({"get", "no-such-coin", "--format", "json"}, env).code == 2);
    ran = run_quotecache({"get", "BTC", "--ambiguous", "first", "--convert", "EUR,USD"}, env);
    CHECK(ran.code == 0);
    CHECK(ran.out.find(" EUR ") < ran.out.find(" USD "));
    // A figure that the provider does not give is told as none.
    ran = run_quotecache({"get", "1", "--fields", "no_such_field", "--format", "json"}, env);
    CHECK(ran.code == 0);
    CHECK(has(ran.out, R"("no_such_field":null)"));
  }

  TEST_CASE("raw: the body byte for byte") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {}, .toml = {}, .env = {}});
    const Variables env{{"QUOTECACHE_SERVER", daemon.base_url()}};
    auto ran = run_quotecache({"raw", "/openapi.json", "--head"}, env);
    CHECK(ran.code == 0);
    CHECK(ran.out == daemon.get("/openapi.json").body);
    CHECK(ran.err.starts_with("HTTP/1.1 200 OK\n"));
    CHECK(has(ran.err, "\nContent-Type: application/json"));
    for (const std::string path : {"/non existent", "/non\xc3\xa9xistent"})  // encoded, and taken
      CHECK(run_quotecache({"raw", path}, env).code == 1);
    ran = run_quotecache({"raw", "/nonexistent"}, env);
    CHECK(ran.code == 1);
    CHECK(ran.has_one_error());
    CHECK(has(ran.err, "answers 404"));
    CHECK(ran.out == daemon.get("/nonexistent").body);
    CHECK(run_quotecache({"raw", "/v1/cryptocurrency/map?limit=2"}, env).code == 0);
  }

  TEST_CASE("health: a part that does not work") {
    Sim sim;
    const ReservedPort port;
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"tiers.order=[\"memory\",\"redis\"]",
                            "tiers.redis.url=redis://127.0.0.1:" + std::to_string(port.number())},
                   .toml = {},
                   .env = {}});
    CommandOutput ran;
    CHECK(quotecached::test::wait_until([&] {
      ran = run_quotecache({"health"}, {{"QUOTECACHE_SERVER", daemon.base_url()}});
      return ran.code == 1;
    }));
    CHECK(has(ran.out, "degraded: "));
    CHECK(has(ran.out, "\nredis:responseTime "));
    CHECK(has(ran.out, " warns "));
  }
}

}  // namespace quotecache::test
