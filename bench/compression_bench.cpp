// What sending answers in content codings costs and saves: bytes and CPU time of each coding and
// level, for bodies as the simulated provider has them.
//
//   compression_bench     prints a table in Markdown; needs cmcsim beside it
//
// CPU time is that of this thread, the least of several rounds. "kept" is what an encoded body that
// is kept costs: looking it up.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <time.h>

#include "coding/encode.hpp"
#include "coding/kept_bodies.hpp"
#include "support/sim.hpp"

namespace quotecached::bench {
namespace {

struct Sample {
  const char* name;
  std::string text;
};

// Of the first `count` assets in an answer of /map.
std::string ids(const std::string& map, int count) {
  constexpr std::string_view kBefore = "{\"id\":";
  std::string text;
  auto at = map.find(kBefore);
  for (int i = 0; i < count && at != std::string::npos; ++i) {
    at += kBefore.size();
    text += (i > 0 ? "," : "") + map.substr(at, map.find(',', at) - at);
    at = map.find(kBefore, at);
  }
  return text;
}

std::string body_of(const std::string& url) {
  test::HttpClient client;
  auto answer = client.get(url, {"X-CMC_PRO_API_KEY: bench"});
  if (answer.status != 200) throw std::runtime_error(url + ": " + answer.body + answer.error);
  return std::move(answer.body);
}

std::vector<Sample> samples() {
  test::Sim sim({.has_tls = false, .arguments = {"--coins", "6000", "--gzip", "off"}});
  const auto map = body_of(sim.base_url() + "/v1/cryptocurrency/map?limit=200");
  const auto quotes = sim.base_url() + "/v2/cryptocurrency/quotes/latest?id=";
  const auto listings = sim.base_url() + "/v1/cryptocurrency/listings/latest?limit=5000";
  return {{"1 asset", body_of(quotes + ids(map, 1))},
          {"20 assets", body_of(quotes + ids(map, 20))},
          {"100 assets", body_of(quotes + ids(map, 100))},
          {"listing of 5,000", body_of(listings)}};
}

double cpu_micros() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Of one call: the least mean of some rounds. Calls are made in batches that are long beside
// reading the clock.
template <class F>
double micros_of(const F& call) {
  constexpr double kRound = 40'000;
  constexpr double kBatch = 200;
  int batch = 1;
  double least = std::numeric_limits<double>::max();
  for (int round = 0; round < 6; ++round) {
    const auto begin = cpu_micros();
    int calls = 0;
    while (cpu_micros() - begin < kRound) {
      for (int i = 0; i < batch; ++i) call();
      calls += batch;
    }
    const auto mean = (cpu_micros() - begin) / calls;
    least = std::min(least, mean);
    batch = std::max(1, static_cast<int>(kBatch / mean));
  }
  return least;
}

std::string encoded(coding::Coding coding, int level, std::string_view text) {
  const std::string_view pieces[] = {text};
  auto body = coding::encode(coding, level, pieces);
  if (!body) throw std::runtime_error(body.error().message);
  return *std::move(body);
}

double micros_of_kept(coding::Coding coding, std::string body) {
  coding::KeptBodies kept(mebibytes(64));
  const coding::KeptBodies::Source source{std::make_shared<const int>(1), 0};
  kept.keep(source, coding, std::make_shared<const std::string>(std::move(body)));
  return micros_of([&] {
    if (!kept.find(source, coding)) throw std::runtime_error("not kept");
  });
}

void print_row(const std::vector<Sample>& samples, coding::Coding coding, int level) {
  std::printf("| %s %d |", std::string(name_of(coding)).c_str(), level);
  double kept = 0;
  for (const auto& sample : samples) {
    auto body = encoded(coding, level, sample.text);
    const auto micros = micros_of([&] { static_cast<void>(encoded(coding, level, sample.text)); });
    std::printf(" %zu | %.0f |", body.size(), micros);
    kept = micros_of_kept(coding, std::move(body));
  }
  std::printf(" %.2f |\n", kept);
  std::fflush(stdout);
}

void print_table(const std::vector<Sample>& samples) {
  std::printf("| coding, level |");
  for (const auto& sample : samples) std::printf(" %s: bytes | CPU µs |", sample.name);
  std::printf(" kept: CPU µs |\n|---|");
  for (std::size_t i = 0; i < samples.size(); ++i) std::printf("---:|---:|");
  std::printf("---:|\n| identity |");
  for (const auto& sample : samples) std::printf(" %zu | |", sample.text.size());
  std::printf(" |\n");
  for (const int level : {1, 2, 4, 6, 9}) print_row(samples, coding::Coding::Gzip, level);
  for (const int level : {2, 3, 4, 5, 9}) print_row(samples, coding::Coding::Brotli, level);
  for (const int level : {1, 2, 3, 6, 9, 12}) print_row(samples, coding::Coding::Zstd, level);
}

}  // namespace
}  // namespace quotecached::bench

int main() {
  try {
    quotecached::bench::print_table(quotecached::bench::samples());
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "compression_bench: %s\n", e.what());
    return 1;
  }
}
