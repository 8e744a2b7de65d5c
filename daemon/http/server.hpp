// The HTTP server: listening sockets and the I/O threads that serve them.
//
//   Server server(router, engine, metrics, options, log);
//   auto started = server.start();     // listens, then starts the threads
//   server.stop();  server.join();
//
// Requires: the engine's loop answers until join() returns; `router` outlives the server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/log.hpp"
#include "base/result.hpp"
#include "http/body_encoder.hpp"
#include "http/session.hpp"
#include "routing/router.hpp"
#include "usage/rollup.hpp"
#include "usage/trace_recorder.hpp"

namespace quotecached::http {

class Server {
 public:
  struct Options {
    std::vector<std::string> addresses{"127.0.0.1:8466"};  // see listen_on()
    std::vector<int> inherited;  // listening sockets from the service manager; taken over
    std::size_t threads = 1;
    std::size_t max_connections = 4096;
    std::size_t max_bodies = std::size_t{64} * 1024 * 1024;  // bytes of request bodies in all
    std::size_t max_output =
        std::size_t{256} * 1024 * 1024;  // of answers that clients are slow to take
    std::size_t max_waiting = 2048;      // requests at the engine in all
    // The engine late by so much with all that comes, some is refused; 0: none is.
    std::chrono::milliseconds shed_after{100};
    bool cost_headers = false;
    int backlog = 1024;
    unsigned unix_mode = 0660;
    std::optional<std::uint32_t> unix_group;  // none: that of the process
    routing::RequestLimits limits;
    SessionTimeouts timeouts;
    std::chrono::milliseconds stop_grace{10000};
    std::optional<BodyEncoder::Options> encoding;  // none: all bodies are sent as they are
    AccessLog* access = nullptr;            // outlives the server; null: no request is written down
    usage::TraceRecorder* trace = nullptr;  // outlives the server; null: requests are not recorded
  };

  // Adds its counters to `metrics`, which must be asked no more once the server is gone.
  Server(const routing::Router& router,
         asio::any_io_executor engine,
         metrics::Registry& metrics,
         Options options,
         Log log);
  ~Server();  // stops at once
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Fails with Invalid or Unavailable, naming the address; nothing is left behind then. With open
  // access an address that is not loopback is Invalid.
  [[nodiscard]] Result<void> start();

  // Graceful the first time: running requests are answered, idle connections closed. A second call
  // closes everything at once. Thread-safe; not a signal handler.
  void stop();

  // Waits for the I/O threads and removes Unix socket files.
  void join();

  // Called once, on the last I/O thread, when all have ended. Before start() only.
  void on_stopped(std::function<void()> call);

  // Of each name there is a count from now on; any thread.
  void expect_clients(const std::vector<std::string>& names);

  // What was counted of requests since the start; any thread. Requests for the daemon's own routes
  // are not among them.
  [[nodiscard]] std::vector<usage::UsageRow> usage() const;

  // How often each way to answer was taken since the start; any thread. Of own routes nothing.
  struct Answered {
    metrics::Way way;
    std::uint64_t requests = 0;
  };
  [[nodiscard]] std::vector<Answered> answered() const;

  // A sample of the assets asked for since this was called last; any thread.
  [[nodiscard]] std::vector<usage::AssetSample> take_samples();

  // What hits from memory were for since this was called last, by I/O thread; one thread.
  [[nodiscard]] std::vector<AskLog::Asks> take_asks();

  // Where it listens, real ports included.
  [[nodiscard]] std::vector<std::string> addresses() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace quotecached::http
