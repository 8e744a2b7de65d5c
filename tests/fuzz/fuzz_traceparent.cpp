// Any bytes as a traceparent field: reading never crashes, what is read is a trace, and a child of
// it reads as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/request_id.hpp"
#include "base/trace_parent.hpp"

using namespace quotecached;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = parse_traceparent(text);
  if (read) {
    require(read->trace_id.size() == 32 && text.find(read->trace_id) == 3);
    require(read->trace_id.find_first_not_of("0123456789abcdef") == std::string_view::npos);
    require(parse_traceparent(child_of(*read, size)) == *read);
  }
  if (is_request_id(text)) require(!text.empty() && size <= kLongestRequestId);
  return 0;
}
