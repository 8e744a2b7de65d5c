// The shell script prints CSV, or one line that says why not; the line for cron appends rows.
#include "examples/bed.hpp"

namespace quotecached::test {
namespace {

const std::string kScript = (kExamples / "shell/prices.sh").string();
const std::string kHeader = "id,symbol,name,slug,convert,price,last_updated,fetched_at,age,stale\r";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  REQUIRE_MESSAGE(at != std::string::npos, what);
  return text.replace(at, what.size(), by);
}

// What cron would have a shell run: the last line of the file, without its times and its user.
std::string cron_command() {
  auto line = lines_of(read_file(kExamples / "shell/cron.example")).back();
  const std::string user = " nobody ";
  return line.substr(line.find(user) + user.size());
}

}  // namespace

TEST_SUITE("examples: shell") {
  TEST_CASE("rows of CSV, a header line first") {
    ExamplesBed bed;
    const auto ended = run_example({kScript, "bitcoin", "ethereum"}, bed.daemon->base_url());
    CAPTURE(ended.err);
    CHECK(ended.code == 0);
    const auto lines = lines_of(ended.out);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == kHeader);
    CHECK(lines[1].starts_with("1,BTC,Bitcoin,bitcoin,USD,"));
    CHECK(lines[2].starts_with("1027,ETH,Ethereum,ethereum,USD,"));
  }

  TEST_CASE("no price, nobody there and a refusal are one line each") {
    ExamplesBed bed;
    const auto missing = run_example({kScript, "bitcoin", "no-such-coin"}, bed.daemon->base_url());
    CHECK(missing.code == 1);
    CHECK(lines_of(missing.out).size() == 2);
    CHECK(missing.err == "prices.sh: no price of: no-such-coin\n");
    const auto nobody = run_example({kScript, "bitcoin"}, nowhere());
    CHECK(nobody.code == 1);
    CHECK(nobody.out.empty());
    CHECK(lines_of(nobody.err).size() == 1);
    CHECK(nobody.err.find("Failed to connect") != std::string::npos);
    const TempDir dir;
    write_file(dir / "tokens.toml", "[tokens.desk]\nsecret = \"desk-0123456789-abcdef\"\n");
    ExamplesBed closed({},
                       {"auth.mode=tokens", "auth.tokens_file=" + (dir / "tokens.toml").string()});
    const auto refused = run_example({kScript, "bitcoin"}, closed.daemon->base_url());
    CHECK(refused.code == 1);
    CHECK(refused.out.empty());
    CHECK(lines_of(refused.err).size() == 1);
    CHECK(refused.err.find("token") != std::string::npos);
    CHECK(run_example({kScript}, bed.daemon->base_url()).code == 64);
  }

  TEST_CASE("cron's line appends a row for each coin, and nothing when there is no answer") {
    ExamplesBed bed;
    const TempDir dir;
    const std::string file = dir / "prices.csv";
    const auto command = replaced(
        replaced(cron_command(), "prices.sh", kScript), "/var/lib/prices/prices.csv", file);
    for (int run = 1; run <= 2; ++run) {
      CHECK(run_example({"/bin/sh", "-c", command}, bed.daemon->base_url()).code == 0);
      const auto lines = lines_of(read_file(file));
      REQUIRE(lines.size() == static_cast<std::size_t>(2 * run));
      CHECK(lines.back().starts_with("1027,ETH,"));
    }
    const auto before = read_file(file);
    CHECK_FALSE(run_example({"/bin/sh", "-c", command}, nowhere()).err.empty());
    CHECK(read_file(file) == before);
  }
}

}  // namespace quotecached::test
