#include "settings/changes.hpp"

#include <algorithm>

#include "support.hpp"

using namespace quotecached;
using namespace quotecached::settings;
using namespace quotecached::settings::test;

namespace {

Token token(std::string name, std::string secret) {
  Token made;
  made.name = std::move(name);
  made.secret = Secret(std::move(secret));
  return made;
}

Settings with_tokens(std::vector<Token> tokens) {
  Settings made;
  made.auth.mode = AuthMode::Tokens;
  made.auth.tokens_file = "/tokens";
  made.auth.tokens = std::move(tokens);
  return made;
}

const Changed* find(const std::vector<Changed>& changed, std::string_view key) {
  const auto found = std::ranges::find(changed, key, &Changed::key);
  return found == changed.end() ? nullptr : &*found;
}

std::string all_text(const std::vector<Changed>& changed) {
  std::string text;
  for (const Changed& one : changed) text += one.key + one.before + one.after;
  return text;
}

}  // namespace

TEST_SUITE("settings::changes") {
  TEST_CASE("equal settings differ in nothing") {
    CHECK(changes(loaded("").settings, loaded("").settings).empty());
    CHECK(changes(loaded("[tags]\ndefi = [\"UNI\"]\n").settings,
                  loaded("tags.defi = [\"UNI\"]\n").settings)
              .empty());
  }

  TEST_CASE("a key is told with both values, and with when it is taken up") {
    struct Row {
      std::string_view name;
      std::string before, after;
      Changed expected;
    };
    const Row rows[] = {
        {"live word",
         "",
         "log.level = \"debug\"\n",
         {"log.level", "\"info\"", "\"debug\"", Change::Live}},
        {"another spelling",
         "",
         "log.level = \"warning\"\n",
         {"log.level", "\"info\"", "\"warn\"", Change::Live}},
        {"restart", "", "listen.threads = 2\n", {"listen.threads", "1", "2", Change::Restart}},
        {"list",
         "",
         "credits.thresholds = [0.5, 0.6, 1.0]\n",
         {"credits.thresholds", "[0.8, 0.9, 1]", "[0.5, 0.6, 1]", Change::Live}},
        {"family",
         "freshness.quotes.fresh = \"90s\"\n",
         "",
         {"freshness.quotes.fresh", "\"90s\"", "", Change::Live}},
        {"new tag", "", "tags.defi = [\"UNI\"]\n", {"tags.defi", "", "[\"UNI\"]", Change::Live}},
        {"tag gone", "tags.defi = [\"UNI\"]\n", "", {"tags.defi", "[\"UNI\"]", "", Change::Live}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto changed = changes(loaded(row.before).settings, loaded(row.after).settings);
      REQUIRE(changed.size() == 1);
      CHECK(changed[0] == row.expected);
    }
  }

  TEST_CASE("tokens are told by name and by what they allow, never by their secret") {
    const std::string secret = "secret-0123456789";
    auto limited = token("same", secret + "-same");
    limited.requests_per_minute = 5;
    const Settings before = with_tokens({token("gone", secret),
                                         token("same", secret + "-same"),
                                         token("rotated", secret + "-old")});
    const Settings after =
        with_tokens({token("new", secret + "-new"), limited, token("rotated", secret + "-next")});
    const auto changed = changes(before, after);
    REQUIRE(changed.size() == 4);
    CHECK(find(changed, "auth.tokens.gone")->after.empty());
    CHECK(find(changed, "auth.tokens.new")->before.empty());
    CHECK(find(changed, "auth.tokens.same")->after.starts_with("5 a minute"));
    CHECK(find(changed, "auth.tokens.rotated")->after.ends_with(", another secret"));
    for (const Changed& one : changed) CHECK(one.change == Change::Live);
    CHECK(all_text(changed).find(secret) == std::string::npos);
  }

  TEST_CASE("a secret that changed is named and not shown") {
    Settings before = loaded("").settings;
    Settings after = before;
    after.upstream.api_key = Secret("key-0123456789");
    CHECK(changes(before, after).at(0) ==
          Changed{"upstream.api_key", "", "a secret", Change::Restart});
    before.upstream.api_key = Secret("key-9876543210");
    CHECK(changes(before, after).at(0) ==
          Changed{"upstream.api_key", "a secret", "another secret", Change::Restart});
    const auto hook =
        changes(loaded("").settings,
                loaded("alerts.webhook = \"https://hooks.example/T0/secret\"\n").settings);
    CHECK(hook.at(0) ==
          Changed{"alerts.webhook", "\"\"", "\"https://hooks.example/***\"", Change::Restart});
  }

  TEST_CASE("while who may ask at all waits for a restart, so do the tokens") {
    const Settings open = loaded("").settings;
    Settings after = with_tokens({token("desk", "secret-0123456789")});
    after.freshness.families = open.freshness.families;
    after.tiers.sqlite.path = open.tiers.sqlite.path;
    const auto changed = changes(open, after);
    REQUIRE(changed.size() == 3);
    for (const Changed& one : changed) CHECK(one.change == Change::Restart);
  }

  TEST_CASE("while the plan waits for a restart, so do the caps") {
    const std::string explicit_caps =
        "credits.plan = \"explicit\"\ncredits.per_month = 10000\ncredits.per_day = 500\n"
        "credits.requests_per_minute = 20\n";
    struct Row {
      std::string_view name;
      std::string before, after;
      std::size_t waiting;
    };
    const Row rows[] = {
        {"explicit to auto", explicit_caps, "credits.plan = \"auto\"\n", 4},
        {"explicit to a plan", explicit_caps, "credits.plan = \"basic\"\n", 4},
        {"auto to explicit", "credits.plan = \"auto\"\n", explicit_caps, 4},
        {"the same plan", explicit_caps, explicit_caps + "credits.foreground_reserve = 0.3\n", 0},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      Settings running = loaded(row.before).settings;
      const Settings wanted = loaded(row.after).settings;
      const Settings was = running;
      const auto changed = changes(running, wanted);
      CHECK(std::ranges::count(changed, Change::Restart, &Changed::change) ==
            static_cast<std::ptrdiff_t>(row.waiting));
      take_live(running, wanted, changed);
      CHECK(running.credits.per_month == was.credits.per_month);
      CHECK(running.credits.per_day == was.credits.per_day);
      CHECK(running.credits.requests_per_minute == was.credits.requests_per_minute);
      CHECK(changes(running, wanted).size() == row.waiting);
    }
  }
}

TEST_SUITE("settings::take_live") {
  TEST_CASE("what is live is taken up, what needs a restart stays and is told again") {
    Settings running = loaded("tags.old = [\"1\"]\nfreshness.quotes.fresh = \"90s\"\n").settings;
    const Settings wanted =
        loaded(
            "log.level = \"debug\"\nlisten.threads = 2\ntags.defi = [\"UNI\"]\n"
            "freshness.listings.fresh = \"30s\"\nwarm.pinned = [\"1\"]\ncredits.per_day = 7\n")
            .settings;
    take_live(running, wanted, changes(running, wanted));
    CHECK(running.log.level == Log::Level::Debug);
    CHECK(running.listen.threads == 1);
    CHECK(running.tags == wanted.tags);
    CHECK_FALSE(running.freshness.families.at("quotes").fresh);
    CHECK(running.freshness.families.at("listings").fresh == std::chrono::seconds(30));
    CHECK(running.warm.pinned == wanted.warm.pinned);
    CHECK(running.credits.per_day == 7);
    const auto left = changes(running, wanted);
    REQUIRE(left.size() == 1);
    CHECK(left[0].key == "listen.threads");
  }

  TEST_CASE("tokens are taken up together") {
    Settings running = with_tokens({token("gone", "secret-0123456789")});
    const Settings wanted =
        with_tokens({token("a", "secret-a-0123456789"), token("b", "secret-b-0123456789")});
    take_live(running, wanted, changes(running, wanted));
    CHECK(changes(running, wanted).empty());
  }
}
