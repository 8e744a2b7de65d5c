// One question of a session on its way to the engine and back.
//
// Called on the session's loop. The answer comes there too, by Session::deliver(), even when nobody
// waits for it any more: a call keeps the loop it goes back to.
#pragma once

#include <memory>

#include "http/byte_pool.hpp"
#include "http/waiting_room.hpp"
#include "proxy/proxy.hpp"
#include "routing/router.hpp"

namespace quotecached::http {

class Session;
struct SessionContext;

// `body_share` and `place` are held until the answer is there.
void ask_proxy(SessionContext& context,
               std::shared_ptr<Session> session,
               proxy::ClientRequest request,
               ByteShare body_share,
               WaitingRoom::Place place);

// What an own route needs to answer.
void ask_later(SessionContext& context,
               std::shared_ptr<Session> session,
               routing::Work work,
               RequestTagPtr tag,
               ByteShare body_share,
               WaitingRoom::Place place);

}  // namespace quotecached::http
