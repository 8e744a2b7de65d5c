// What names a client's request wherever something is done or written down because of it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/trace_parent.hpp"

namespace quotecached {

struct RequestTag {
  std::string id;                    // is_request_id()
  std::optional<TraceParent> trace;  // that the client says it is part of

  [[nodiscard]] std::string trace_id() const { return trace ? trace->trace_id : std::string(); }
};
using RequestTagPtr = std::shared_ptr<const RequestTag>;  // null: of no client's request

[[nodiscard]] inline std::string id_of(const RequestTagPtr& tag) {
  return tag ? tag->id : std::string();
}
[[nodiscard]] inline std::string trace_id_of(const RequestTagPtr& tag) {
  return tag ? tag->trace_id() : std::string();
}

}  // namespace quotecached
