// A connection to one Redis server: pipelined, with deadlines. hiredis formats the commands and
// reads the replies; which reply belongs to which command is decided in pipeline.hpp.
//
// Connects (and enters: AUTH, SELECT) at the next use after a loss. A command that is not answered
// in time fails, and the connection goes with it: a late reply can never be taken for the answer to
// a later command. A server that answers with what is no reply, or without having been asked, loses
// the connection too. Speaks RESP2 only. Owned by one loop and used there only; must be destroyed
// before it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "base/types.hpp"
#include "redis/pipeline.hpp"
#include "redis/reply.hpp"
#include "redis/url.hpp"

namespace quotecached::redis {

namespace asio = boost::asio;

class Connection {
 public:
  struct Options {
    Address address;
    std::chrono::milliseconds connect_timeout{500};
    Bytes max_reply = mebibytes(64);
    std::size_t max_pending = 10'000;  // commands sent and not answered
  };
  using Command = redis::Command;

  // To the server that `url` names, entered with `password`; both are taken, see take_address(),
  // and stand for `options.address`. Does not connect yet. Fails with Invalid when the URL is not
  // one.
  static Result<std::unique_ptr<Connection>> make(asio::any_io_executor loop,
                                                  std::string& url,
                                                  std::string& password,
                                                  Options options);
  Connection(asio::any_io_executor loop, Options options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends the commands in one go; one reply each, in order. An error that Redis answers with is a
  // reply (Kind::Failure). Fails with Timeout, with Unavailable when there is no connection or it
  // is lost, with Exhausted when too much is pending.
  asio::awaitable<Result<Replies>> run(std::vector<Command> commands,
                                       std::chrono::milliseconds limit);

  [[nodiscard]] bool is_connected() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quotecached::redis
