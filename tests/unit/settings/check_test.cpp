#include <string>

#include "settings/address.hpp"
#include "support.hpp"

using namespace quotecached;
using namespace quotecached::settings;
using namespace quotecached::settings::test;

namespace {

struct Row {
  std::string toml;
  std::string told;  // part of what must be said; empty: all is well
};

void check_rows(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.toml);
    const std::string told = problems(row.toml);
    CAPTURE(told);
    if (row.told.empty()) {
      CHECK(told.empty());
    } else {
      CHECK(told.find(row.told) != std::string::npos);
    }
  }
}

}  // namespace

TEST_SUITE("settings::check") {
  TEST_CASE("open mode refuses what others can reach") {
    check_rows({
        {"[listen]\naddress = \"127.0.0.1:8466\"\n", ""},
        {"[listen]\naddress = \"127.9.9.9:8466\"\n", ""},
        {"[listen]\naddress = \"localhost:8466\"\n", ""},
        {"[listen]\naddress = [\"[::1]:0\", \"unix:/run/q.sock\"]\n", ""},
        {"[listen]\naddress = \"0.0.0.0:8466\"\n", "can be reached by others"},
        {"[listen]\naddress = \"[::]:8466\"\n", "can be reached by others"},
        {"[listen]\naddress = [\"127.0.0.1:1\", \"192.168.1.5:1\"]\n",
         "\"192.168.1.5:1\" can be reached by others"},
        {"[listen]\naddress = \"localhost.example.com:80\"\n", "not a name but localhost"},
        {"[listen]\naddress = \"127.0.0.1.example.com:80\"\n", "not a name but localhost"},
        {"[listen]\naddress = \"*:80\"\n", "not a name but localhost"},
    });
  }

  TEST_CASE("addresses are spelled one of three ways") {
    check_rows({
        {"[listen]\naddress = \"8466\"\n", "must be \"host:port\""},
        {"[listen]\naddress = \"127.0.0.1\"\n", "must be \"host:port\""},
        {"[listen]\naddress = \"127.0.0.1:\"\n", "must be \"host:port\""},
        {"[listen]\naddress = \"127.0.0.1:65535\"\n", ""},
        {"[listen]\naddress = \"127.0.0.1:65536\"\n", "must be \"host:port\""},
        {"[listen]\naddress = \"127.0.0.1:80x\"\n", "must be \"host:port\""},
        {"[listen]\naddress = \":8466\"\n", "must be \"host:port\""},
        {"[listen]\naddress = \"::1:8466\"\n", "must be \"host:port\""},
        {"[listen]\naddress = \"unix:run/q.sock\"\n", "absolute path"},
        {"[listen]\naddress = \"unix:/" + std::string(107, 'x') + "\"\n", "shorter than 108"},
        {"[listen]\naddress = []\n", "must not be an empty list"},
        {"[listen]\naddress = [1]\n", "must be a string or a list of strings"},
    });
  }

  TEST_CASE("the mode of Unix sockets is told in figures, their group by its name") {
    const std::string wanted = "listen.unix_mode: must be from \"0600\" to \"0777\"";
    check_rows({
        {"[listen]\nunix_mode = \"0660\"\n", ""},
        {"[listen]\nunix_mode = \"666\"\n", ""},
        {"[listen]\nunix_mode = \"0777\"\n", ""},
        {"[listen]\nunix_mode = \"0400\"\n", wanted},
        {"[listen]\nunix_mode = \"1777\"\n", wanted},
        {"[listen]\nunix_mode = \"0680\"\n", wanted},
        {"[listen]\nunix_mode = \"00660\"\n", wanted},
        {"[listen]\nunix_mode = \"66\"\n", wanted},
        {"[listen]\nunix_mode = \"-660\"\n", wanted},
        {"[listen]\nunix_mode = \"rw-rw----\"\n", wanted},
        {"[listen]\nunix_mode = \"\"\n", wanted},
        {"[listen]\nunix_mode = 660\n", "must be a string"},
        {"[listen]\nunix_group = \"no such group\"\n",
         "listen.unix_group: this machine has no group \"no such group\""},
    });
    CHECK(loaded("[listen]\nunix_mode = \"0606\"\n").settings.listen.unix_permissions == 0606);
    CHECK_FALSE(loaded("").settings.listen.unix_gid);
    CHECK(loaded("[listen]\nunix_group = \"root\"\n").settings.listen.unix_gid == 0);
  }

  TEST_CASE("tokens mode needs tokens, and only then may others connect") {
    check_rows({
        {"[credits]\nplan = \"grwoth\"\n", "basic, growth); did you mean \"growth\"?"},
        {"[credits]\nplan = \"free\"\n",
         "credits.plan: \"free\" is no plan (there are: auto, explicit, basic, growth)\n"},
        {"[credits]\ncurrency = \"USD\"\n",
         "credits.currency: is of no use without credits.price_per_credit"},
        {"[credits]\nprice_per_credit = 0.1\ncurrency = \"dollars\"\n",
         "credits.currency: must be three to five capital letters such as \"USD\""},
        {"[credits]\nprice_per_credit = 0.0000000001\n",
         "credits.price_per_credit: must be 0 or at least 0.000000001"},
        {"[credits]\nthresholds = [0.8, 0.9]\n", "credits.thresholds: must be three ascending"},
        {"[credits]\nthresholds = [0.9, 0.8, 1]\n", "credits.thresholds: must be three ascending"},
        {"[credits]\nthresholds = [0.8, 0.9, 1.5]\n", "each: must be from 0.01 to 1"},
        {"[credits]\nthresholds = \"80%\"\n", "must be a list of numbers"},
        {"[credits]\nbilling_anchor = \"32 00:00\"\n", "must be a day of the month and a time"},
        {"[credits]\nbilling_anchor = \"5 24:00\"\n", "must be a day of the month and a time"},
        {"[credits]\nbilling_anchor = \"5 05:30 x\"\n", "must be a day of the month and a time"},
        {"[credits]\non_ledger_failure = \"go\"\n", "must be \"stop\" or \"allow\""},
        {"[alerts]\nwebhook = \"http://example.com/x\"\n", "alerts.webhook: must be https://"},
        {"[alerts]\nwebhook = \"https://me:pw@example.com/\"\n", "must not hold a user name"},
        {"[alerts]\nwebhook = \"https://example.com/x#y\"\n", "must be printable ASCII"},
        {"[alerts]\nwebhook = \"https://example.com/x y\"\n", "must be printable ASCII"},
        {"[alerts]\nwebhook = \"https://example.com/\u00e9\"\n", "must be printable ASCII"},
        {"[alerts]\ncommand = [\"\"]\n", "alerts.command: must start with a program"},
        {"[alerts]\nwebhook_secret_file = \"/nowhere\"\n", "alerts.webhook_secret_file"},
        {"[auth]\nmode = \"tokens\"\n", "auth.tokens_file: must be set"},
        {"[auth]\nmode = \"token\"\n", "must be \"open\" or \"tokens\""},
        {"[auth]\nmode = \"tokens\"\ntokens_file = \"/nowhere\"\n", "cannot read /nowhere"},
        {"[auth]\nmode = \"tokens\"\n[test]\nclock = true\n[listen]\naddress = \"0.0.0.0:1\"\n",
         "test.clock: must be false"},
        {"[test]\nclock = true\n", ""},
        {"[test]\nclock = true\nclock_at = \"2026-11-01T00:00:00Z\"\n", ""},
        {"[test]\nclock = true\nclock_at = \"2026-11-31T00:00:00Z\"\n", "must be a moment in UTC"},
        {"[test]\nclock_at = \"2026-11-01T00:00:00Z\"\n", "needs test.clock = true"},
    });
  }

  TEST_CASE("tiers start with memory, are known, and stand once") {
    check_rows({
        {"[tiers]\norder = [\"memory\"]\n", ""},
        {"[tiers]\norder = \"memory\"\n", ""},
        {"[tiers]\norder = [\"memory\", \"redis\", \"memcached\", \"sqlite\"]\n", ""},
        {"[tiers]\norder = [\"sqlite\", \"memory\"]\n", "must start with \"memory\""},
        {"[tiers]\norder = [\"memory\", \"memory\"]\n", "stands there twice"},
        {"[tiers]\norder = [\"memory\", \"disk\"]\n", "\"disk\" is no tier"},
    });
  }

  TEST_CASE("plain http is for loopback, and a base URL holds no user") {
    check_rows({
        {"[upstream]\nbase_url = \"http://127.0.0.1:9000\"\n", ""},
        {"[upstream]\nbase_url = \"http://[::1]:9000/prefix\"\n", ""},
        {"[upstream]\nbase_url = \"http://localhost\"\n", ""},
        {"[upstream]\nbase_url = \"https://sandbox-api.coinmarketcap.com\"\n", ""},
        {"[upstream]\nbase_url = \"http://pro-api.coinmarketcap.com\"\n", "must be https://"},
        {"[upstream]\nbase_url = \"http://127.0.0.1@evil.example\"\n", "user name"},
        {"[upstream]\nbase_url = \"http://127.0.0.1.evil.example\"\n", "must be https://"},
        {"[upstream]\nbase_url = \"ftp://example.com\"\n", "must start with https://"},
        {"[upstream]\nbase_url = \"example.com\"\n", "must be a URL"},
        {"[upstream]\nbase_url = \"https://\"\n", "must be a URL with a host"},
        {"[upstream]\nbase_url = \"https://h/?a=b\"\n", "must end before"},
    });
  }

  TEST_CASE("servers of tiers are spelled as their clients take them") {
    check_rows({
        {"[tiers.redis]\nurl = \"redis://cache.example:6379/3\"\n", ""},
        {"[tiers.redis]\nurl = \"redis://[fd00::1]:6379\"\n", ""},
        {"[tiers.redis]\nurl = \"redis://cache.example\"\n", ""},
        {"[tiers.redis]\nurl = \"unix:/run/redis.sock\"\n", ""},
        {"[tiers.redis]\nurl = \"redis://h:0\"\n", "must be \"redis://host:port\""},
        {"[tiers.redis]\nurl = \"redis://h:1/x\"\n", "must be \"redis://host:port\""},
        {"[tiers.redis]\nurl = \"rediss://h:1\"\n", "must be \"redis://host:port\""},
        {"[tiers.redis]\nurl = \"redis://:hunter2@h:1\"\n", "must not hold a password"},
        {"[tiers.memcached]\nservers = [\"h:11211\", \"unix:/run/m.sock\"]\n", ""},
        {"[tiers.memcached]\nservers = \"h\"\n", "\"h\" must be \"host:port\""},
        {"[tiers.memcached]\nservers = \"h:0\"\n", "\"h:0\" must be \"host:port\""},
    });
  }

  TEST_CASE("a batch does not wait longer than its longest wait") {
    check_rows({
        {"[upstream]\nbatch_window = \"100ms\"\n", ""},
        {"[upstream]\nbatch_window = \"101ms\"\n", "must not be longer than"},
    });
  }

  TEST_CASE("a rule is not judged on values that are wrong already") {
    CHECK(problems("[auth]\nmode = \"token\"\n[listen]\naddress = \"0.0.0.0:1\"\n") ==
          "q.toml:2: auth.mode: must be \"open\" or \"tokens\"\n");
  }

  TEST_CASE("an address is taken apart") {
    const auto tcp = parse_address("[fe80::1]:80");
    REQUIRE(tcp);
    CHECK(tcp->host == "fe80::1");
    CHECK(tcp->port == 80);
    CHECK_FALSE(tcp->is_unix());
    const auto local = parse_address("unix:/run/q");
    REQUIRE(local);
    CHECK(local->path == "/run/q");
    CHECK(local->is_unix());
  }
}
