// Quotes from a running daemon, for programs.
//
//   auto client = quotecache::Client::make({});
//   if (!client) ...
//   const auto quote = client->quote(quotecache::Asset::symbol("BTC"));
//   if (quote) std::cout << quote->price.text << '\n';
//   else std::cerr << quote.error().message << '\n';
//
// Thread-safe: any number of threads may use one object, and should. Connections are kept open;
// asks of one process that are the same, and made at the same time, become one. All asks may be
// repeated without harm, and are where that helps; a call ends within Options::timeout. Nothing is
// thrown, not even where memory ends. Fork before there is a client, not after.
//
// Callbacks may do anything with this client and others, destroy them too. What they throw ends the
// program.
#pragma once

#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "quotecache/admin_client.hpp"
#include "quotecache/client_options.hpp"
#include "quotecache/error.hpp"
#include "quotecache/export.hpp"
#include "quotecache/health.hpp"
#include "quotecache/quote.hpp"
#include "quotecache/subscription.hpp"

namespace quotecache {

// An answer as it came, whatever its status but 502, 503 and 504, which are errors.
struct RawAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

// An answer as it came, whatever its status.
struct WholeAnswer {
  int status = 0;
  std::string head;  // the line of the status, then the fields, a line each, as they came
  std::string body;
};

class QUOTECACHE_API Client {
 public:
  using Options = ClientOptions;
  using Callback = std::function<void(Result<Quotes>)>;

  // Connects to nobody yet. Fails with Invalid on options it cannot use.
  [[nodiscard]] static Result<Client> make(const Options& options);
  // Asynchronous calls that are under way end with Unavailable; subscriptions go on. Callbacks have
  // been called when it returns; where it is destroyed in a callback of its own (or in one that a
  // callback of its own waits for), they are called after that.
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;

  // The price of one asset. Fails with NotFound where there is none, Ambiguous where several coins
  // share the symbol, and with why the asset could not be had.
  [[nodiscard]] Result<Quote> quote(const Asset& asset, std::string_view convert = "USD") const;

  // Any number of assets in any number of currencies, cut into as many requests as need be, which
  // go side by side. What cannot be had is listed beside the rows; fails where a request fails.
  [[nodiscard]] Result<Quotes> quotes(const Ask& ask) const;
  [[nodiscard]] Result<Quotes> quotes(std::span<const Asset> assets,
                                      std::span<const std::string> converts = {}) const;

  // Likewise without waiting. Where there is no memory for the future it is not valid().
  [[nodiscard]] std::future<Result<Quotes>> async_quotes(Ask ask) const;
  // The callback is called once, on a thread of the client's, where it must not block for long.
  // With an Error before this returns, where there is no thread or no memory for it.
  void async_quotes(Ask ask, Callback callback) const;

  // Tells of each change until the Subscription ends; reconnects, to another daemon where it must,
  // and goes on where it was. At most 2,000 rows (assets times currencies). Fails with Invalid.
  [[nodiscard]] Result<Subscription> subscribe(Ask ask, StreamHandler handler) const;
  // Likewise, and tells what cannot be had: an asset for now, any in a currency that the provider
  // does not know.
  [[nodiscard]] Result<Subscription> subscribe(Ask ask,
                                               StreamHandler handler,
                                               UnavailableHandler on_unavailable) const;

  // GET of a path and query of the daemon's, of the provider's too: "/v1/fiat/map". It is sent as
  // it is. Fails as the others where no answer comes. Requires: blanks, # and the like are
  // percent-encoded (else Invalid).
  [[nodiscard]] Result<RawAnswer> raw(const std::string& path) const;

  // Likewise, with the head, and of 502, 503 and 504 too: these are not tried again.
  [[nodiscard]] Result<WholeAnswer> whole(const std::string& path) const;

  // Whether the daemon is well, which is told without a token.
  [[nodiscard]] Result<Health> health() const;

  // What operators ask of the daemon at this place of Options::servers, over a connection of its
  // own. One thread at a time may use it.
  [[nodiscard]] Result<AdminClient> admin(std::size_t server = 0) const;

 private:
  struct State;
  explicit Client(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;
};

}  // namespace quotecache
