#include "usage/trace_recorder.hpp"

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "support/small_files.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"
#include "trace/trace_reader.hpp"

using namespace quotecached;
using namespace quotecached::test;
using namespace quotecached::usage;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kStart{1'793'491'200'000ms};

catalog::Request request_of(const std::string& target) {
  static const auto kCatalogue = catalog::Catalogue::built_in();
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(kCatalogue, target, request));
  return request;
}

std::vector<trace::TracedRequest> read(const std::filesystem::path& path) {
  std::ifstream in(path);
  auto reader = trace::TraceReader::open(in);
  REQUIRE(reader);
  std::vector<trace::TracedRequest> requests;
  while (true) {
    auto request = reader->next();
    REQUIRE(request);
    if (!*request) return requests;
    requests.push_back(std::move(**request));
  }
}

struct Bed {
  TempDir dir;
  MovableClock clock{kStart};

  [[nodiscard]] std::string path() const { return (dir / "requests.trace").string(); }
  std::unique_ptr<TraceRecorder> start(Bytes max_bytes = mebibytes(1),
                                       Bytes waiting = mebibytes(1)) {
    auto recorder = TraceRecorder::start({path(), max_bytes, waiting}, clock, Log());
    REQUIRE(recorder);
    return std::move(*recorder);
  }
};

}  // namespace

TEST_SUITE("usage::TraceRecorder") {
  TEST_CASE("writes requests in canonical form, with their times, and clients as a hash") {
    Bed bed;
    auto recorder = bed.start();
    auto& buffer = recorder->add_buffer();
    bed.clock.advance(1250ms);
    buffer.add(request_of("/v2/cryptocurrency/quotes/latest?symbol=eth,btc&CMC_PRO_API_KEY=secret"),
               "bot");
    buffer.add(request_of("/v1/cryptocurrency/listings/latest?limit=50"), "bot");
    bed.clock.advance(1s);
    buffer.add(request_of("/v9/something?CMC_PRO_API_KEY=secret&x=1"), "");
    recorder->flush();
    CHECK(recorder->totals().written == 3);
    const auto requests = read(bed.path());
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].at == 1250ms);
    CHECK(requests[0].target ==
          "/v2/cryptocurrency/quotes/latest?symbol=ETH,BTC&skip_invalid=true");
    CHECK(requests[0].client.size() == 16);
    CHECK(requests[1].client == requests[0].client);
    CHECK(requests[1].target == "/v1/cryptocurrency/listings/latest?limit=50");
    CHECK(requests[2] == trace::TracedRequest{2250ms, "/v9/something?x=1", ""});
    const auto text = read_file(bed.path());
    CHECK(text.find("secret") == std::string::npos);
    CHECK(text.find("bot") == std::string::npos);
  }

  TEST_CASE("puts the lines of several threads in order, and none before one that is written") {
    Bed bed;
    auto recorder = bed.start();
    auto& one = recorder->add_buffer();
    auto& other = recorder->add_buffer();
    bed.clock.advance(2s);
    one.add(request_of("/v1/key/info"), "");
    bed.clock.advance(-1s);
    other.add(request_of("/v1/fiat/map"), "");
    recorder->flush();
    bed.clock.advance(500ms);
    other.add(request_of("/v1/fiat/map"), "");  // of a moment that was passed
    recorder->flush();
    const auto requests = read(bed.path());
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].at == 1s);
    CHECK(requests[1].at == 2s);
    CHECK(requests[2].at == 2s);
  }

  TEST_CASE("the file is bounded: half of it makes way for a new one") {
    Bed bed;
    auto recorder = bed.start(Bytes{2000});
    auto& buffer = recorder->add_buffer();
    for (int i = 0; i < 400; ++i) {
      bed.clock.advance(1s);
      buffer.add(request_of("/v1/fiat/map?limit=" + std::to_string(i + 1)), "");
    }
    recorder->flush();
    CHECK(recorder->totals().written == 400);
    const auto size = [](const std::string& path) { return std::filesystem::file_size(path); };
    CHECK(size(bed.path()) + size(bed.path() + ".1") < 2200);
    CHECK(read(bed.path()).back().target == "/v1/fiat/map?limit=400");
    const auto before = read(bed.path() + ".1");
    REQUIRE_FALSE(before.empty());
    CHECK(before.size() < 60);
  }

  TEST_CASE("a start begins anew and keeps the one before; an end writes what waits") {
    Bed bed;
    {
      auto recorder = bed.start();
      recorder->add_buffer().add(request_of("/v1/fiat/map"), "");
    }
    CHECK(read(bed.path()).size() == 1);
    auto recorder = bed.start();
    CHECK(read(bed.path()).empty());
    CHECK(read(bed.path() + ".1").size() == 1);
  }

  TEST_CASE("what finds no room is lost and counted") {
    Bed bed;
    auto recorder = bed.start(mebibytes(1), Bytes{300});
    auto& buffer = recorder->add_buffer();
    for (int i = 0; i < 100; ++i) buffer.add(request_of("/v1/fiat/map"), "");
    recorder->flush();
    CHECK(recorder->totals().written > 0);
    CHECK(recorder->totals().written < 10);
    CHECK(recorder->totals().written + recorder->totals().lost == 100);
    buffer.add(request_of("/v1/fiat/map"), "");  // there is room again
    const auto written = recorder->totals().written.load();
    recorder->flush();
    CHECK(recorder->totals().written == written + 1);
  }

  TEST_CASE("a request whose line nobody could read is lost and counted") {
    Bed bed;
    auto recorder = bed.start();
    auto& buffer = recorder->add_buffer();
    buffer.add(request_of("/v1/cryptocurrency/listings/latest?limit=20"), "");
    catalog::Request longest;
    longest.forward_target = "/v9/" + std::string(trace::kLongestTraceLine, 'x');
    buffer.add(longest, "");
    buffer.add(request_of("/v1/cryptocurrency/listings/latest?limit=50"), "");
    recorder->flush();
    CHECK(recorder->totals().written == 2);
    CHECK(recorder->totals().lost == 1);
    CHECK(read(bed.path()).size() == 2);
  }

  TEST_CASE("a file that cannot be begun is told, one that fails later ends the trace") {
    Bed bed;
    const auto none =
        TraceRecorder::start({(bed.dir / "no" / "such.trace").string()}, bed.clock, Log());
    REQUIRE_FALSE(none);
    CHECK(none.error().code == ErrorCode::Unavailable);
    CHECK(none.error().message.find("such.trace") != std::string::npos);
    CHECK_FALSE(TraceRecorder::start({bed.dir.path().string()}, bed.clock, Log()));
    auto recorder = bed.start();
    auto& buffer = recorder->add_buffer();
    const SmallFiles limit(200);
    for (int i = 0; i < 100; ++i) buffer.add(request_of("/v1/fiat/map"), "");
    recorder->flush();
    buffer.add(request_of("/v1/fiat/map"), "");
    recorder->flush();
    CHECK(recorder->totals().lost > 0);
  }

  TEST_CASE("many threads at once lose nothing and are written by themselves") {
    Bed bed;
    auto recorder = bed.start(mebibytes(64));
    constexpr int kEach = 2000;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&buffer = recorder->add_buffer()] {
        const auto request = request_of("/v2/cryptocurrency/quotes/latest?id=1");
        for (int n = 0; n < kEach; ++n) buffer.add(request, "client");
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wait_until([&] { return recorder->totals().written == 4 * kEach; }));
    CHECK(read(bed.path()).size() == 4 * kEach);
  }
}
