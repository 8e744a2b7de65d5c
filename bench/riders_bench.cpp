// What ride-alongs cost the engine: choosing them among all that is asked for, and taking apart an
// answer that is full of them.
//
//   riders_bench [--benchmark_filter=choose]
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/hash.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "refill/lane.hpp"
#include "refill/renewals.hpp"
#include "refill/split.hpp"

namespace {

using namespace quotecached;
using namespace std::chrono_literals;

constexpr std::size_t kKnown = 10'000;  // keys
const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

refill::LanePtr lane_by_id(const std::string& converts = "USD") {
  catalog::Request request;
  if (catalog::parse_target(catalog::Catalogue::built_in(),
                            "/v2/cryptocurrency/quotes/latest?id=1&convert=" + converts,
                            request))
    throw std::runtime_error("a request that is refused");
  return refill::lane_of(request);
}

// An asset as the provider sends it.
std::string asset_text(int id) {
  const auto name = std::to_string(id);
  return "{\"id\":" + name + ",\"name\":\"Coin " + name + "\",\"symbol\":\"C" + name +
         "\",\"slug\":\"coin-" + name +
         R"(","num_market_pairs":10800,"date_added":"2013-04-28T00:00:00.000Z","tags":[)"
         R"({"slug":"mineable","name":"Mineable","category":"OTHERS"},{"slug":"pow","name":"PoW",)"
         R"("category":"ALGORITHM"},{"slug":"store","name":"Store Of Value","category":"CATEGORY"}],)"
         R"("max_supply":21000000,"circulating_supply":19480681,"total_supply":19480681,)"
         R"("is_active":1,"infinite_supply":false,"platform":null,"cmc_rank":1,"is_fiat":0,)"
         R"("self_reported_circulating_supply":null,"self_reported_market_cap":null,)"
         R"("tvl_ratio":null,"last_updated":"2026-11-01T00:00:00.000Z","quote":{"USD":{"price":)"
         R"(26234.861038,"volume_24h":14072816137.58,"volume_change_24h":-3.91,)"
         R"("percent_change_1h":0.1,"percent_change_24h":1.68,"percent_change_7d":2.1,)"
         R"("percent_change_30d":-10.5,"percent_change_60d":-13.9,"percent_change_90d":0.9,)"
         R"("market_cap":511073154892.5,"market_cap_dominance":48.98,)"
         R"("fully_diluted_market_cap":550932081802.4,"tvl":null,)"
         R"("last_updated":"2026-11-01T00:00:00.000Z"}}})";
}

std::string answer_of(int assets) {
  std::string body = R"({"status":{"timestamp":"2026-11-01T00:00:00.000Z","error_code":0,)"
                     R"("error_message":null,"elapsed":1,"credit_count":1,"notice":null},"data":{)";
  for (int id = 1; id <= assets; ++id) {
    if (id > 1) body += ',';
    body += '"' + std::to_string(id) + "\":" + asset_text(id);
  }
  return body + "}}";
}

// Asked for by Zipf's law within the last hour, with copies of all ages.
void make_known(refill::Renewals& renewals, const refill::LanePtr& lane) {
  const auto width = lane->keys_per_asset();
  cache::Entry copy;
  copy.fragment.text.assign(1'000, 'x');
  for (std::size_t at = 0; at < kKnown; ++at) {
    const auto id = static_cast<int>(at / width) + 1;
    const auto name = std::to_string(id);
    copy.fetched_at = kNow - std::chrono::seconds(id * 7919 % 3600);
    copy.fresh_until = copy.fetched_at + 60s;
    const auto key = refill::key_of(*lane, name, at % width);
    const auto asked_at = kNow - std::chrono::seconds(id * 104729 % 3600);
    renewals.note_asked(lane, name, at % width, key, copy, asked_at);
    const auto hash = hash64(key);
    renewals.note_hits({&hash, 1}, 100'000.0 / id, kNow - 1s);
  }
}

void choose(benchmark::State& state) {
  const auto lane = lane_by_id(state.range(0) == 1 ? "USD" : "USD,EUR");
  refill::Renewals renewals({.names = std::chrono::hours(1)});
  make_known(renewals, lane);
  const auto is_busy = [](std::string_view) { return false; };
  for (auto round : state) {
    auto riders = renewals.riders(lane, 99, is_busy, kNow);
    if (riders.size() != 99) state.SkipWithError("too few riders");
    benchmark::DoNotOptimize(riders);
  }
}

void keep(benchmark::State& state) {
  refill::Renewals renewals({.names = std::chrono::hours(1)});
  make_known(renewals, lane_by_id());
  for (auto round : state) {
    auto kept = renewals.unspelled(TimePoint{});
    benchmark::DoNotOptimize(kept);
  }
}

void take_apart(benchmark::State& state) {
  const auto assets = static_cast<int>(state.range(0));
  const auto lane = lane_by_id();
  const auto body = answer_of(assets);
  std::vector<std::string> names;
  for (int id = 1; id <= assets; ++id) names.push_back(std::to_string(id));
  const refill::Timing timing{kNow, {.names = std::chrono::hours(1)}, 0, {}};
  for (auto round : state) {
    auto split = refill::split_answer(*lane, names, body, timing);
    if (!split || split->entries.size() != names.size()) state.SkipWithError("not taken apart");
    benchmark::DoNotOptimize(split);
  }
}

BENCHMARK(choose)->Arg(1)->Arg(2)->Unit(benchmark::kMicrosecond);
BENCHMARK(keep)->Unit(benchmark::kMicrosecond);
BENCHMARK(take_apart)->Arg(1)->Arg(100)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
