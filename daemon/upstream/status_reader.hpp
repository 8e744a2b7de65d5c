// Reads what an upstream answer says about itself: its `status` object, and whether it is whole.
//
// Pure. An answer cut short never passes for a good one, even when its status came first and reads
// well: the structure of the whole body is walked. No value but the status' own is converted, so
// that numbers of any size pass.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/types.hpp"
#include "upstream/client.hpp"

namespace quotecached::upstream {

enum class Shape : std::uint8_t {
  Status,    // whole JSON with a status object
  NoStatus,  // whole JSON without one, or another media type that is no page for people
  Broken     // HTML, JSON that is cut short or malformed, or nothing at all
};

struct Status {
  Shape shape = Shape::Broken;
  std::int64_t error_code = 0;  // number or numeric string in the body; -1 for anything else
  std::string error_message;
  Credits credit_count;           // never negative
  bool has_credit_count = false;  // it is there, and a number
};

// `body` may grow in capacity (the parser reads a few bytes past the end), never in size.
Status read_status(std::string_view content_type, std::string& body);

// What the whole answer means; a body without a status object is Ok where the HTTP status is.
Verdict interpret(unsigned http_status, const Status& status) noexcept;

}  // namespace quotecached::upstream
