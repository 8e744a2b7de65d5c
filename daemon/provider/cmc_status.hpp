// Reads what an answer says about itself: its `status` object, and whether it is whole; and what
// that means.
//
// Pure. An answer cut short never passes for a good one, even when its status came first and reads
// well: the structure of the whole body is walked. No value but the status' own is converted, so
// that numbers of any size pass.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/types.hpp"
#include "ledger/closure.hpp"
#include "provider/reading.hpp"
#include "provider/status_form.hpp"

namespace quotecached::provider::cmc {

enum class Shape : std::uint8_t {
  Status,    // whole JSON with a status object
  NoStatus,  // whole JSON without one, or another media type that is no page for people
  Broken     // HTML, JSON that is cut short or malformed, or nothing at all
};

struct Status {
  Shape shape = Shape::Broken;
  std::int64_t error_code = 0;    // number or numeric string in the body; -1 for anything else
  std::string error_message;      // without a status: what an error says in `message`
  Credits credit_count;           // never negative
  bool has_credit_count = false;  // it is there, and a number
  StatusForm form{false, false, StatusForm::Notice::Absent};
};

// `body` may grow in capacity (the parser reads a few bytes past the end), never in size.
Status read_status(std::string_view content_type, std::string& body);

// The status of a body that begins with it, without a look at what follows; empty when it does not,
// when it is long, or when it is not well-formed.
std::optional<Status> read_first_status(std::string_view body);

// What the whole answer means; a body without a status object is Ok where the HTTP status is.
Verdict verdict_of(unsigned http_status, const Status& status) noexcept;

// The same by what decides it. `error_code` and `has_status` come from the body.
Verdict classify(unsigned http_status, bool has_status, std::int64_t error_code) noexcept;

// What an error code closes. 1006 refuses one endpoint and closes nothing.
std::optional<ledger::Closure> closure_of(std::int64_t error_code) noexcept;

// The answer's error code; where it has none that closes anything and its HTTP status does, the
// code which that stands for: 401 and 402 refuse the key, 429 closes the minute. So they do as the
// error code of an answer that came with a success.
std::int64_t closing_code(Verdict verdict, unsigned http_status, std::int64_t error_code) noexcept;

}  // namespace quotecached::provider::cmc
