// The listeners of the simulator.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "simulator.hpp"

namespace cmcsim {

// Throws std::runtime_error when a file cannot be used.
[[nodiscard]] std::shared_ptr<boost::asio::ssl::context> make_tls(const std::string& cert_file,
                                                                  const std::string& cert_key_file);

// Listens on `ADDRESS:PORT` and accepts for as long as the loop runs. Returns the address that was
// bound, as text. `simulator` outlives the loop; `tls` is null for plain HTTP. Throws
// std::invalid_argument for text that is no address, std::runtime_error when it cannot be bound.
std::string listen(boost::asio::io_context& loop,
                   const std::string& address,
                   Simulator* simulator,
                   std::shared_ptr<boost::asio::ssl::context> tls);

}  // namespace cmcsim
