// The `traceparent` header of W3C Trace Context: which trace a request is part of.
//
//   traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
//
// Pure. The reader is strict: what the standard calls invalid is as if it had not been sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quotecached {

struct TraceParent {
  std::string trace_id;     // 32 lower-case hexadecimal digits, not all of them 0
  bool is_sampled = false;  // whoever began the trace records it

  friend bool operator==(const TraceParent&, const TraceParent&) = default;
};

// Of a version that is not known what 00 has is read, and what stands behind that is not.
[[nodiscard]] std::optional<TraceParent> parse_traceparent(std::string_view text);

// The header's value for a request that is made because of this one. `span`: what names that
// request in its trace; 0 counts as 1, since 0 names none.
[[nodiscard]] std::string child_of(const TraceParent& parent, std::uint64_t span);

}  // namespace quotecached
