// What one request for ids that no tier has costs the engine before its calls go out.
//
//   cold_ids_bench [--benchmark_filter=cold/1000]
//
// A request is served as the daemon does: keys, memory, chain, price, lanes and batches. Its calls
// are never made: the book waits for a reading of the plan that does not come.
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "pacing/spend_policy.hpp"
#include "provider/coinmarketcap.hpp"
#include "proxy/proxy.hpp"
#include "refill/refill.hpp"
#include "upstream/client.hpp"

namespace {

using namespace quotecached;
namespace asio = boost::asio;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

credit::Book::Options waiting() {
  credit::Book::Options options;
  options.stops_on_ledger_failure = false;
  options.first_reading = std::chrono::hours(1);
  return options;
}

upstream::Client::Options uncalled() {
  upstream::Client::Options options;
  options.base_url = "http://127.0.0.1:9";
  return options;
}

// All of the engine that a request passes through.
struct Engine {
  Engine()
      : chain(loop.get_executor(), {memory, {}}, {}, clock, Log()),
        client(must(upstream::Client::make(loop.get_executor(), uncalled(), Log()))),
        book({nullptr, policy, clock}, {}, waiting(), Log()),
        clients(book, {}, {}, clock),
        refill(
            loop.get_executor(), {chain, *client, book, dialect, forms, policy}, {}, clock, Log()),
        proxy(loop.get_executor(),
              {memory, chain, refill, book, clients, dialect, forms, policy, clock},
              {},
              Log()) {}

  asio::io_context loop;
  SystemClock clock;
  provider::CoinMarketCap dialect;
  provider::StatusForms forms{catalog::Catalogue::built_in().endpoints().size()};
  pacing::PublishedPolicy policy;
  cache::MemoryTier memory{{}};
  cache::Chain chain;
  std::unique_ptr<upstream::Client> client;
  credit::Book book;
  credit::ClientBook clients;
  refill::Refill refill;
  proxy::Proxy proxy;
};

proxy::ClientRequest request_for(int ids, const std::string& converts) {
  std::string target = "/v2/cryptocurrency/quotes/latest?convert=" + converts + "&id=1";
  for (int id = 2; id <= ids; ++id) target += "," + std::to_string(id);
  proxy::ClientRequest request;
  if (catalog::parse_target(catalog::Catalogue::built_in(), target, request.canonical))
    throw std::runtime_error("a request that is refused");
  return request;
}

void serve(benchmark::State& state, int ids, const std::string& converts) {
  for (auto round : state) {
    state.PauseTiming();
    auto engine = std::make_unique<Engine>();
    auto request = request_for(ids, converts);
    state.ResumeTiming();
    auto answer = engine->proxy.serve(std::move(request));
    asio::co_spawn(engine->loop, std::move(answer), asio::detached);
    engine->loop.poll();
    state.PauseTiming();
    if (engine->refill.counters().wanted == 0) state.SkipWithError("nothing was wanted");
    engine.reset();
    state.ResumeTiming();
  }
}

void add_benchmarks() {
  for (const int ids : {1, 100, 1000}) {
    for (const std::string converts : {"USD", "USD,EUR"}) {
      const auto name = "cold/" + std::to_string(ids) + "/" + converts;
      benchmark::RegisterBenchmark(name.c_str(), [ids, converts](benchmark::State& state) {
        serve(state, ids, converts);
      })->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace

int main(int count, char** arguments) try {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 64;
  add_benchmarks();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "cold_ids_bench: %s\n", e.what());
  return 1;
}
