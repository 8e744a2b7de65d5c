// Asks for quotes: requests made of them, shared by those who ask the same, and answers put
// together.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "quotecache/error.hpp"
#include "quotecache/quote.hpp"
#include "src/fleet.hpp"
#include "src/flights.hpp"
#include "src/loop.hpp"

namespace quotecache {

// Thread-safe. Ends what is under way with the object.
class QuoteDesk {
 public:
  using Callback = std::function<void(Result<Quotes>)>;

  QuoteDesk(const ClientOptions& options, std::vector<HttpServer> servers);
  ~QuoteDesk();

  [[nodiscard]] Result<Quotes> ask(const Ask& ask);
  // `callback` is called on the desk's loop, or here where there can be no loop.
  void ask(const Ask& ask, Callback callback);

  [[nodiscard]] Result<HttpAnswer> raw(const std::string& path);

 private:
  class Gathering;
  using Landed = std::function<void(Result<Quotes>)>;

  [[nodiscard]] SteadyTime deadline() const { return std::chrono::steady_clock::now() + timeout_; }
  [[nodiscard]] Result<Quotes> ask_one(const std::string& form);
  [[nodiscard]] Result<Quotes> ask_in_turn(const std::vector<std::string>& forms);
  [[nodiscard]] Result<Quotes> ask_together(const Ask& ask);
  void begin_one(Loop& loop, const std::string& form, SteadyTime deadline, Landed landed);
  [[nodiscard]] Result<std::shared_ptr<Loop>> loop();
  [[nodiscard]] bool is_on_loop();

  const milliseconds timeout_;
  const std::size_t max_connections_;
  Fleet fleet_;
  Flights flights_;
  std::mutex mutex_;
  bool is_closing_ = false;
  std::shared_ptr<Loop> loop_;  // ends before what it uses; made when it is needed
};

}  // namespace quotecache
