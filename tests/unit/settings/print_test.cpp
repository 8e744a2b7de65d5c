#include "settings/print.hpp"

#include <algorithm>

#include "ledger/plan.hpp"
#include "settings/draft.hpp"
#include "support.hpp"

using namespace quotecached;
using namespace quotecached::settings;
using namespace quotecached::settings::test;

namespace {

// Removes the '#' from "#name = value" and "#[section]", as a person would.
std::string uncommented(const std::string& text) {
  std::string out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const bool is_setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    out += (is_setting ? line.substr(1) : line) + "\n";
  }
  return out;
}

std::string all_values(Settings settings, std::span<const std::string_view> families) {
  std::string out;
  for (const Row& row : make_rows(families)) {
    const std::string value = to_toml(row.field(settings));
    out += row.key + " = " + value + "\n";
  }
  return out;
}

std::string without_origins(const std::string& text) {
  std::string out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out += line.substr(0, line.find("  # ")) + "\n";
  return out;
}

// The families of an endpoint catalogue: its [families.NAME] sections.
std::vector<std::string> families_of(const std::string& catalogue) {
  constexpr std::string_view head = "[families.";
  std::vector<std::string> out;
  std::istringstream in(catalogue);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(head))
      out.push_back(line.substr(head.size(), line.find(']') - head.size()));
  }
  return out;
}

}  // namespace

TEST_SUITE("settings::print_config") {
  TEST_CASE("each value is printed with its origin, and the text loads to the same settings") {
    LoadInput input = input_named();
    input.environment["QUOTECACHED_LISTEN_THREADS"] = "2";
    input.sets = {"tiers.sqlite.path=/tmp/a \"quoted\" \\path"};
    const Loaded first = loaded(
        "[freshness.quotes]\nfresh = \"90s\"\n[upstream]\nretries = 0\n"
        "retry_delay = \"1500ms\"\nmax_body = \"1GiB\"\n",
        input);
    const std::string text = print_config(first);
    CAPTURE(text);
    CHECK(text.find("retries = 0  # q.toml:4\n") != text.npos);
    CHECK(text.find("threads = 2  # environment QUOTECACHED_LISTEN_THREADS\n") != text.npos);
    CHECK(text.find("[freshness.quotes]\nfresh = \"90s\"  # q.toml:2; live\n") != text.npos);
    CHECK(text.find("timeout = \"15s\"  # default\n") != text.npos);
    CHECK(text.find("# No API key") != text.npos);
    const Loaded second = loaded(text);
    CHECK(all_values(second.settings, input.families) ==
          all_values(first.settings, input.families));
    CHECK(without_origins(print_config(second)) == without_origins(text));
  }

  TEST_CASE("of a webhook only the host is told, and the text still loads") {
    const Loaded got = loaded("[alerts]\nwebhook = \"https://hooks.example/T0/secret\"\n");
    const std::string text = print_config(got);
    CAPTURE(text);
    CHECK(text.find("# alerts.webhook: \"https://hooks.example/***\" from q.toml:2\n") !=
          text.npos);
    CHECK(text.find("T0") == text.npos);
    CHECK(loaded(text).settings.alerts.webhook.empty());
  }

  TEST_CASE("an origin cannot break out of its comment") {
    const Loaded got = loaded("log.level = \"warn\"\n", input_named("a\nb = 1\n"));
    CHECK(print_config(got).find("level = \"warn\"  # a?b = 1?:1; live\n") != std::string::npos);
  }
}

TEST_SUITE("settings::default_config") {
  TEST_CASE("config/quotecached.toml is made from the table, byte for byte") {
    CHECK(text_of(repository() / "config" / "quotecached.toml") == default_config());
  }

  TEST_CASE("the file as it stands changes nothing") {
    const Loaded got = loaded(default_config());
    CHECK(all_values(got.settings, {}) == all_values(loaded("").settings, {}));
  }

  TEST_CASE("the file lists every key with its default") {
    LoadInput input = input_named();
    input.families = {"quotes"};
    const Loaded got = loaded(uncommented(default_config()), input);
    for (const Origin& origin : got.origins) {
      CAPTURE(origin.key);
      CHECK((origin.file == "q.toml" || origin.key == "upstream.api_key"));
    }
    CHECK(all_values(got.settings, {}) == all_values(loaded("").settings, {}));
  }

  TEST_CASE("the documentation holds the table") {
    const std::string page = text_of(repository() / "docs" / "configuration.md");
    CHECK(page.find(markdown_table()) != std::string::npos);
  }

  // Writes both anew after the table was changed: unit_test --no-skip -tc="*write them anew*"
  TEST_CASE("the generated files: write them anew" * doctest::skip()) {
    std::ofstream(repository() / "config" / "quotecached.toml") << default_config();
    const auto path = repository() / "docs" / "configuration.md";
    std::string page = text_of(path);
    const std::size_t begin = page.find("| key |");
    REQUIRE(begin != page.npos);
    const std::size_t end = page.find("\n\n", begin);
    REQUIRE(end != page.npos);
    page.replace(begin, end + 1 - begin, markdown_table());
    std::ofstream(path) << page;
  }
}

TEST_SUITE("settings::profiles") {
  TEST_CASE("each profile loads and holds more than the one before") {
    LoadInput input = input_named();
    const std::string catalogue = text_of(repository() / "config" / "endpoints.toml");
    const std::vector<std::string> families = families_of(catalogue);
    REQUIRE(families.size() > 10);
    input.families.assign(families.begin(), families.end());
    Bytes memory{0};
    for (const std::string name : {"small", "medium", "large", "full"}) {
      CAPTURE(name);
      const auto path = repository() / "config" / "profiles" / (name + ".toml");
      const Settings got = loaded(text_of(path), input).settings;
      CHECK(got.tiers.memory.max_bytes > memory);
      memory = got.tiers.memory.max_bytes;
    }
    CHECK(memory == mebibytes(512));
  }

  TEST_CASE("no profile is called as a plan of the provider is") {
    for (const auto& file : std::filesystem::directory_iterator(repository() / "config/profiles")) {
      const auto name = file.path().stem().string();
      CAPTURE(name);
      CHECK_FALSE(ledger::caps_of_plan(name));
      CHECK(name != "enterprise");
    }
  }
}
