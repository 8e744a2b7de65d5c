// One question of a session on its way to the engine and back.
//
// Called on the session's loop. The answer comes there too, by Session::deliver(), even when nobody
// waits for it any more: a call keeps the loop it goes back to.
#pragma once

#include <memory>

#include "http/byte_pool.hpp"
#include "proxy/proxy.hpp"
#include "routing/admin.hpp"

namespace quotecached::http {

class Session;
struct SessionContext;

// `body_share` is held until the answer is there.
void ask_proxy(SessionContext& context,
               std::shared_ptr<Session> session,
               proxy::ClientRequest request,
               ByteShare body_share);

// What an operator's order needs to be answered.
void ask_later(SessionContext& context, std::shared_ptr<Session> session, routing::Later later);

}  // namespace quotecached::http
