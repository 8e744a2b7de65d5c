// A daemon without its outside: server, proxy, engine and a provider that answers when it is told.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "client.hpp"
#include "compact/desk.hpp"
#include "credit/book.hpp"
#include "health/published_report.hpp"
#include "http/server.hpp"
#include "provider/coinmarketcap.hpp"
#include "proxy/proxy.hpp"
#include "refill/refill.hpp"
#include "routing/router.hpp"
#include "stream/hub.hpp"
#include "upstream/client.hpp"

namespace quotecached::test {

namespace asio = boost::asio;

// Serves /v2/cryptocurrency/quotes/latest?id=... over plain HTTP, one connection at a time each on
// its own thread, while the gate is open.
class Provider {
 public:
  Provider();
  ~Provider();
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  [[nodiscard]] std::string url() const { return "http://" + address_; }
  void close_gate() { set_gate(false); }
  void open_gate() { set_gate(true); }
  // Waits until `count` requests have come in all.
  void await_requests(int count);

 private:
  void set_gate(bool open);
  void accept();
  void serve(int connection);
  void answer(int connection, const std::string& target);

  http::UniqueFd listening_;
  std::string address_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
  bool is_ending_ = false;
  int requests_ = 0;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

struct Daemon {
  explicit Daemon(http::Server::Options options = {},
                  std::vector<routing::Token> tokens = {},
                  const stream::Hub::Options& streams = {});
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Files an asset as fresh in memory; its fragment is filled up to `size` bytes.
  void seed(int id, std::size_t size = 0);
  // Reviews the streams that are due, and waits until that is over.
  void review();
  [[nodiscard]] std::string address() const { return server->addresses().at(0); }
  [[nodiscard]] std::string metric(const std::string& name);

  Provider provider;
  MovableClock clock;
  asio::io_context engine;
  asio::executor_work_guard<asio::io_context::executor_type> work{engine.get_executor()};
  cache::MemoryTier memory{cache::MemoryTier::Options{}};
  cache::Chain chain;
  std::unique_ptr<upstream::Client> client;
  pacing::PublishedPolicy policy;
  credit::Book book;
  credit::ClientBook clients;
  provider::CoinMarketCap dialect;
  provider::StatusForms forms{catalog::Catalogue::built_in().endpoints().size()};
  refill::Refill refill;
  proxy::Proxy proxy;
  compact::Desk desk;
  stream::Hub hub;
  std::unique_ptr<routing::CurrentAuth> auth;
  metrics::Registry registry;
  health::PublishedReport health{"1.2.3"};  // nobody publishes but the test
  // Answers questions about usage, on the engine's thread; change it before requests are made.
  std::function<Result<std::string>(const usage::Question&)> usage;
  std::unique_ptr<routing::Router> router;
  std::unique_ptr<http::Server> server;
  std::thread engine_thread;
};

inline std::string quotes(const std::string& ids) {
  return "/v2/cryptocurrency/quotes/latest?id=" + ids;
}

}  // namespace quotecached::test
