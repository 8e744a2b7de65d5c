// Decides what each request is: the provider's data, or one of the daemon's own routes.
//
// Immutable; any thread. What needs more than memory is not answered here: the caller asks the
// engine with engine_request(), or has `Exchange::work` done.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/request_tag.hpp"
#include "base/types.hpp"
#include "catalog/request.hpp"
#include "compact/desk.hpp"
#include "health/published_report.hpp"
#include "metrics/registry.hpp"
#include "pacing/spend_mode.hpp"
#include "provider/dialect.hpp"
#include "proxy/answer.hpp"
#include "proxy/proxy.hpp"
#include "routing/admin.hpp"
#include "routing/auth.hpp"
#include "routing/browser_guard.hpp"
#include "routing/own_routes.hpp"
#include "routing/request_head.hpp"
#include "stream/hub.hpp"

namespace quotecached::routing {

// Comes back with the answer; on the engine's loop. Told which request it is for.
using Work = std::function<asio::awaitable<proxy::Answer>(const RequestTagPtr&)>;

// An ask for quotes that was read, and what it was read from.
struct ReadAsk {
  std::string target;
  std::string accept;
  std::shared_ptr<const compact::Ask> ask;  // null: nothing that may be reused
};

// One request being answered, and what a connection remembers between requests. Reused.
struct Exchange {
  catalog::Request request;
  std::string parsed_target;  // what `request` was read from; empty: nothing that may be reused
  proxy::Answer answer;
  std::string_view extra_fields;      // header lines to add
  std::string_view client;            // the token's name
  std::uint32_t client_position = 0;  // in Router::client_names()
  std::uint32_t endpoint = 0;         // position in Router::endpoint_names()
  Credits list_price;                 // of what is asked, also when `request` was taken
  std::optional<std::size_t> folder;  // of own_folders(), when the path is in one
  bool is_own = false;                // answered by the daemon itself, not the provider's data
  bool is_stream = false;             // asks to listen, and may
  std::shared_ptr<const Auth> auth;   // that it began with; what is above it may point into it
  Auth::Credential credential;
  Rate rate;  // of the token
  ReadAsk quotes;
  Work work;                                     // what must be done before there is an answer
  std::unique_ptr<stream::Subscription> stream;  // of who asks to listen
};

class Router {
 public:
  // What requests are answered from. The references must outlive the router.
  struct Parts {
    const catalog::Catalogue& catalogue;
    proxy::Proxy& proxy;
    const provider::Dialect& dialect;
    const CurrentAuth& auth;
    const Clock& clock;
    metrics::Registry& metrics;
    const health::PublishedReport& health;
    AdminActions admin;
    // Whose mode answers tell of.
    const pacing::PublishedPolicy& policy;
    std::vector<std::string> hosts = {};  // domain names under which clients ask
    catalog::Unlisted unlisted = catalog::Unlisted::Refuse;
    compact::Desk* quotes = nullptr;  // null: there is no endpoint for quotes
    stream::Hub* stream = nullptr;    // null: nobody can listen to them
    std::string_view version = {};    // of the daemon; a literal
  };
  // Stream: the answer has a head alone, and the connection is a listener's once that is written.
  enum class Action : std::uint8_t { Answered, AskEngine, AskLater, Stream };

  explicit Router(Parts parts);

  // May the request be made? Decides all that its body does not matter for, so that a body need not
  // be taken for nothing. False: `exchange.answer` is the refusal. Requires: that is clear.
  [[nodiscard]] bool admit(const RequestHead& head, bool is_local_peer, Exchange& exchange) const;

  // Refuses what could not be read as a request, of which `received` is the beginning: what is too
  // large for us is refused in the words of whom it was meant for.
  void refuse_unread(std::string_view received, unsigned status, Exchange& exchange) const;

  // Fills `exchange.answer`, or says that the engine must be asked or `exchange.work` be done.
  // Requires: admitted.
  [[nodiscard]] Action answer(const RequestHead& head,
                              std::string_view body,
                              Exchange& exchange) const;

  // Both.
  [[nodiscard]] Action route(const RequestHead& head,
                             std::string_view body,
                             bool is_local_peer,
                             Exchange& exchange) const {
    exchange.answer.clear();
    return admit(head, is_local_peer, exchange) ? answer(head, body, exchange) : Action::Answered;
  }

  // Whether the request is a client's, who may be refused for the load, and whose waiters it joins.
  [[nodiscard]] static bool is_of_client(const Exchange& exchange) noexcept {
    return !exchange.folder || own_folders()[*exchange.folder].is_for_clients;
  }
  [[nodiscard]] Waiters waiters_of(const Exchange& exchange) const {
    return is_open() ? Waiters{} : Auth::waiters(exchange.credential);
  }
  // Refuses what answer() left to be done, since too much waits, or too much of that client's.
  void refuse_to_wait(Refuser why, Exchange& exchange) const;

  // The question for the engine. Requires: route() said AskEngine. Takes exchange.request.
  [[nodiscard]] proxy::ClientRequest engine_request(const RequestHead& head,
                                                    std::string&& body,
                                                    Exchange& exchange) const;

  [[nodiscard]] stream::Hub* stream() const noexcept { return parts_.stream; }
  [[nodiscard]] proxy::Proxy& proxy() const noexcept { return parts_.proxy; }
  // The header in which clients show their key.
  [[nodiscard]] std::string_view key_header() const noexcept { return parts_.dialect.key_header(); }
  [[nodiscard]] bool is_open() const noexcept { return parts_.auth.is_open(); }
  // Makes `auth` the present one; true: it was another.
  bool refresh(std::shared_ptr<const Auth>& auth) const { return parts_.auth.refresh(auth); }

  [[nodiscard]] pacing::SpendMode spend_mode() const noexcept { return parts_.policy.mode(); }
  // Credits left of the tightest cap; negative: there is none.
  [[nodiscard]] std::int64_t budget_left() const noexcept { return parts_.policy.budget_left(); }

  // The labels of requests in metrics: the catalogue's endpoints, then those of our own.
  [[nodiscard]] std::vector<std::string> endpoint_names() const;
  // The position in them that the answered exchange is counted under.
  [[nodiscard]] std::uint32_t counted_as(const Exchange& exchange) const noexcept {
    const auto* const told_by = exchange.answer.told_by;
    if (told_by == nullptr) return exchange.endpoint;
    return positions().first_teller +
           static_cast<std::uint32_t>(parts_.catalogue.index_of(*told_by));
  }
  // What these are called in usage, our own left out.
  [[nodiscard]] std::map<std::string, std::string, std::less<>> usage_names() const;
  // What an answered ask for quotes stands for, as requests by id of the provider's endpoint. None
  // where its names led to nothing.
  [[nodiscard]] std::vector<catalog::Request> as_of_provider(const Exchange& exchange) const;
  [[nodiscard]] std::vector<std::string> client_names() const {
    return parts_.auth.get()->client_names();
  }

 private:
  std::optional<catalog::RequestError> parse(std::string_view target, Exchange& exchange) const;
  // Each fills the answer when the request may not be made.
  void begin(Exchange& exchange) const;
  bool admit_asker(const RequestHead& head, Exchange& exchange) const;
  bool admit_provider(const RequestHead& head, Exchange& exchange) const;
  bool admit_client(const RequestHead& head, Exchange& exchange) const;
  bool admit_call(const RequestHead& head, Exchange& exchange) const;
  void refuse_for_load(Refuser why, std::string_view detail, Exchange& exchange) const;
  bool admit_own(const RequestHead& head, bool is_local_peer, Exchange& exchange) const;
  bool admit_operator(const RequestHead& head, bool is_local_peer, Exchange& exchange) const;
  bool admit_quotes(const RequestHead& head, Exchange& exchange) const;
  bool read_ask(const RequestHead& head, std::string_view form, Exchange& exchange) const;
  Action answer_quotes(const RequestHead& head, std::string_view form, Exchange& exchange) const;
  bool admit_stream(const RequestHead& head, Exchange& exchange) const;
  Action answer_stream(const RequestHead& head, Exchange& exchange) const;

  // In endpoint_names(), behind the catalogue's endpoints.
  struct Positions {
    std::uint32_t uncatalogued;
    std::uint32_t first_folder;  // of own_folders()
    std::uint32_t other;
    std::uint32_t first_teller;  // of the catalogue's endpoints, as tellers of quotes
  };
  [[nodiscard]] Positions positions() const noexcept;
  [[nodiscard]] OwnSources own_sources() const {
    return {parts_.admin,
            parts_.health,
            parts_.metrics,
            parts_.quotes != nullptr,
            parts_.stream != nullptr,
            parts_.version};
  }

  Parts parts_;
  BrowserGuard guard_;
};

}  // namespace quotecached::routing
