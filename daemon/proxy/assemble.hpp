// Puts an answer together from entries, or from a failure, in the provider's shape.
//
// Pure. Allocates nothing once the answer's buffers have grown: it is on the hot path.
#pragma once

#include <span>

#include "cache/entry.hpp"
#include "catalog/request.hpp"
#include "proxy/answer.hpp"
#include "refill/pending.hpp"

namespace quotecached::proxy {

enum class Assembled : std::uint8_t {
  Done,
  Unjoinable,  // entries of one asset, or of several, cannot be joined: they must be fetched anew
};

// The answer to `request` from `out.owners`: one entry per asset and convert, asset by asset, none
// null. Entries that say "unknown" are left out or refused, as skip_invalid asks. Sets body, age,
// max_age and etag; `cost` goes into status.credit_count.
Assembled assemble_assets(const catalog::Request& request,
                          TimePoint now,
                          Credits cost,
                          Answer& out);

// The answer to a whole request from `out.owners[0]`.
void assemble_whole(TimePoint now, Credits cost, Answer& out);

// Whichever of the two the request is.
Assembled assemble(const catalog::Request& request, TimePoint now, Credits cost, Answer& out);

// An error in the shape of `endpoint` (null: the classic one).
void assemble_error(const catalog::Endpoint* endpoint,
                    unsigned http_status,
                    std::int64_t error_code,
                    std::string_view message,
                    TimePoint now,
                    Answer& out);

}  // namespace quotecached::proxy
