// Any bytes as a stream of events: the same however they are cut, and nothing crashes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "src/quotes_json.hpp"
#include "src/sse.hpp"
#include "src/stream_rows.hpp"

namespace {

using namespace quotecache;

std::string text_of(const std::vector<SseEvent>& events) {
  std::string text;
  for (const auto& event : events) text += event.name + '\1' + event.data + '\1' + event.id + '\2';
  return text;
}

std::string read(std::string_view first, std::string_view rest) {
  SseParser parser;
  std::vector<SseEvent> events;
  if (parser.read(first, events)) (void)parser.read(rest, events);
  return text_of(events);
}

void use(std::string_view bytes) {
  SseParser parser;
  StreamRows rows;
  std::vector<SseEvent> events;
  (void)parser.read(bytes, events);
  for (auto& event : events) {
    if (const auto quote = read_stream_quote(event.data, {}))
      (void)rows.judge(*quote, event.data, {});
    (void)read_gone(event.data);
    (void)read_lists(event.data);
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : data[0] % (size + 1);
  if (read(bytes, {}) != read(bytes.substr(0, cut), bytes.substr(cut))) std::abort();
  use(bytes);
  return 0;
}
