// Any bytes as a trace: nothing crashes, times never step back, and what was read reads the same
// when it is written again.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "trace/trace_reader.hpp"

namespace {

using namespace quotecached;

void expect(bool claim) {
  if (!claim) std::abort();
}

struct Trace {
  TimePoint start;
  std::vector<trace::TracedRequest> requests;
  bool is_whole = false;
};

std::optional<Trace> read(const std::string& text) {
  std::istringstream in(text);
  auto reader = trace::TraceReader::open(in);
  if (!reader) return std::nullopt;
  Trace trace{reader->start(), {}, false};
  milliseconds last{0};
  while (true) {
    auto next = reader->next();
    if (!next) return trace;
    if (!*next) break;
    expect((*next)->at >= last && (*next)->at <= trace::kLongestTrace);
    last = (*next)->at;
    trace.requests.push_back(**std::move(next));
  }
  trace.is_whole = true;
  return trace;
}

void check(const std::string& text) {
  const auto once = read(text);
  if (!once) return;
  std::string written = trace::trace_head(once->start);
  for (const auto& request : once->requests) trace::append_trace_line(written, request);
  const auto again = read(written);
  expect(again && again->is_whole && again->start == once->start);
  expect(again->requests == once->requests);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(text);
  check("quotecached-trace 1 2026-11-01T00:00:00Z\n" + text);
  return 0;
}
