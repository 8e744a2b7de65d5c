// An answer on its way to a thread that encodes it, and back.
//
// Called on the session's loop. The answer comes back there by Session::deliver_encoded(): encoded,
// or as it was when too many wait already or the server stops.
#pragma once

#include <memory>

#include "coding/coding.hpp"
#include "proxy/answer.hpp"

namespace quotecached::http {

class Session;
struct SessionContext;

// Requires: the context has an encoder.
void encode_later(SessionContext& context,
                  std::shared_ptr<Session> session,
                  coding::Coding coding,
                  proxy::Answer answer);

}  // namespace quotecached::http
