#include "quotecache/client.hpp"

#include <algorithm>
#include <utility>

#include "src/ask_form.hpp"
#include "src/documents.hpp"
#include "src/failure.hpp"
#include "src/fleet.hpp"
#include "src/guard.hpp"
#include "src/lazy_loop.hpp"
#include "src/quote_calls.hpp"
#include "src/stream.hpp"

namespace quotecache {
namespace {

constexpr std::size_t kMostStreams = 4'096;
constexpr std::size_t kLongestPath = 16'000;

bool is_path(const std::string& text) {
  return text.starts_with('/') && text.size() <= kLongestPath &&
         std::all_of(
             text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~' && c != '#'; });
}

std::string names_of(const std::vector<Candidate>& candidates) {
  std::string names;
  for (const auto& one : candidates) {
    if (!names.empty()) names += ", ";
    names += std::to_string(one.id) + " (" + one.slug + ")";
  }
  return names;
}

// Of an ask for one asset: its only row, or why there is none.
Result<Quote> only_row(Quotes quotes, const Asset& asset) {
  if (!quotes.rows.empty()) return std::move(quotes.rows.front());
  const std::string name = std::string(to_string(asset.by())) + " " + asset.text();
  if (!quotes.ambiguous.empty()) {
    return Error{
        ErrorCode::Ambiguous,
        "several coins share the " + name + ": " + names_of(quotes.ambiguous.front().candidates),
        200};
  }
  if (!quotes.unavailable.empty()) {
    const ErrorCode code = quotes.unavailable.front().code;
    return Error{code, "the " + name + " cannot be had: " + std::string(to_string(code)), 200};
  }
  if (!quotes.missing.empty())
    return Error{ErrorCode::NotFound, "there is no asset of the " + name, 200};
  return Error{ErrorCode::Protocol, "the answer says nothing of the " + name, 200};
}

}  // namespace

struct Client::State {
  State(const Options& given, std::vector<HttpServer> servers)
      : options(given),
        all_servers(servers),
        quotes(std::make_shared<QuoteCalls>(given, std::move(servers))),
        calls_loop(given.max_connections),
        streams_loop(kMostStreams) {}

  const Options options;
  const std::vector<HttpServer> all_servers;
  const std::shared_ptr<QuoteCalls> quotes;
  LazyLoop calls_loop;
  LazyLoop streams_loop;  // subscriptions own the loop too
};

Client::Client(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
Client::Client(Client&& other) noexcept = default;

// Callbacks that are left are called here, while all that they may ask for still stands.
Client::~Client() {
  if (state_ != nullptr) state_->calls_loop.close();
}

Client& Client::operator=(Client&& other) noexcept {
  if (this != &other) {
    const Client old(std::move(state_));
    state_ = std::move(other.state_);
  }
  return *this;
}

Result<Client> Client::make(const Options& options) {
  return guarded([&]() -> Result<Client> {
    auto servers = servers_of(options);
    if (!servers) return std::move(servers).error();
    if (!start_libcurl()) return Error{ErrorCode::Unavailable, "libcurl cannot be started"};
    return Client(std::make_shared<State>(options, *std::move(servers)));
  });
}

Result<Quote> Client::quote(const Asset& asset, std::string_view convert) const {
  return guarded([&]() -> Result<Quote> {
    const Ask ask{{asset}, {std::string(convert)}};
    auto quotes = state_->quotes->ask(ask, state_->calls_loop);
    if (!quotes) return std::move(quotes).error();
    return only_row(*std::move(quotes), asset);
  });
}

Result<Quotes> Client::quotes(const Ask& ask) const {
  return guarded([&] { return state_->quotes->ask(ask, state_->calls_loop); });
}

Result<Quotes> Client::quotes(std::span<const Asset> assets,
                              std::span<const std::string> converts) const {
  return guarded([&] {
    Ask ask;
    ask.assets.assign(assets.begin(), assets.end());
    if (!converts.empty()) ask.converts.assign(converts.begin(), converts.end());
    return state_->quotes->ask(ask, state_->calls_loop);
  });
}

std::future<Result<Quotes>> Client::async_quotes(Ask ask) const {
  std::future<Result<Quotes>> quotes;
  (void)caught([&] {
    const auto promise = std::make_shared<std::promise<Result<Quotes>>>();
    Callback callback = [promise](Result<Quotes> result) { promise->set_value(std::move(result)); };
    quotes = promise->get_future();
    async_quotes(std::move(ask), std::move(callback));
  });
  return quotes;
}

void Client::async_quotes(Ask ask, Callback callback) const {
  state_->quotes->ask(ask, state_->calls_loop, std::move(callback));
}

struct Subscription::State {
  std::shared_ptr<Stream> stream;
};

Result<Subscription> Client::subscribe(Ask ask, StreamHandler handler) const {
  return subscribe(std::move(ask), std::move(handler), {});
}

Result<Subscription> Client::subscribe(Ask ask,
                                       StreamHandler handler,
                                       UnavailableHandler on_unavailable) const {
  return guarded([&]() -> Result<Subscription> {
    auto form = stream_form_of(ask);
    if (!form) return std::move(form).error();
    if (!handler.on_quote) return bad_request("a subscription without on_quote tells nothing");
    const auto loop = state_->streams_loop.get();
    if (!loop) return loop.error();
    const auto stream = std::make_shared<Stream>(*loop,
                                                 state_->options,
                                                 state_->all_servers,
                                                 *std::move(form),
                                                 std::move(handler),
                                                 std::move(on_unavailable));
    auto made = std::make_shared<Subscription::State>(Subscription::State{stream});
    Stream::start(stream);  // the last that may fail: what began must have an owner
    return Subscription(std::move(made));
  });
}

Result<RawAnswer> Client::raw(const std::string& path) const {
  return guarded([&]() -> Result<RawAnswer> {
    if (!is_path(path)) return bad_request("a path begins with / and has no blanks");
    auto answer = state_->quotes->raw(path);
    if (!answer) return std::move(answer).error();
    return RawAnswer{answer->status, std::move(answer->content_type), std::move(answer->body)};
  });
}

Result<WholeAnswer> Client::whole(const std::string& path) const {
  return guarded([&]() -> Result<WholeAnswer> {
    if (!is_path(path)) return bad_request("a path begins with / and has no blanks");
    auto answer = state_->quotes->whole(path);
    if (!answer) return std::move(answer).error();
    return WholeAnswer{answer->status, std::move(answer->head), std::move(answer->body)};
  });
}

Result<Health> Client::health() const {
  return guarded([&]() -> Result<Health> {
    auto answer = state_->quotes->whole("/health?verbose=true");
    if (!answer) return std::move(answer).error();
    // A daemon that is not well says so with 503.
    if (answer->status != 200 && answer->status != 503)
      return status_failure(answer->status, answer->body, std::nullopt);
    return read_health(std::move(answer->body));
  });
}

Result<AdminClient> Client::admin(std::size_t server) const {
  return guarded([&]() -> Result<AdminClient> {
    const Options& options = state_->options;
    if (server >= options.servers.size()) return bad_request("there is no server of this number");
    return AdminClient::make(
        {options.servers[server], options.token, options.timeout, options.connect_timeout});
  });
}

Subscription::Subscription(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
Subscription::Subscription(Subscription&& other) noexcept = default;

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    end();
    state_ = std::move(other.state_);
  }
  return *this;
}

Subscription::~Subscription() { end(); }

void Subscription::end() noexcept {
  if (state_ != nullptr) Stream::stop(state_->stream);
}

}  // namespace quotecache
