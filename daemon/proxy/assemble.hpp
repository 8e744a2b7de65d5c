// Puts an answer together from entries, or from a failure, in the provider's shape.
//
// Pure. Allocates nothing once the answer's buffers have grown: it is on the hot path.
#pragma once

#include <span>

#include "cache/entry.hpp"
#include "calling/failure.hpp"
#include "catalog/request.hpp"
#include "provider/dialect.hpp"
#include "proxy/answer.hpp"
#include "refill/pending.hpp"

namespace quotecached::proxy {

// How the provider would say it.
struct Wording {
  const provider::Dialect& dialect;
  const provider::StatusForms& forms;
};

enum class Assembled : std::uint8_t {
  Done,
  Unjoinable,  // entries of one asset, or of several, cannot be joined: they must be fetched anew
};

// The answer to `request` from `out.owners`: one entry per asset and convert, asset by asset, none
// null. Entries that say "unknown" are left out or refused, as skip_invalid asks. Sets body, age,
// max_age and etag; `cost` goes into the status.
Assembled assemble_assets(const Wording& wording,
                          const catalog::Request& request,
                          TimePoint now,
                          Credits cost,
                          Answer& out);

// The answer to a whole request from `out.owners[0]`.
void assemble_whole(TimePoint now, Credits cost, Answer& out);

// Whichever of the two the request is.
Assembled assemble(const Wording& wording,
                   const catalog::Request& request,
                   TimePoint now,
                   Credits cost,
                   Answer& out);

// A refusal in the shape of `endpoint` (null: the classic one).
void assemble_error(const Wording& wording,
                    const catalog::Endpoint* endpoint,
                    const provider::Refusal& refusal,
                    TimePoint now,
                    Answer& out);

// The same for a call that failed, or was not made.
void assemble_failure(const Wording& wording,
                      const catalog::Endpoint* endpoint,
                      const calling::Failure& failure,
                      TimePoint now,
                      Answer& out);

}  // namespace quotecached::proxy
