// Moves the test clock, and tells when all that the move causes is over: so that a day or a month
// is gone through exactly, however fast.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "routing/admin.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

struct Parts;

// Moves the clock at once, does what is due by then, and waits until no refresh behind an answer,
// no batch, no call and no write behind is under way. On the engine's loop; moves may overlap. A
// move is one jump, as of a machine that slept: time that is to pass is moved on by a minute or
// less. Timers that do not go by the clock (the window of a batch, a lane held off) run as ever.
// Fails with Timeout when that takes longer than `move.within`, saying what is not over; the clock
// is moved all the same. A limit of 0 waits for nothing. Requires: the daemon has a test clock.
asio::awaitable<Result<std::string>> move_clock(Parts* parts, routing::ClockMove move);

}  // namespace quotecached::app
