// Answers client requests: from memory on the caller's thread when all is fresh there, otherwise
// down the chain and upstream on the engine's loop.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/request_tag.hpp"
#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/request.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "pacing/spend_policy.hpp"
#include "provider/dialect.hpp"
#include "proxy/answer.hpp"
#include "refill/refill.hpp"

namespace quotecached::proxy {

namespace asio = boost::asio;

// A client's request as the proxy sees it. Move-only.
struct ClientRequest {
  catalog::Request canonical;
  std::string method = "GET";  // GET, HEAD or POST
  std::string body;            // of a POST
  std::string content_type;
  std::string client;           // token's name, empty in open mode
  RequestTagPtr tag;            // whose request it is part of; null: nobody's
  bool only_if_cached = false;  // upstream is not to be asked, not even behind the answer
  bool has_other_rows = false;  // it is part of an ask that is answered with others already
  // When it was handed to the engine.
  std::chrono::steady_clock::time_point handed_over = std::chrono::steady_clock::now();
};

class Forwarding;
class Life;
class OpenRequests;
class ParameterInquiry;
struct NameCounters;
struct PageCounters;

class Proxy {
 public:
  struct Options {
    // How long a client that has a stale copy to fall back to waits for upstream.
    std::chrono::milliseconds stale_patience{2000};
    // The most a client waits in all.
    std::chrono::milliseconds request_deadline{20000};
    bool forward_unknown = true;  // forward uncatalogued provider paths
    // The most asked for beyond what a client wants of a list, where it costs nothing.
    Bytes list_bytes = mebibytes(4);
    // A request that took longer is told to the log; 0: none is.
    std::chrono::milliseconds slow_request{5000};
    // How long it is believed what a symbol or slug leads to; 0: each name is asked for as such.
    milliseconds names{0};
  };

  // All must outlive it.
  struct Parts {
    cache::MemoryTier& memory;
    cache::Chain& chain;
    refill::Refill& refill;
    credit::Book& book;
    credit::ClientBook& clients;
    const provider::Dialect& dialect;
    const provider::StatusForms& forms;
    const pacing::PublishedPolicy& policy;
    const Clock& clock;
  };

  Proxy(asio::any_io_executor loop, Parts parts, Options options, Log log);

  // The hot path: answers from memory if every entry is there and fresh. Any thread, no lock held
  // on return, no I/O. False: nothing was written to `out`, serve() must be asked.
  [[nodiscard]] bool try_answer(const catalog::Request& request, Answer& out) const;

  // Answers whatever it takes. On the engine's loop only. Always comes back with an answer.
  asio::awaitable<Answer> serve(ClientRequest request);

  // Who looks in memory next finds all that the provider's answers have brought so far. On the
  // engine's loop only.
  void file_all();

  // Those that serve() is at, and why they had to be. Any thread.
  [[nodiscard]] const OpenRequests& open_requests() const noexcept { return *open_; }
  [[nodiscard]] OpenRequests& open_requests() noexcept { return *open_; }

  // No refresh runs behind an answer. On the engine's loop only, as what follows.
  [[nodiscard]] bool is_idle() const noexcept;
  // Waits until none does; false when that takes longer than `limit`.
  asio::awaitable<bool> settle(std::chrono::milliseconds limit);
  // What became of lists. Any thread.
  [[nodiscard]] const PageCounters& page_counters() const noexcept;
  // What became of names. Any thread.
  [[nodiscard]] const NameCounters& name_counters() const noexcept;

  // Ends the refreshes that run behind answers, and questions about parameters.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

  // Fills `out` with a refusal in the provider's shape. Any thread.
  void refuse(const catalog::Endpoint* endpoint,
              const provider::Refusal& refusal,
              Answer& out) const;

 private:
  Parts parts_;
  // Shared with the requests in progress.
  std::shared_ptr<ParameterInquiry> inquiry_;
  std::shared_ptr<Life> life_;
  std::shared_ptr<Forwarding> forwarding_;
  std::shared_ptr<OpenRequests> open_;
};

}  // namespace quotecached::proxy
