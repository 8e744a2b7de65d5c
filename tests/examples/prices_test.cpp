// The programs that print prices do the same in each language: prices, what is not there, and one
// line for each way to get none.
#include <map>
#include <optional>

#include "examples/bed.hpp"

namespace quotecached::test {
namespace {

constexpr std::chrono::minutes kBuildLimit{3};

struct Program {
  std::string language;
  Words words;
};

// Built once for all cases; nothing where Go is not installed.
std::optional<std::string> go_program() {
  static const TempDir dir;
  static const bool is_built = [] {
    if (!is_there("go")) return false;
    Process build({{"go", "build", "-o", dir / "prices", (kExamples / "go/prices.go").string()},
                   {{"GOCACHE", dir / "cache"}, {"GOPROXY", "off"}}},
                  dir.path(),
                  "build");
    const auto status = build.wait(kBuildLimit);
    REQUIRE_MESSAGE((status && status->is_success()), build.err());
    return true;
  }();
  if (!is_built) return std::nullopt;
  return dir / "prices";
}

std::vector<Program> programs() {
  std::vector<Program> all{{"C++", {built_program("example_prices").string()}}};
  if (is_there("python3"))
    all.push_back({"Python", {"python3", (kExamples / "python/prices.py").string()}});
  if (is_there("node"))
    all.push_back({"JavaScript", {"node", (kExamples / "javascript/prices.mjs").string()}});
  if (auto go = go_program()) all.push_back({"Go", {*go}});
  return all;
}

Ended run(const Program& program, const Words& slugs, const std::string& server) {
  auto words = program.words;
  words.insert(words.end(), slugs.begin(), slugs.end());
  return run_example(words, server);
}

// "bitcoin 67000.10 USD", up to how a language writes a number.
void check_line(const std::string& line, const std::string& slug, const std::string& price) {
  std::istringstream words(line);
  std::string name;
  std::string convert;
  double number = 0;
  words >> name >> number >> convert;
  CHECK(name == slug);
  CHECK(number == std::stod(price));
  CHECK(convert == "USD");
}

std::map<std::string, std::string> prices_of(Daemon& daemon, const std::string& query) {
  const auto answer = daemon.get("/quotes?" + query);
  must(answer);
  std::map<std::string, std::string> prices;
  for (const auto& row : json_members(json_value(answer.body, "quotes")))
    prices[json_text(row.value, "slug")] = json_text(row.value, "price");
  return prices;
}

// One line on standard error, and nothing else.
void check_refused(const Ended& ended, const std::string& why) {
  CAPTURE(ended.err);
  CHECK(ended.code == 1);
  CHECK(ended.out.empty());
  CHECK(lines_of(ended.err).size() == 1);
  CHECK(ended.err.find(why) != std::string::npos);
}

}  // namespace

TEST_SUITE("examples: prices") {
  TEST_CASE("they print the daemon's prices, each in the order asked") {
    ExamplesBed bed(frozen());
    keep_day(bed.sim);
    auto prices = prices_of(*bed.daemon, "slugs=bitcoin,ethereum");
    for (const auto& program : programs()) {
      CAPTURE(program.language);
      const auto ended = run(program, {"ethereum", "bitcoin"}, bed.daemon->base_url());
      CAPTURE(ended.err);
      CHECK(ended.code == 0);
      const auto lines = lines_of(ended.out);
      REQUIRE(lines.size() == 2);
      check_line(lines[0], "ethereum", prices["ethereum"]);
      check_line(lines[1], "bitcoin", prices["bitcoin"]);
      // JavaScript has doubles alone; the others keep the provider's digits.
      if (program.language != "JavaScript")
        CHECK(lines[1] == "bitcoin " + prices["bitcoin"] + " USD");
    }
  }

  TEST_CASE("a coin that does not exist is named, beside the prices of the others") {
    ExamplesBed bed;
    for (const auto& program : programs()) {
      CAPTURE(program.language);
      const auto ended = run(program, {"no-such-coin", "bitcoin"}, bed.daemon->base_url());
      CHECK(ended.code == 1);
      CHECK(ended.out.starts_with("bitcoin "));
      CHECK(lines_of(ended.err).size() == 1);
      CHECK(ended.err.find(": no-such-coin does not exist") != std::string::npos);
    }
  }

  TEST_CASE("a stale price says that it is stale") {
    ExamplesBed bed({}, {"freshness.ttl_jitter=0", "upstream.failure_throttle=1s"});
    must(bed.daemon->get("/quotes?slugs=bitcoin"));
    bed.sim.process().kill9();
    advance(*bed.daemon, seconds(130));
    for (const auto& program : programs()) {
      CAPTURE(program.language);
      const auto ended = run(program, {"bitcoin"}, bed.daemon->base_url());
      CHECK(ended.code == 0);
      CHECK(ended.out.find(" USD (stale: 1") != std::string::npos);
    }
  }

  TEST_CASE("nobody there, a refusal, and no name at all are told in one line") {
    const TempDir dir;
    write_file(dir / "tokens.toml", "[tokens.desk]\nsecret = \"desk-0123456789-abcdef\"\n");
    ExamplesBed bed({}, {"auth.mode=tokens", "auth.tokens_file=" + (dir / "tokens.toml").string()});
    for (const auto& program : programs()) {
      CAPTURE(program.language);
      check_refused(run(program, {"bitcoin"}, nowhere()), nowhere().substr(7));
      check_refused(run(program, {"bitcoin"}, bed.daemon->base_url()), "token");
      const auto unnamed = run(program, {}, bed.daemon->base_url());
      CHECK(unnamed.code == 64);
      CHECK(unnamed.err.starts_with("usage: prices"));
    }
  }

  TEST_CASE("batch asks for two currencies side by side") {
    ExamplesBed bed(frozen());
    keep_day(bed.sim);
    const auto program = built_program("example_batch").string();
    const auto ended = run_example({program, "bitcoin", "ethereum"}, bed.daemon->base_url());
    CHECK(ended.code == 0);
    const auto lines = lines_of(ended.out);
    REQUIRE(lines.size() == 4);
    const auto dollars = prices_of(*bed.daemon, "slugs=bitcoin&convert=USD");
    const auto euros = prices_of(*bed.daemon, "slugs=bitcoin&convert=EUR");
    CHECK(lines[0] == "bitcoin " + dollars.at("bitcoin") + " USD");
    CHECK(lines[2] == "bitcoin " + euros.at("bitcoin") + " EUR");
    CHECK(run_example({program, "no-such-coin"}, bed.daemon->base_url()).code == 1);
    CHECK(run_example({program, "bitcoin"}, nowhere()).code == 1);
  }

  TEST_CASE("a program for the provider works with another base URL, and costs a credit once") {
    if (!is_there("python3")) return;
    ExamplesBed bed;
    const Words words{"python3", (kExamples / "python/drop_in.py").string()};
    const auto first = run_example(words, bed.daemon->base_url());
    CAPTURE(first.err);
    CHECK(first.code == 0);
    const auto lines = lines_of(first.out);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].starts_with("BTC "));
    CHECK(lines[1].starts_with("ETH "));
    CHECK(lines[2] == "credits: 1");
    CHECK(lines_of(run_example(words, bed.daemon->base_url()).out).back() == "credits: 0");
    check_refused(run_example(words, nowhere()), nowhere().substr(7));
    ExamplesBed down;
    down.sim.fault(R"({"kind":"status_5xx","count":-1})");
    check_refused(run_example(words, down.daemon->base_url()), "");
  }
}

}  // namespace quotecached::test
