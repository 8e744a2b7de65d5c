#include "trace/trace_reader.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::trace;
using namespace std::chrono_literals;

namespace {

const std::string kHead = "quotecached-trace 1 2026-11-01T00:00:00Z\n";

// All requests, and why reading ended; empty at the end of the trace.
struct Outcome {
  std::vector<TracedRequest> requests;
  std::string error;
};

Outcome read(const std::string& text) {
  std::istringstream in(text);
  Outcome outcome;
  auto reader = TraceReader::open(in);
  if (!reader) return {{}, reader.error().message};
  while (true) {
    auto request = reader->next();
    if (!request) outcome.error = request.error().message;
    if (!request || !*request) return outcome;
    outcome.requests.push_back(std::move(**request));
  }
}

}  // namespace

TEST_SUITE("trace::TraceReader") {
  TEST_CASE("what is written is read, with comments and empty lines skipped") {
    const std::vector<TracedRequest> requests = {
        {0ms, "/v2/cryptocurrency/quotes/latest?id=1,1027", ""},
        {1250ms, "/v1/cryptocurrency/listings/latest?limit=50&convert=EUR", "bot"},
        {1250ms, "/v1/key/info", ""},
        {400 * 24h, "/v2/simple/price?slug=bitcoin", "a1b2"}};
    std::string text = trace_head(TimePoint(1'793'491'200'000ms)) + "# by hand\n\n";
    for (const auto& request : requests) append_trace_line(text, request);
    const auto outcome = read(text);
    CHECK(outcome.error.empty());
    CHECK(outcome.requests == requests);
    std::istringstream in(text);
    CHECK(TraceReader::open(in)->start() == TimePoint(1'793'491'200'000ms));
  }

  TEST_CASE("the last line needs no end, and lines may end as on Windows") {
    CHECK(read(kHead + "5\t/a").requests == std::vector<TracedRequest>{{5ms, "/a", ""}});
    CHECK(read("quotecached-trace 1 2026-11-01T00:00:00Z\r\n5\t/a\r\n").requests ==
          std::vector<TracedRequest>{{5ms, "/a", ""}});
    CHECK(read(kHead).requests.empty());
    CHECK(read(kHead).error.empty());
  }

  TEST_CASE("a line of another form is named, and what stood before it was read") {
    struct Row {
      std::string line;
      std::string error;
    };
    const Row rows[] = {
        {"x\t/a", "line 3: must begin with milliseconds"},
        {"-1\t/a", "line 3: must begin with milliseconds"},
        {"1.5\t/a", "line 3: must begin with milliseconds"},
        {"34560000001\t/a", "line 3: must begin with milliseconds"},
        {"99999999999999999999\t/a", "line 3: must begin with milliseconds"},
        {"7 /a", "line 3: must begin with milliseconds"},
        {"\t/a", "line 3: must begin with milliseconds"},
        {"7", "line 3: the target must begin with '/'"},
        {"7\ta", "line 3: the target must begin with '/'"},
        {"7\t/a b", "line 3: the target must begin with '/'"},
        {"7\t/a\x01", "line 3: the target must begin with '/'"},
        {"7\t/\xc3\xa4", "line 3: the target must begin with '/'"},
        {"7\t/a\tb c", "line 3: after the target only a client's name"},
        {"7\t/a\tb\tc", "line 3: after the target only a client's name"},
        {"4\t/a", "line 3: is earlier than the line above"},
        {"7\t/" + std::string(kLongestTraceLine, 'a'), "line 3: longer than 65535 bytes"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.line.substr(0, 40));
      const auto outcome = read(kHead + "5\t/a\n" + row.line + "\n9\t/b\n");
      CHECK(outcome.requests.size() == 1);
      CHECK(outcome.error.find(row.error) == 0);
    }
  }

  TEST_CASE("a last line that was cut short is none") {
    for (const std::string cut : {"1", "12", "12\t"}) {
      CAPTURE(cut);
      const auto outcome = read(kHead + "5\t/a\n" + cut);
      CHECK(outcome.error.empty());
      CHECK(outcome.requests == std::vector<TracedRequest>{{5ms, "/a", ""}});
    }
  }

  TEST_CASE("what does not begin as a trace is none") {
    for (const auto* text : {"",
                             "\n",
                             "5\t/a\n",
                             "quotecached-trace 2 2026-11-01T00:00:00Z\n",
                             "quotecached-trace 1\n",
                             "quotecached-trace 1 today\n"}) {
      CAPTURE(text);
      CHECK(read(text).error.find("line 1: a trace begins with") == 0);
    }
  }

  TEST_CASE("the longest line is read") {
    const std::string target = "/" + std::string(kLongestTraceLine - 4, 'a');
    const auto outcome = read(kHead + "5\t" + target + "\n6\t/b\n");
    CHECK(outcome.error.empty());
    REQUIRE(outcome.requests.size() == 2);
    CHECK(outcome.requests[0].target == target);
  }
}
