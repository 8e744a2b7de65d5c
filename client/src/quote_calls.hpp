// Asks for quotes: requests made of them, shared by those who ask the same, and answers put
// together.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "quotecache/error.hpp"
#include "quotecache/quote.hpp"
#include "src/async_ask.hpp"
#include "src/fleet.hpp"
#include "src/lazy_loop.hpp"
#include "src/loop.hpp"
#include "src/shared_requests.hpp"

namespace quotecache {

// Thread-safe. Made by make_shared: asynchronous calls own it too, and so may outlive the Client.
class QuoteCalls : public std::enable_shared_from_this<QuoteCalls> {
 public:
  using Callback = AsyncAsk::Callback;

  QuoteCalls(const ClientOptions& options, std::vector<HttpServer> servers);

  [[nodiscard]] Result<Quotes> ask(const Ask& ask, LazyLoop& loop);
  // `callback` is called on the loop, or here where there can be no loop.
  void ask(const Ask& ask, LazyLoop& loop, Callback callback) noexcept;

  [[nodiscard]] Result<HttpAnswer> raw(const std::string& path);
  // Of any status, with its head.
  [[nodiscard]] Result<HttpAnswer> whole(const std::string& path);

 private:
  using Done = std::function<void(Result<Quotes>)>;  // throws nothing

  // All that an ask needs memory for before it is handed to the loop.
  struct Prepared {
    std::shared_ptr<Loop> loop;
    std::shared_ptr<AsyncAsk> ask;
    Loop::Tasks begin;
  };

  [[nodiscard]] SteadyTime deadline() const { return std::chrono::steady_clock::now() + timeout_; }
  [[nodiscard]] Result<Quotes> ask_one(const std::string& form);
  [[nodiscard]] Result<Quotes> ask_in_turn(const Ask& ask, const std::vector<std::string>& forms);
  [[nodiscard]] Result<Quotes> ask_together(const Ask& ask, LazyLoop& loop);
  [[nodiscard]] Result<Prepared> prepare(const Ask& ask, LazyLoop& loop);
  void begin(Loop& loop, const std::shared_ptr<AsyncAsk>& ask, SteadyTime deadline) noexcept;
  void begin_one(Loop& loop, const std::string& form, SteadyTime deadline, Done done);

  const milliseconds timeout_;
  Fleet fleet_;
  SharedRequests requests_;
};

}  // namespace quotecache
