// The parts of daemon.hpp; and that they fit together at all.
#include "daemon.hpp"

#include <exception>
#include <future>
#include <sstream>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

namespace quotecached::test {
namespace {

std::unique_ptr<upstream::Client> make_client(asio::io_context& loop, const std::string& url) {
  upstream::Client::Options options;
  options.base_url = url;
  auto client = upstream::Client::make(loop.get_executor(), options, Log());
  REQUIRE(client);
  return std::move(*client);
}

std::unique_ptr<routing::CurrentAuth> make_auth(const std::vector<routing::Token>& tokens) {
  if (tokens.empty()) return std::make_unique<routing::CurrentAuth>(routing::Auth::open());
  auto auth = routing::Auth::with_tokens(tokens);
  REQUIRE(auth);
  return std::make_unique<routing::CurrentAuth>(std::move(*auth));
}

std::string asset_json(const std::string& id, std::size_t size) {
  std::string text = "{\"id\":" + id + ",\"name\":\"" + std::string(size, 'x') +
                     "\",\"symbol\":\"S" + id + "\",\"slug\":\"s" + id + "\",";
  return text + "\"quote\":{\"USD\":{\"price\":1." + id + "}}}";
}

asio::awaitable<Result<std::string>> ask_usage(Daemon* daemon, usage::Question question) {
  co_return daemon->usage(question);
}

asio::awaitable<Result<std::string>> move_clock(Daemon* daemon, routing::ClockMove move) {
  daemon->clock.advance(move.by);
  co_return "{}";
}

asio::awaitable<void> review_streams(Daemon* daemon) {
  constexpr std::chrono::seconds kLimit(5);
  daemon->hub.tick();
  co_await daemon->hub.settle(kLimit);
}

// Ends what runs on the engine, as the daemon does, before its parts go.
asio::awaitable<void> wind_down(Daemon* daemon) {
  constexpr std::chrono::seconds kLimit(5);
  co_await daemon->hub.stop(kLimit);
  co_await daemon->desk.stop(kLimit);
  co_await daemon->proxy.stop(kLimit);
  co_await daemon->refill.stop(kLimit);
  co_await daemon->chain.stop(kLimit);
  daemon->engine.stop();
}

}  // namespace

Provider::Provider() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof in;
  auto* const address = reinterpret_cast<sockaddr*>(&in);
  REQUIRE(::bind(listening_.get(), address, size) == 0);
  REQUIRE(::listen(listening_.get(), 16) == 0);
  REQUIRE(::getsockname(listening_.get(), address, &size) == 0);
  address_ = "127.0.0.1:" + std::to_string(ntohs(in.sin_port));
  acceptor_ = std::thread([this] { accept(); });
}

Provider::~Provider() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
    for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
  }
  changed_.notify_all();
  ::shutdown(listening_.get(), SHUT_RDWR);
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  for (const int connection : connections_) ::close(connection);
}

void Provider::set_gate(bool open) {
  {
    const std::lock_guard lock(mutex_);
    is_open_ = open;
  }
  changed_.notify_all();
}

void Provider::await_requests(int count) {
  std::unique_lock lock(mutex_);
  REQUIRE(changed_.wait_for(lock, std::chrono::seconds(10), [&] { return requests_ >= count; }));
}

void Provider::accept() {
  for (;;) {
    const int connection = ::accept(listening_.get(), nullptr, nullptr);
    if (connection < 0) return;
    const std::lock_guard lock(mutex_);
    if (is_ending_) {
      ::close(connection);
      return;
    }
    connections_.push_back(connection);
    threads_.emplace_back([this, connection] { serve(connection); });
  }
}

void Provider::serve(int connection) {
  std::string received;
  for (;;) {
    char bytes[8192];
    const auto count = ::recv(connection, bytes, sizeof bytes, 0);
    if (count <= 0) return;
    received.append(bytes, static_cast<std::size_t>(count));
    const auto end = received.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    const auto target = received.substr(4, received.find(' ', 4) - 4);
    received.erase(0, end + 4);
    {
      std::unique_lock lock(mutex_);
      ++requests_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return is_open_ || is_ending_; });
      if (is_ending_) return;
    }
    answer(connection, target);
  }
}

// The list behind id=, its commas encoded or not.
static std::vector<std::string> asked_ids(const std::string& target) {
  const auto name = target.find("id=");
  if (name == std::string::npos) return {};
  auto list = target.substr(name + 3, target.find('&', name) - name - 3);
  for (auto at = list.find("%2C"); at != std::string::npos; at = list.find("%2C"))
    list.replace(at, 3, ",");
  std::vector<std::string> ids;
  std::istringstream stream(list);
  for (std::string id; std::getline(stream, id, ',');) ids.push_back(id);
  return ids;
}

void Provider::answer(int connection, const std::string& target) {
  std::string data;
  for (const auto& id : asked_ids(target)) {
    if (!data.empty()) data += ',';
    data += '"' + id + "\":" + asset_json(id, 1);
  }
  const auto body =
      "{\"status\":{\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"error_code\":0,"
      "\"error_message\":null,\"elapsed\":1,\"credit_count\":1,\"notice\":null},\"data\":{" +
      data + "}}";
  const auto text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body;
  static_cast<void>(::send(connection, text.data(), text.size(), MSG_NOSIGNAL));
}

credit::Book::Options book_options() {
  credit::Book::Options options;
  options.stops_on_ledger_failure = false;  // there is none
  return options;
}

Daemon::Daemon(http::Server::Options options,
               std::vector<routing::Token> tokens,
               const stream::Hub::Options& streams)
    : chain(engine.get_executor(), {memory, {}}, {}, clock, Log()),
      client(make_client(engine, provider.url())),
      book({nullptr, policy, clock}, {}, book_options(), Log()),
      clients(book, {}, {}, clock),
      refill(engine.get_executor(),
             refill::Refill::Parts{chain, *client, book, dialect, forms, policy},
             {},
             clock,
             Log()),
      proxy(
          engine.get_executor(),
          proxy::Proxy::Parts{memory, chain, refill, book, clients, dialect, forms, policy, clock},
          {},
          Log()),
      desk(engine.get_executor(),
           compact::Desk::Parts{catalog::Catalogue::built_in(), memory, chain, proxy, clock},
           {},
           Log()),
      hub(engine.get_executor(),
          stream::Hub::Parts{desk,
                             clock,
                             [this](std::span<const std::uint64_t> keys, double asks) {
                               refill.renewals().note_hits(keys, asks, clock.now());
                             }},
          streams,
          Log()),
      auth(make_auth(tokens)) {
  routing::AdminActions admin;
  admin.clear_memory = [this] { memory.clear(); };
  admin.move_clock = [this](routing::ClockMove move) { return move_clock(this, move); };
  admin.ask_usage = [this](usage::Question question) {
    return ask_usage(this, std::move(question));
  };
  router = std::make_unique<routing::Router>(routing::Router::Parts{catalog::Catalogue::built_in(),
                                                                    proxy,
                                                                    dialect,
                                                                    *auth,
                                                                    clock,
                                                                    registry,
                                                                    health,
                                                                    std::move(admin),
                                                                    policy,
                                                                    {},
                                                                    catalog::Unlisted::Refuse,
                                                                    &desk,
                                                                    &hub});
  if (options.addresses == http::Server::Options().addresses) options.addresses = {"127.0.0.1:0"};
  server = std::make_unique<http::Server>(
      *router, engine.get_executor(), registry, std::move(options), Log());
  engine_thread = std::thread([this] { engine.run(); });
}

Daemon::~Daemon() {
  provider.open_gate();
  server.reset();
  asio::co_spawn(engine, wind_down(this), [](const std::exception_ptr& failure) {
    if (failure) std::terminate();
  });
  engine_thread.join();
}

void Daemon::seed(int id, std::size_t size) {
  catalog::Request request;
  REQUIRE_FALSE(
      catalog::parse_target(catalog::Catalogue::built_in(), quotes(std::to_string(id)), request));
  std::string key;
  catalog::append_key(key, request, 0, 0);
  cache::Entry entry;
  auto& text = entry.fragment.text;
  text = "\"" + std::to_string(id) + "\":" + asset_json(std::to_string(id), size);
  const auto begin = text.find("\"quote\":{") + 9;
  entry.fragment.slots.push_back({static_cast<std::uint64_t>(id),
                                  static_cast<std::uint32_t>(begin),
                                  static_cast<std::uint32_t>(text.size() - 2)});
  text.shrink_to_fit();  // so that it holds as much as it says
  entry.fetched_at = clock.now();
  entry.fresh_until = entry.fetched_at + std::chrono::seconds(60);
  entry.stale_until = entry.fetched_at + std::chrono::hours(1);
  entry.content_hash = static_cast<std::uint64_t>(id);
  REQUIRE(memory.store(key, std::make_shared<const cache::Entry>(std::move(entry))));
}

void Daemon::review() {
  std::promise<void> over;
  asio::co_spawn(engine, review_streams(this), [&over](const std::exception_ptr& failure) {
    if (failure) std::terminate();
    over.set_value();
  });
  over.get_future().wait();
}

std::string Daemon::metric(const std::string& name) {
  const auto text = "\n" + registry.render();
  const auto at = text.find("\n" + name + " ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace quotecached::test

using namespace quotecached;
using namespace quotecached::test;

TEST_SUITE("http::Server") {
  TEST_CASE("answers from memory, and through the engine what memory lacks") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    const auto hit = client.ask(quotes("1"));
    CHECK(hit.status == 200);
    CHECK(hit.field("Cache-Status").find("; hit; ttl=") != std::string::npos);
    CHECK(hit.body.find("\"price\":1.1}") != std::string::npos);
    const auto miss = client.ask(quotes("2"));
    CHECK(miss.status == 200);
    CHECK(miss.field("Cache-Status").find("fwd=miss; stored") != std::string::npos);
    CHECK(miss.body.find("\"price\":1.2}") != std::string::npos);
    const auto again = client.ask(quotes("2"));
    CHECK(again.field("Cache-Status").find("; hit; ttl=") != std::string::npos);
    REQUIRE(client.ask("/health/live").status == 200);  // an answer is counted before the next
    CHECK(daemon.metric("quotecached_requests_total{endpoint=\"v2.quotes\",outcome=\"hit\"}") ==
          "2");
    CHECK(daemon.metric("quotecached_requests_total{endpoint=\"v2.quotes\",outcome=\"miss\"}") ==
          "1");
  }

  TEST_CASE("while credits have a price, the ask that one is spent for gets what it buys") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    HttpClient client(daemon.address());
    daemon.clock.advance(std::chrono::seconds(70));  // to be shown while it is refreshed behind
    const auto at_price = [&](double seconds) {
      daemon.policy.publish(
          pacing::policy_of(pacing::SpendMode::Economise, pacing::Age(seconds), 1));
      return client.ask(quotes("1"));
    };
    const auto dear = at_price(1000);
    CHECK(dear.status == 200);
    CHECK(dear.field("Age") == "70");
    const auto paid = at_price(100);  // twice seventy seconds are owed
    CHECK(paid.status == 200);
    CHECK(paid.field("Age") == "0");
    CHECK(daemon.book.totals().credits == 1);
  }

  TEST_CASE("what hits from memory were for is kept for the engine, once") {
    Daemon daemon;
    REQUIRE(daemon.server->start());
    daemon.seed(1);
    daemon.seed(2);
    HttpClient client(daemon.address());
    REQUIRE(client.ask(quotes("1,2")).status == 200);
    REQUIRE(client.ask(quotes("2")).status == 200);
    REQUIRE(client.ask(quotes("3")).status == 200);  // by the engine, which knows of it
    REQUIRE(client.ask("/health/live").status == 200);
    const auto keys_asked = [&] {
      std::vector<std::uint64_t> keys;
      for (const auto& asks : daemon.server->take_asks())
        keys.insert(keys.end(), asks.keys.begin(), asks.keys.end());
      return keys;
    };
    const auto keys = keys_asked();
    REQUIRE(keys.size() == 3);
    CHECK(keys[0] != keys[1]);
    CHECK(keys[2] == keys[1]);
    CHECK(keys_asked().empty());
  }
}
