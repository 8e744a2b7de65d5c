// A connection to one Redis server: hiredis on the loop, pipelined, with the deadlines that hiredis
// does not have.
//
// Connects (and enters: AUTH, SELECT) at the next use after a loss. A command that is not answered
// in time fails, and the connection goes with it: a late reply can never be taken for the answer to
// a later command. Speaks RESP2 only. Owned by one loop and used there only; must be destroyed
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
#include "redis/url.hpp"

namespace quotecached::redis {

namespace asio = boost::asio;

struct Reply {
  enum class Kind : std::uint8_t { Nil, Integer, Text, Failure, Array };

  Kind kind = Kind::Nil;
  std::int64_t integer = 0;
  std::string text;  // of Text and Failure
  std::vector<Reply> elements;
};

class Connection {
 public:
  struct Options {
    Address address;
    std::chrono::milliseconds connect_timeout{500};
    Bytes max_reply = mebibytes(64);
    std::size_t max_pending = 10'000;  // commands sent and not answered
  };
  using Command = std::vector<std::string>;

  // From here on the process ignores SIGPIPE, unless it handles it: hiredis writes to sockets that
  // the server may have closed.
  Connection(asio::any_io_executor loop, Options options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends the commands in one go; one reply each, in order. An error that Redis answers with is a
  // reply (Kind::Failure). Fails with Timeout, with Unavailable when there is no connection or it
  // is lost, with Exhausted when too much is pending.
  asio::awaitable<Result<std::vector<Reply>>> run(std::vector<Command> commands,
                                                  std::chrono::milliseconds limit);

  [[nodiscard]] bool is_connected() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quotecached::redis
