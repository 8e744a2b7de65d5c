// How a reply leaves over one connection, with the transport faults that hit it.
//
// Heads are written by hand, not by Beast, since broken lengths and cut bodies are the point.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "simulator.hpp"

namespace cmcsim {

namespace asio = boost::asio;
using TcpStream = boost::beast::tcp_stream;

struct ReplyForm {
  bool keep_alive = true;
  bool may_gzip = false;
  bool is_head = false;
};

// The bytes of a reply: its head says `body.size()` whatever part of the body is sent.
struct WireReply {
  std::string head, body;
};
[[nodiscard]] WireReply wire_reply(SimReply& reply, ReplyForm form);

asio::awaitable<void> pause(std::chrono::microseconds duration);

// Waits until the faults are cleared or the peer closes. Both outlive the wait.
asio::awaitable<void> hang(TcpStream* tcp, const Simulator* simulator);

// Closes with a TCP reset.
void reset(TcpStream& tcp);

}  // namespace cmcsim
