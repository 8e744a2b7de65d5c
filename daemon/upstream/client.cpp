#include "upstream/client.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "base/on_exit.hpp"
#include "upstream/base_url.hpp"
#include "upstream/multi.hpp"
#include "upstream/transfer.hpp"

namespace quotecached::upstream {
namespace {

Result<void> check(const Client::Options& options) {
  if (!std::ranges::all_of(options.secret_headers, is_header))
    return fail(ErrorCode::Invalid, "secret header: not a header");
  if (options.max_connections < 1)
    return fail(ErrorCode::Invalid, "max_connections: fewer than one");
  if (options.timeout.count() < 1 || options.connect_timeout.count() < 1 ||
      options.stall_timeout.count() < 1)
    return fail(ErrorCode::Invalid, "timeout: not above zero");
  if (options.max_body.count < 1) return fail(ErrorCode::Invalid, "max_body: not above zero");
  return {};
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

}  // namespace

// Shared by the client and its calls in flight, so that either may go first.
struct Client::State {
  State(asio::any_io_executor executor, Options given, BaseUrl address, Log out)
      : loop(std::move(executor)),
        options(std::move(given)),
        base(std::move(address)),
        log(std::move(out)) {}
  ~State() {
    for (auto& line : options.secret_headers) explicit_bzero(line.data(), line.size());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  bool start(Transfer& transfer) {
    if (!multi || !multi->add(transfer.easy(), transfer)) return false;
    in_flight.insert(&transfer);
    return true;
  }

  // The call is over, whichever way.
  void finish(Transfer& transfer) {
    if (in_flight.erase(&transfer) == 0) return;
    if (!transfer.has_ended()) multi->remove(transfer.easy());
    calls.fetch_add(1, std::memory_order_relaxed);
  }

  void close() {
    for (Transfer* transfer : in_flight) {
      if (transfer->has_ended()) continue;
      multi->remove(transfer->easy());
      transfer->abort();
    }
    multi.reset();
  }

  void count(const Transfer& transfer) {
    const auto opened = static_cast<std::uint64_t>(transfer.connections_opened());
    connections_opened.fetch_add(opened, std::memory_order_relaxed);
    if (!transfer.outcome()) return;
    if (opened == 0) reused.fetch_add(1, std::memory_order_relaxed);
    if (transfer.is_http2()) http2.fetch_add(1, std::memory_order_relaxed);
  }

  void tell(const Request& request, const Fetched& result) const {
    const auto path = path_of(request.target);
    if (!result) {
      log.debug("upstream_call_failed", {{"path", path}, {"error", result.error().message}});
      return;
    }
    log.debug("upstream_call",
              {{"path", path},
               {"http_status", result->http_status},
               {"bytes", result->body.size()},
               {"milliseconds", result->took.count()}});
  }

  asio::any_io_executor loop;
  Options options;
  BaseUrl base;
  Log log;
  std::shared_ptr<Multi> multi;  // null once closed
  std::unordered_set<Transfer*> in_flight;
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> connections_opened{0};
  std::atomic<std::uint64_t> reused{0};
  std::atomic<std::uint64_t> http2{0};

  static asio::awaitable<Fetched> run(std::shared_ptr<State> state, Request request);
  static asio::awaitable<Fetched> call(std::shared_ptr<State> state, Request request);
};

namespace {

tl::unexpected<TransportError> lost(Error error, bool was_sent) {
  TransportError loss{std::move(error), was_sent};
  return tl::unexpected<TransportError>(std::move(loss));
}

}  // namespace

asio::awaitable<Fetched> Client::State::call(std::shared_ptr<State> state, Request request) {
  Transfer transfer(state->loop, state->options);
  auto prepared = transfer.prepare(state->base, request);
  if (!prepared) co_return lost(std::move(prepared.error()), false);
  const auto asked_at = std::chrono::steady_clock::now();
  // Out of the multi, also when the call is cancelled.
  const OnExit ended([&state, &transfer] { state->finish(transfer); });
  if (!state->start(transfer))
    co_return lost({ErrorCode::Unavailable, "upstream: the client was stopped"}, false);
  co_await transfer.wait();
  if (!transfer.has_ended())
    co_return lost({ErrorCode::Unavailable, "upstream: cancelled"}, transfer.was_sent());
  state->count(transfer);
  auto outcome = transfer.outcome();
  if (!outcome) co_return lost(std::move(outcome.error()), transfer.was_sent());
  Response response = transfer.take_response();
  response.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - asked_at);
  co_return response;
}

asio::awaitable<Fetched> Client::State::run(std::shared_ptr<State> state, Request request) {
  auto result = co_await call(state, request);
  state->tell(request, result);
  co_return result;
}

Result<std::unique_ptr<Client>> Client::make(asio::any_io_executor loop, Options options, Log log) {
  auto checked = check(options);
  if (!checked) return std::move(checked).failure("upstream");
  auto base = BaseUrl::parse(options.base_url);
  if (!base) return std::move(base).failure("upstream");
  const long max_connections = options.max_connections;
  auto state = std::make_shared<State>(loop, std::move(options), std::move(*base), std::move(log));
  state->multi = Multi::make(std::move(loop), max_connections);
  if (!state->multi) return fail(ErrorCode::Unavailable, "upstream: libcurl does not start");
  return std::unique_ptr<Client>(new Client(std::move(state)));
}

Client::Client(std::shared_ptr<State> state) : state_(std::move(state)) {}

Client::~Client() { close(); }

void Client::close() { state_->close(); }

asio::awaitable<Fetched> Client::fetch(Request request) {
  return State::run(state_, std::move(request));
}

Client::Totals Client::totals() const {
  Totals totals;
  totals.calls = state_->calls.load(std::memory_order_relaxed);
  totals.connections_opened = state_->connections_opened.load(std::memory_order_relaxed);
  totals.reused = state_->reused.load(std::memory_order_relaxed);
  totals.http2 = state_->http2.load(std::memory_order_relaxed);
  return totals;
}

}  // namespace quotecached::upstream
