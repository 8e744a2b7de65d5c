// What callbacks may do: ask, end and destroy, clients and subscriptions, their own and others'.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>

#include <doctest/doctest.h>

#include "client/answering_server.hpp"
#include "quotecache/client.hpp"

namespace quotecache::test {
namespace {

using std::chrono::seconds;

const std::string kRow =
    R"({"id":1,"symbol":"S","name":"N","slug":"s","convert":"USD","price":1.50,)"
    R"("last_updated":null,"fetched_at":"2026-11-29T10:00:41.120Z","age":1,"stale":false})";

// Tells one quote to each who listens, and holds the asks for asset 7 while it is told to.
class Server {
 public:
  ~Server() { is_holding_ = false; }
  [[nodiscard]] std::string address() const { return server_.address(); }
  void set_holding(bool is_holding) { is_holding_ = is_holding; }

 private:
  Reply answer(const std::string& request) const {
    if (request.find("/stream?") != std::string::npos) {
      return {200,
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: quote\ndata: " +
                  kRow + "\n\n",
              "",
              true};
    }
    while (is_holding_ && request.find("ids=7&") != std::string::npos) std::this_thread::yield();
    return {200, "{\"quotes\":[" + kRow + "]}"};
  }

  std::atomic<bool> is_holding_{false};
  AnsweringServer server_{[this](const std::string& request) { return answer(request); }};
};

std::unique_ptr<Client> client_of(const Server& server) {
  ClientOptions options;
  options.servers = {server.address()};
  options.timeout = seconds(20);
  options.retries = 0;
  auto client = Client::make(options);
  REQUIRE(client);
  return std::make_unique<Client>(*std::move(client));
}

// Goes in two requests.
Ask cut_ask() {
  Ask ask{{Asset::id(1)}, {}};
  for (int at = 0; at < 130; ++at) ask.converts.push_back("X" + std::to_string(at));
  return ask;
}

// Two threads that meet: neither goes on before the other is there too.
class Meeting {
 public:
  void meet() {
    ++here_;
    const auto until = std::chrono::steady_clock::now() + seconds(20);
    while (here_ < 2 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  }

 private:
  std::atomic<int> here_{0};
};

// All that a callback of each of two clients does to the other at the same time.
template <class First, class Second>
void both(Client& first, Client& second, const First& in_first, const Second& in_second) {
  Meeting meeting;
  std::promise<void> first_done;
  std::promise<void> second_done;
  first.async_quotes({{Asset::id(1)}}, [&](Result<Quotes>) {
    meeting.meet();
    in_first();
    first_done.set_value();
  });
  second.async_quotes({{Asset::id(1)}}, [&](Result<Quotes>) {
    meeting.meet();
    in_second();
    second_done.set_value();
  });
  REQUIRE(first_done.get_future().wait_for(seconds(15)) == std::future_status::ready);
  REQUIRE(second_done.get_future().wait_for(seconds(15)) == std::future_status::ready);
}

// A subscription in whose first callback `what` runs; empty once that is over.
Subscription in_subscription(const Client& client, std::function<void()> what) {
  auto is_first = std::make_shared<std::atomic<bool>>(true);
  StreamHandler handler;
  handler.on_quote = [is_first, what = std::move(what)](const Quote&) {
    if (is_first->exchange(false)) what();
  };
  auto subscription = client.subscribe({{Asset::id(1)}}, std::move(handler));
  REQUIRE(subscription);
  return *std::move(subscription);
}

}  // namespace

TEST_SUITE("client::callbacks") {
  TEST_CASE("a client is destroyed in a callback of its own, and ends what is under way") {
    Server server;
    server.set_holding(true);
    auto client = client_of(server);
    auto held = client->async_quotes({{Asset::id(7)}});
    std::promise<bool> destroyed;
    client->async_quotes({{Asset::id(1)}}, [&](Result<Quotes> quotes) {
      client.reset();
      destroyed.set_value(quotes.has_value());
    });
    CHECK(destroyed.get_future().get());
    REQUIRE(held.wait_for(seconds(15)) == std::future_status::ready);
    CHECK(held.get().error().code == ErrorCode::Unavailable);
  }

  TEST_CASE("a client is replaced in a callback of its own") {
    Server server;
    auto client = client_of(server);
    std::promise<bool> replaced;
    client->async_quotes({{Asset::id(1)}}, [&](Result<Quotes>) {
      *client = std::move(*client_of(server));
      replaced.set_value(client->quote(Asset::id(1)).has_value());
    });
    CHECK(replaced.get_future().get());
    CHECK(client->async_quotes({{Asset::id(1)}}).get());
  }

  TEST_CASE("a subscription and its client are destroyed in a callback of its own") {
    const Server server;
    auto client = client_of(server);
    std::promise<void> ready;
    std::promise<void> ended;
    std::optional<Subscription> subscription;
    subscription = in_subscription(*client, [&, is_ready = ready.get_future().share()] {
      is_ready.wait();
      client.reset();
      subscription.reset();
      ended.set_value();
    });
    ready.set_value();
    REQUIRE(ended.get_future().wait_for(seconds(15)) == std::future_status::ready);
  }

  TEST_CASE("callbacks of two clients destroy each other's client") {
    Server server;
    server.set_holding(true);
    auto first = client_of(server);
    auto second = client_of(server);
    auto held = first->async_quotes({{Asset::id(7)}});
    Client& a = *first;
    Client& b = *second;
    both(a, b, [&] { second.reset(); }, [&] { first.reset(); });
    REQUIRE(held.wait_for(seconds(15)) == std::future_status::ready);
    CHECK(held.get().error().code == ErrorCode::Unavailable);
  }

  TEST_CASE("callbacks of two clients ask each other, in one request and in several") {
    const Server server;
    const auto first = client_of(server);
    const auto second = client_of(server);
    for (const Ask& ask : {Ask{{Asset::id(1)}}, cut_ask()}) {
      both(
          *first, *second, [&] { CHECK(second->quotes(ask)); }, [&] { CHECK(first->quotes(ask)); });
    }
  }

  TEST_CASE("callbacks of two subscriptions end each other's") {
    const Server server;
    const auto first = client_of(server);
    const auto second = client_of(server);
    Meeting meeting;
    std::promise<void> ready;
    const auto is_ready = ready.get_future().share();
    std::promise<void> first_done;
    std::promise<void> second_done;
    std::optional<Subscription> a;
    std::optional<Subscription> b;
    a = in_subscription(*first, [&] {
      is_ready.wait();
      meeting.meet();
      b->end();
      first_done.set_value();
    });
    b = in_subscription(*second, [&] {
      is_ready.wait();
      meeting.meet();
      a->end();
      second_done.set_value();
    });
    ready.set_value();
    REQUIRE(first_done.get_future().wait_for(seconds(15)) == std::future_status::ready);
    REQUIRE(second_done.get_future().wait_for(seconds(15)) == std::future_status::ready);
  }

  TEST_CASE("a subscription asks for what is cut, while a callback of the client's ends it") {
    const Server server;
    const auto client = client_of(server);
    Meeting meeting;
    std::atomic<bool> has_asked{false};
    auto subscription = in_subscription(*client, [&] {
      meeting.meet();
      has_asked = client->quotes(cut_ask()).has_value();
    });
    std::promise<bool> ended;
    client->async_quotes({{Asset::id(1)}}, [&](Result<Quotes>) {
      meeting.meet();
      subscription.end();  // waits for the other callback
      ended.set_value(has_asked);
    });
    auto done = ended.get_future();
    REQUIRE(done.wait_for(seconds(15)) == std::future_status::ready);
    CHECK(done.get());
  }
}

}  // namespace quotecache::test
