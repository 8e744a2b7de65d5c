#include <sstream>

#include "settings/print.hpp"
#include "settings/secret_file.hpp"
#include "support.hpp"

using namespace quotecached;
using namespace quotecached::settings;
using namespace quotecached::settings::test;

namespace {

constexpr std::string_view kKey = "b54bcf4d-1bca-4e8e-9a24-22ff2c3d462c";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<Token> tokens_of(std::string_view toml, std::string& told) {
  Problems problems;
  auto tokens = parse_tokens(toml, "t.toml", problems);
  told = to_string(problems);
  return tokens;
}

}  // namespace

TEST_SUITE("settings::Secret") {
  TEST_CASE("printing a secret prints stars") {
    std::ostringstream out;
    out << Secret("hunter2") << "|" << Secret();
    CHECK(out.str() == "********|");
    CHECK(Secret("hunter2").reveal() == "hunter2");
  }

  TEST_CASE("the key comes from the environment, else a file, else a credential") {
    const ScratchDirectory scratch;
    const std::string file = scratch.file("key", "from-file\n");
    static_cast<void>(scratch.file("cmc_api_key", "from-credential\n", 0444));
    LoadInput input = input_named();
    CHECK(loaded("", input).settings.upstream.api_key.empty());
    input.environment["CREDENTIALS_DIRECTORY"] = scratch.path();
    CHECK(loaded("", input).settings.upstream.api_key.reveal() == "from-credential");
    input.sets = {"upstream.api_key_file=" + file};
    CHECK(loaded("", input).settings.upstream.api_key.reveal() == "from-file");
    input.environment["CMC_API_KEY"] = kKey;
    const Loaded got = loaded("", input);
    CHECK(got.settings.upstream.api_key.reveal() == kKey);
    CHECK(got.origins.back() == Origin{"upstream.api_key", "environment CMC_API_KEY", 0});
  }

  TEST_CASE("a directory of credentials without the key means no key") {
    const ScratchDirectory scratch;
    LoadInput input = input_named();
    input.environment["CREDENTIALS_DIRECTORY"] = scratch.path();
    CHECK(loaded("", input).settings.upstream.api_key.empty());
  }

  TEST_CASE("a key that cannot be sent in a header is refused and not repeated") {
    LoadInput input = input_named();
    input.environment["CMC_API_KEY"] = "abc\r\nX-Evil: 1";
    const std::string told = problems("", input);
    CHECK(has(told, "environment CMC_API_KEY: upstream.api_key: must be one word"));
    CHECK_FALSE(has(told, "Evil"));
  }

  TEST_CASE("a key that is empty is refused, whatever else there is") {
    const ScratchDirectory scratch;
    for (const std::string text : {"", " ", "\n"}) {
      LoadInput input = input_named();
      input.environment["CMC_API_KEY"] = text;
      input.sets = {"upstream.api_key_file=" + scratch.file("key", kKey)};
      CHECK(has(problems("", input), "environment CMC_API_KEY: upstream.api_key: is empty"));
    }
  }

  TEST_CASE("a variable that only looks like the key's is refused by name, and not repeated") {
    for (const std::string name : {"QUOTECACHED_API_KEY",
                                   "QUOTECACHED_UPSTREAM_API_KEY",
                                   "CMC_PRO_API_KEY",
                                   "CMC_KEY",
                                   "COINMARKETCAP_API_KEY"}) {
      LoadInput input = input_named();
      input.environment[name] = kKey;
      CHECK(problems("", input) ==
            "environment " + name + ": is not read: the API key is taken from CMC_API_KEY\n");
    }
  }

  TEST_CASE("a key file must be private, regular and not empty") {
    const ScratchDirectory scratch;
    struct {
      std::string path, told;
    } const rows[] = {
        {scratch.file("open", kKey, 0644), "everyone may read it; run: chmod o= "},
        {scratch.file("empty", "\n"), "is empty"},
        {scratch.path(), "is not a regular file"},
        {scratch.path() + "/none", "No such file or directory"},
        {scratch.file("two", "a b"), "must be one word"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.path);
      const std::string told = problems("[upstream]\napi_key_file = \"" + row.path + "\"\n");
      CHECK(has(told, "q.toml:2: upstream.api_key_file: "));
      CHECK(has(told, row.told));
      CHECK_FALSE(has(told, kKey));
    }
    CHECK(problems("[upstream]\napi_key_file = \"" + scratch.file("group", kKey, 0640) + "\"\n")
              .empty());
  }

  TEST_CASE("a key in the file is a mistake that says why and is not repeated") {
    const std::string key(kKey);
    for (const std::string& toml : {"[upstream]\napi_key = \"" + key + "\"\n",
                                    "[upstream]\nAPI_KEY = \"" + key + "\"\n",
                                    "CMC_API_KEY = \"" + key + "\"\n"}) {
      CAPTURE(toml);
      const std::string told = problems(toml);
      CHECK(has(told, "the API key must not stand here"));
      CHECK(has(told, "CMC_API_KEY"));
      CHECK_FALSE(has(told, key));
    }
    const std::string told = problems("[upstream]\napi_key_file = \"" + key + "\"\n");
    CHECK(has(told, "looks like an API key"));
    CHECK_FALSE(has(told, key));
  }

  TEST_CASE("other secrets in the wrong place are told where they belong") {
    CHECK(has(problems("[tiers.redis]\npassword = \"x\"\n"), "tiers.redis.password_file"));
    CHECK(has(problems("[tokens.a]\nsecret = \"x\"\n"), "auth.tokens_file"));
  }

  TEST_CASE("the password of Redis comes from its file") {
    const ScratchDirectory scratch;
    const Loaded got =
        loaded("[tiers.redis]\npassword_file = \"" + scratch.file("password", "open\n") + "\"\n");
    CHECK(got.settings.tiers.redis.password.reveal() == "open");
  }

  TEST_CASE("no secret is printed with the configuration") {
    const ScratchDirectory scratch;
    const std::string tokens =
        scratch.file("tokens", "[tokens.app]\nsecret = \"0123456789abcdef-secret\"\n");
    const std::string password = scratch.file("password", "password-secret");
    LoadInput input = input_named();
    input.environment["CMC_API_KEY"] = "key-secret";
    const std::string text =
        print_config(loaded("[auth]\nmode = \"tokens\"\ntokens_file = \"" + tokens +
                                "\"\n[tiers.redis]\npassword_file = \"" + password + "\"\n",
                            input));
    CHECK_FALSE(has(text, "-secret"));
    CHECK(has(text, "# upstream.api_key: ******** from environment CMC_API_KEY\n"));
    CHECK(has(text, "# token app: ********\n"));
  }
}

TEST_SUITE("settings::parse_tokens") {
  TEST_CASE("each token has a name, a secret, a rate and a rank") {
    std::string told;
    const auto tokens = tokens_of(
        "[tokens.app]\nsecret = \"0123456789abcdef\"\nmax_concurrent = 8\n"
        "[tokens.root]\nsecret = \"fedcba9876543210\"\nadmin = true\nrequests_per_minute = 0\n",
        told);
    CHECK(told.empty());
    REQUIRE(tokens.size() == 2);
    CHECK(tokens[0].name == "app");
    CHECK(tokens[0].secret.reveal() == "0123456789abcdef");
    CHECK(tokens[0].requests_per_minute == 100);
    CHECK(tokens[0].max_concurrent == 8);
    CHECK(tokens[1].max_concurrent == 0);  // no limit
    CHECK_FALSE(tokens[0].admin);
    CHECK(tokens[1].name == "root");
    CHECK(tokens[1].requests_per_minute == 0);
    CHECK(tokens[1].admin);
  }

  TEST_CASE("what is wrong is told with its line, never the secret") {
    struct {
      std::string toml, told;
    } const rows[] = {
        {"", "t.toml: holds no token"},
        {"[tokens]\n", "t.toml: holds no token"},
        {"[tokens.a]\n", "t.toml:1: tokens.a: an empty section"},
        {"[tokens.a]\nadmin = true\n", "t.toml:2: tokens.a: has no secret"},
        {"[tokens.a]\nsecret = \"0123456789abcde\"\n", "t.toml:2: tokens.a.secret: must be a"},
        {"[tokens.a]\nsecret = \"0123456789 abcdef\"\n", "must be a string of at least 16"},
        {"[tokens.a]\nsecret = 5\n", "must be a string of at least 16"},
        {"[tokens.a]\nsecret = \"0123456789abcdef\"\nrequests_per_minute = -1\n", "must be from 0"},
        {"[tokens.a]\nsecret = \"0123456789abcdef\"\nmax_concurrent = -1\n", "must be from 0"},
        {"[tokens.a]\nsecret = \"0123456789abcdef\"\nmax_concurrent = \"8\"\n", "whole number"},
        {"[tokens.a]\nsecret = \"0123456789abcdef\"\nadmin = 1\n", "must be true or false"},
        {"[tokens.a]\nsecrets = \"0123456789abcdef\"\n", "did you mean \"secret\"?"},
        {"[token.a]\nsecret = \"0123456789abcdef\"\n", "only [tokens.NAME] sections"},
        {"tokens.a = 1\n", "only [tokens.NAME] sections"},
        {"[tokens.\"a b\"]\nsecret = \"0123456789abcdef\"\n", "a token's name is"},
        {"[tokens.a]\nsecret = \"0123456789abcdef\"\n[tokens.b]\nsecret = \"0123456789abcdef\"\n",
         "tokens.b: has the same secret as tokens.a"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.toml);
      std::string told;
      CHECK(tokens_of(row.toml, told).empty());
      CAPTURE(told);
      CHECK(has(told, row.told));
      CHECK_FALSE(has(told, "0123456789"));
    }
  }

  TEST_CASE("a tokens file that everyone may read is refused") {
    const ScratchDirectory scratch;
    const std::string file =
        scratch.file("tokens", "[tokens.a]\nsecret = \"0123456789abcdef\"\n", 0604);
    CHECK(has(problems("[auth]\nmode = \"tokens\"\ntokens_file = \"" + file + "\"\n"),
              "q.toml:3: auth.tokens_file: " + file + " holds secrets but everyone may read it"));
  }
}
