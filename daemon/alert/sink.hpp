// Where alerts go: a webhook, a command.
//
// Used on the engine's loop only. A sink makes one try; queue and repetition are the Outbox's.
#pragma once

#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "alert/message.hpp"
#include "base/result.hpp"

namespace quotecached::alert {

namespace asio = boost::asio;

class Sink {
 public:
  virtual ~Sink() = default;

  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  // Fails when the message did not arrive, or may not have. Ends within a time limit of its own.
  virtual asio::awaitable<Result<void>> deliver(std::shared_ptr<const Message> message) = 0;
};

}  // namespace quotecached::alert
