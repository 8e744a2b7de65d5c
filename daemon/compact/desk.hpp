// Answers asks for quotes: from memory on the caller's thread when all is fresh there, otherwise
// from the chain and, through the proxy, from the provider.
//
// What is bought is asked of the proxy as a client would ask the provider's own endpoint, so that
// coalescing, budgets, spend modes, ride-alongs, names and stale rules are those of every request.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/request_tag.hpp"
#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "compact/ask.hpp"
#include "compact/standing_rows.hpp"
#include "proxy/proxy.hpp"

namespace quotecached::compact {

namespace asio = boost::asio;

struct Shop;

// Which rows may be others than before: those of these assets, or any.
struct RowsFilled {
  std::vector<std::uint64_t> ids;
  bool are_any = false;  // a list was filed
};

// An ask on its way to the engine.
struct ClientAsk {
  std::shared_ptr<const Ask> ask;
  std::string client;           // token's name, empty in open mode
  bool only_if_cached = false;  // the provider is not to be asked
  RequestTagPtr tag = {};       // whose request it is; null: nobody's
};

class Desk {
 public:
  struct Options {
    // How long a client that has stale copies of all waits for the provider.
    std::chrono::milliseconds stale_patience{2000};
    // The most that the proxy takes for one request.
    std::chrono::milliseconds request_deadline{20000};
  };
  // All must outlive it.
  struct Parts {
    const catalog::Catalogue& catalogue;
    cache::MemoryTier& memory;
    cache::Chain& chain;
    proxy::Proxy& proxy;
    const Clock& clock;
  };

  // Before the loop runs.
  Desk(asio::any_io_executor loop, const Parts& parts, const Options& options, Log log);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Answers from memory if nothing is wanting. Any thread, no I/O. False: nothing was written to
  // `out`, serve() must be asked.
  [[nodiscard]] bool try_answer(const Ask& ask, proxy::Answer& out) const;

  // Answers whatever it takes. On the engine's loop only. Always comes back with an answer.
  asio::awaitable<proxy::Answer> serve(ClientAsk asked);

  // Brings into memory what the ask wants, as serve() does. Returns the assets that could not be
  // had in all of their currencies, and why.
  asio::awaitable<Unanswered> bring(ClientAsk asked);

  // What the ask would cost of the provider, without a cache. Any thread.
  [[nodiscard]] Credits list_price(const Ask& ask) const;

  // What an ask that led to these assets stands for: the requests by id that would buy them all.
  // None for what the catalogue refuses. Any thread.
  [[nodiscard]] std::vector<catalog::Request> as_of_provider(
      const Ask& ask, std::span<const std::uint64_t> ids) const;

  // One row as memory has it; nothing when it has no copy. Any thread.
  [[nodiscard]] std::optional<StandingRow> row(std::uint64_t id,
                                               std::string_view convert,
                                               const Fields& fields) const;
  // Where the assets of an ask stand, as memory knows it. `unavailable`: what bring() returned
  // last. Any thread.
  [[nodiscard]] Census census(const Ask& ask, Names names, Unanswered unavailable) const;
  // Called on the engine's loop as copies of rows are filed, once they can be read; returns soon.
  // To be said before the loop runs.
  void on_filled(std::function<void(const RowsFilled&)> observer);

  // No purchase goes on behind an answer. On the engine's loop only, as what follows.
  [[nodiscard]] bool is_idle() const noexcept;
  // Waits until none does; false when that takes longer than `limit`.
  asio::awaitable<bool> settle(std::chrono::milliseconds limit);
  // Ends them.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  std::shared_ptr<Shop> shop_;
};

}  // namespace quotecached::compact
