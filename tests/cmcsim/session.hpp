// One client connection: reads requests, has the simulator answer them, delivers the replies.
#pragma once

#include <cstdint>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "simulator.hpp"

namespace cmcsim {

// Serves until either side closes. `simulator` outlives the loop; `tls` is null for plain HTTP.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket,
                                              Simulator* simulator,
                                              std::shared_ptr<boost::asio::ssl::context> tls);

}  // namespace cmcsim
