#include "settings/load.hpp"

#include <algorithm>

#include "settings/draft.hpp"
#include "support.hpp"

using namespace quotecached;
using namespace quotecached::settings;
using namespace quotecached::settings::test;
using namespace std::chrono_literals;

namespace {

Origin origin_of(const Loaded& loaded, std::string_view key) {
  const auto found = std::ranges::find(loaded.origins, key, &Origin::key);
  REQUIRE(found != loaded.origins.end());
  return *found;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("settings::load") {
  TEST_CASE("nothing given means the defaults, and every value says so") {
    const Loaded got = loaded("");
    CHECK(got.settings.upstream.timeout == 15s);
    CHECK(got.settings.upstream.max_body == mebibytes(64));
    CHECK(got.settings.tiers.order == std::vector<std::string>{"memory", "sqlite"});
    CHECK(got.settings.tiers.sqlite.path ==
          "/home/someone/.local/state/quotecached/quotecached.db");
    CHECK(got.settings.upstream.api_key.empty());
    for (const Origin& origin : got.origins) {
      CAPTURE(origin.key);
      CHECK(origin.file.empty());
    }
  }

  TEST_CASE("the command line wins over the environment, that over the file") {
    LoadInput input = input_named();
    input.environment["QUOTECACHED_UPSTREAM_RETRIES"] = "4";
    input.environment["QUOTECACHED_LISTEN_THREADS"] = "2";
    input.sets = {"upstream.retries=7"};
    const Loaded got =
        loaded("[upstream]\nretries = 1\ntimeout = \"3s\"\n[listen]\nthreads = 9\n", input);
    CHECK(got.settings.upstream.retries == 7);
    CHECK(got.settings.listen.threads == 2);
    CHECK(got.settings.upstream.timeout == 3s);
    CHECK(origin_of(got, "upstream.retries") == Origin{"upstream.retries", "--set", 0});
    CHECK(origin_of(got, "listen.threads").file == "environment QUOTECACHED_LISTEN_THREADS");
    CHECK(origin_of(got, "upstream.timeout") == Origin{"upstream.timeout", "q.toml", 3});
    CHECK(origin_of(got, "upstream.retry_delay").file.empty());
  }

  TEST_CASE("every key has its variable in the environment") {
    const Loaded got = loaded("");
    Draft draft(input_named().families);
    for (const Row& row : draft.rows) {
      CAPTURE(row.key);
      LoadInput input = input_named();
      input.environment[row.environment_name()] = "\x01";  // wrong for every type
      CHECK(has(problems("", input), "environment " + row.environment_name() + ": " + row.key));
    }
  }

  TEST_CASE("all mistakes are told at once, each with file, line and key") {
    const std::string told = problems(
        "[upstream]\n"
        "timeout = 15\n"
        "retrys = 3\n"
        "[listen]\n"
        "threads = 0\n"
        "[tiers]\n"
        "order = [\"redis\", \"redis\"]\n");
    CHECK(has(told, "q.toml:2: upstream.timeout: must be a duration with its unit"));
    CHECK(has(told, "q.toml:3: upstream.retrys: unknown key; did you mean \"upstream.retries\"?"));
    CHECK(has(told, "q.toml:5: listen.threads: must be from 1 to 64"));
    CHECK(has(told, "q.toml:7: tiers.order: must start with \"memory\""));
    CHECK(has(told, "q.toml:7: tiers.order: \"redis\" stands there twice"));
  }

  TEST_CASE("mistakes come in the order of lines, those of other sources after the file's") {
    LoadInput input = input_named();
    input.environment["QUOTECACHED_UPSTREAM_RETRIES"] = "many";
    input.sets = {"listen.threads=0"};
    const auto result = load_text(input,
                                  "[tiers]\n"
                                  "order = [\"redis\"]\n"
                                  "[upstraem]\n"
                                  "[credits]\n"
                                  "plan = \"free\"\n"
                                  "[log]\n"
                                  "level = 3\n");
    REQUIRE_FALSE(result);
    std::vector<std::string> places;
    for (const Problem& problem : result.error())
      places.push_back(place(problem.file, problem.line));
    CHECK(places == std::vector<std::string>{"q.toml:2",
                                             "q.toml:3",
                                             "q.toml:5",
                                             "q.toml:7",
                                             "environment QUOTECACHED_UPSTREAM_RETRIES",
                                             "--set"});
  }

  TEST_CASE("what is not TOML is told with its line") {
    CHECK(has(problems("[listen]\nthreads = = 2\n"), "q.toml:2: not TOML: "));
    CHECK(has(problems("[listen]\nthreads = 1\nthreads = 2\n"), "q.toml:3: not TOML: "));
    for (const std::string toml : {"[,x]\n", "[[,]]\n", "[", "a", "a.", "= 1\n", "a = [,]\n"}) {
      CAPTURE(toml);
      CHECK(has(problems(toml), "q.toml:1: not TOML: "));
    }
    CHECK(has(problems(std::string(300'000, '\n')), "q.toml: larger than 256 KiB"));
    CHECK(has(problems("\n#" + std::string(5'000, 'x')), "q.toml:2: a line longer than"));
  }

  TEST_CASE("unknown sections and keys in the wrong place are mistakes") {
    CHECK(has(problems("[upstraem]\n"), "q.toml:1: upstraem: unknown key"));
    CHECK(has(problems("[upstraem]\ntimeout = \"1s\"\n"), "did you mean \"upstream.timeout\"?"));
    CHECK(has(problems("upstream = 3\n"), "upstream: is a section, not a key"));
    CHECK(has(problems("[listen.threads]\nx = 1\n"), "listen.threads.x: unknown key"));
    CHECK(has(problems("[listen]\nthreads = {}\n"), "listen.threads: "));
    CHECK(has(problems("[freshness.qoutes]\nfresh = \"1s\"\n"),
              "did you mean \"freshness.quotes.fresh\"?"));
    CHECK(problems("[tiers.redis]\n[freshness.quotes]\n").empty());
    CHECK(has(problems("[\"tiers.redis\"]\nurl = \"redis://h:1\"\n"), "unknown key"));
  }

  TEST_CASE("a value on the command line is TOML, or a bare word") {
    LoadInput input = input_named();
    input.sets = {"upstream.timeout=5s",
                  "listen.threads=3",
                  "upstream.forward_unknown=false",
                  "tiers.order=[\"memory\", \"redis\"]",
                  "log.level=\"warn\"",
                  "listen.address=127.0.0.1:0",
                  "tiers.sqlite.path=2024",
                  "freshness.ttl_jitter=0"};
    const Settings got = loaded("", input).settings;
    CHECK(got.upstream.timeout == 5s);
    CHECK(got.listen.threads == 3);
    CHECK_FALSE(got.upstream.forward_unknown);
    CHECK(got.tiers.order == std::vector<std::string>{"memory", "redis"});
    CHECK(got.log.level == Log::Level::Warn);
    CHECK(got.listen.address == std::vector<std::string>{"127.0.0.1:0"});
    CHECK(got.tiers.sqlite.path == "2024");
    CHECK(got.freshness.ttl_jitter == doctest::Approx(0));

    struct {
      std::string set, told;
    } const rows[] = {
        {"upstream.timeout", "--set: must be followed by key=value"},
        {"=3", "--set: must be followed by key=value"},
        {"upstream.key=1", "--set: upstream.key: the API key must not stand here"},
        {"key=1", "--set: key: the API key must not stand here"},
        {"x.api_key=1", "--set: x.api_key: the API key must not stand here"},
        {"x.key=1", "--set: x.key: unknown key"},
        {"upstream.timeot=3s", "--set: upstream.timeot: unknown key; did you mean"},
        {"tiers.order=[\"memory\"", "--set: tiers.order: must be a string or a list of strings"},
        {"listen.threads=2\n[log]", "--set: listen.threads: must be a whole number"},
        {"upstream.timeout=", "--set: upstream.timeout: must be a duration"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.set);
      input.sets = {row.set};
      CHECK(has(problems("", input), row.told));
    }
  }

  TEST_CASE("a variable that resembles a setting is a mistake, a stranger's is none") {
    LoadInput input = input_named();
    input.environment["QUOTECACHED_UPSTREAM_TIMEOT"] = "1s";
    CHECK(has(problems("", input),
              "environment QUOTECACHED_UPSTREAM_TIMEOT: no setting has this name; did you mean "
              "\"QUOTECACHED_UPSTREAM_TIMEOUT\"?"));
    input = input_named();
    input.environment["QUOTECACHED_PORT_80_TCP"] = "tcp://10.0.0.1:80";
    CHECK(problems("", input).empty());
  }

  TEST_CASE("families take whole seconds, and those not named stay as the catalogue has them") {
    const Settings got =
        loaded("[freshness.quotes]\nfresh = \"2m\"\nstale_if_error = \"0s\"\n").settings;
    const auto& quotes = got.freshness.families.at("quotes");
    CHECK(quotes.fresh == 120s);
    CHECK_FALSE(quotes.stale_while_revalidate);
    CHECK(quotes.stale_if_error == 0s);
    CHECK_FALSE(got.freshness.families.at("listings").fresh);
    CHECK(has(problems("[freshness.quotes]\nfresh = \"1500ms\"\n"), "must be whole seconds"));
    CHECK(has(problems("[freshness.quotes]\nstale_if_error = \"-5s\"\n"), "must be a duration"));
  }

  TEST_CASE("the billing anchor is read into day and time") {
    const auto anchor_of = [](const std::string& text) {
      return loaded("[credits]\nbilling_anchor = \"" + text + "\"\n").settings.credits.anchor;
    };
    CHECK(anchor_of("5 05:30").day == 5);
    CHECK(anchor_of("5 05:30").time == 5h + 30min);
    CHECK(anchor_of("31 23:59").day == 31);
    CHECK(anchor_of("31 23:59").time == 23h + 59min);
    CHECK(loaded("").settings.credits.anchor.day == 1);
    CHECK(loaded("").settings.credits.anchor.time == 0h);
  }

  TEST_CASE("thresholds and the alert command come from lists") {
    const auto got = loaded(
        "[credits]\nthresholds = [0.5, 0.75, 1]\n[alerts]\ncommand = [\"/bin/tell\", \"me\"]\n");
    CHECK(got.settings.credits.thresholds == std::vector<double>{0.5, 0.75, 1.0});
    CHECK(got.settings.alerts.command == std::vector<std::string>{"/bin/tell", "me"});
    CHECK(loaded("[alerts]\ncommand = []\n").settings.alerts.command.empty());
  }

  TEST_CASE("a file that is not there is one clear problem") {
    const auto got = load(input_named("/nowhere/q.toml"));
    REQUIRE_FALSE(got);
    CHECK(to_string(got.error()) == "cannot read /nowhere/q.toml: No such file or directory\n");
  }

  TEST_CASE("the database goes where state belongs") {
    struct {
      Environment environment;
      std::string path;
    } const rows[] = {
        {{{"STATE_DIRECTORY", "/var/lib/q:/other"}, {"HOME", "/h"}}, "/var/lib/q/quotecached.db"},
        {{{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}}, "/x/quotecached/quotecached.db"},
        {{{"XDG_STATE_HOME", "not/absolute"}, {"HOME", "/h"}},
         "/h/.local/state/quotecached/quotecached.db"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.path);
      LoadInput input = input_named();
      input.environment = row.environment;
      CHECK(loaded("", input).settings.tiers.sqlite.path == row.path);
    }
    LoadInput input = input_named();
    input.environment.clear();
    CHECK(has(problems("", input), "tiers.sqlite.path: must be set"));
  }
}
