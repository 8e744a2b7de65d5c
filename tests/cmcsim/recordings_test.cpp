#include "recordings.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "asset_writer.hpp"
#include "sim_fixture.hpp"

using namespace cmcsim;

namespace {

// A small recording of our own, pretty-printed and with number text that no double would give back.
constexpr std::string_view kRecorded = R"({
    "status": {"timestamp": "2024-01-01T00:00:00.000Z", "error_code": 0, "credit_count": 1},
    "data": {
        "7": {
            "id": 7,
            "name": "Seven \"7\"",
            "symbol": "SVN",
            "slug": "seven",
            "tags": [],
            "future_field": [1, {"a": "}"}],
            "cmc_rank": 3,
            "is_active": 1,
            "quote": {
                "USD": {
                    "price": 7.50e-8,
                    "market_cap": 100.00,
                    "market_cap_dominance": 0.10
                }
            }
        }
    }
})";

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cmcsim.XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::filesystem::path path;
};

SimFixture recorded_sim() {
  const TemporaryFolder folder;
  std::ofstream(folder.path / "v2_cryptocurrency_quotes_latest__by_id_7.json") << kRecorded;
  return SimFixture(quiet_options(), load_recordings(folder.path, 1));
}

std::string_view recorded_asset() {
  const auto begin = kRecorded.find("\"7\": {") + 5;
  const std::string_view end_of_asset = "\n        }";
  const auto end = kRecorded.find("\n        }\n    }") + end_of_asset.size();
  return kRecorded.substr(begin, end - begin);
}

}  // namespace

TEST_SUITE("cmcsim::recordings") {
  TEST_CASE("in US dollars an asset is its recorded bytes") {
    auto sim = recorded_sim();
    const auto parsed = sim.get("/v2/cryptocurrency/quotes/latest?id=7");
    CHECK(parsed.reply.body.find(recorded_asset()) != std::string::npos);
    CHECK(parsed.text("/data/7/name") == "Seven \"7\"");
  }

  TEST_CASE("another convert changes the key and the money, nothing else") {
    auto sim = recorded_sim();
    const auto parsed = sim.get("/v2/cryptocurrency/quotes/latest?id=7&convert=EUR,USD");
    CHECK(parsed.keys("/data/7/quote") == std::vector<std::string>{"EUR", "USD"});
    CHECK(parsed.reply.body.find(R"("future_field": [1, {"a": "}"}])") != std::string::npos);
    CHECK(parsed.reply.body.find("\"price\": 7.50e-8") != std::string::npos);
    CHECK(parsed.reply.body.find("\"market_cap\": 92.41") != std::string::npos);
    const std::string eur = parsed.json("/data/7/quote/EUR/market_cap_dominance");
    CHECK(eur == parsed.json("/data/7/quote/USD/market_cap_dominance"));
  }

  TEST_CASE("aux and v3 reshape recorded assets member by member") {
    auto sim = recorded_sim();
    const auto aux = sim.get("/v2/cryptocurrency/quotes/latest?id=7&aux=tags");
    CHECK(
        aux.keys("/data/7") ==
        std::vector<std::string>{"id", "name", "symbol", "slug", "tags", "future_field", "quote"});
    const auto v3 = sim.get("/v3/cryptocurrency/quotes/latest?id=7");
    CHECK(v3.text("/data/0/quote/0/symbol") == "USD");
    CHECK(v3.reply.body.find("\"price\": 7.50e-8") != std::string::npos);
  }

  TEST_CASE("price faults reach recorded assets") {
    auto sim = recorded_sim();
    (void)sim.control("POST", "faults", R"({"kind":"string_price","params":{"id":7}})");
    CHECK(sim.get("/v2/cryptocurrency/quotes/latest?id=7").text("/data/7/quote/USD/price") ==
          "7.50e-8");
  }

  TEST_CASE("a folder without coins and a file that is no answer are refused") {
    const TemporaryFolder folder;
    CHECK_THROWS_AS((void)load_recordings(folder.path, 1), std::runtime_error);
    std::ofstream(folder.path / "v1_cryptocurrency_map__x.json") << "{\"data\": [";
    CHECK_THROWS_AS((void)load_recordings(folder.path, 1), std::runtime_error);
  }

  TEST_CASE("every asset of the provider's own recordings comes back byte for byte") {
    const std::filesystem::path folder = CMCSIM_RECORDINGS;
    if (!std::filesystem::exists(folder)) {
      MESSAGE("skipped: no recordings at " << folder.string());
      return;
    }
    const Universe universe = load_recordings(folder, 1);
    std::string texts;
    for (const auto& text : universe.recorded_texts) texts += text;
    SimFixture sim(quiet_options(), load_recordings(folder, 1));
    std::size_t checked = 0;
    for (const Coin& coin : universe.coins) {
      if (coin.recorded_quotes.whole.empty()) continue;
      const auto id = std::to_string(coin.id);
      const auto parsed = sim.get("/v2/cryptocurrency/quotes/latest?id=" + id);
      const auto begin = parsed.reply.body.find("{\"" + id + "\":") + id.size() + 4;
      const auto asset = parsed.reply.body.substr(begin, parsed.reply.body.size() - begin - 2);
      CAPTURE(id);
      REQUIRE(asset == coin.recorded_quotes.whole);
      ++checked;
    }
    CHECK(checked == 1000);
    CHECK(texts.find(universe.by_id(1)->recorded_quotes.whole) != std::string::npos);
  }
}
