#include "http/server.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <iterator>
#include <thread>

#include <pthread.h>
#include <signal.h>

#include "base/on_exit.hpp"
#include "http/accounting.hpp"
#include "http/listener.hpp"
#include "http/worker.hpp"

namespace quotecached::http {
namespace {

// Returns the mask as it was.
sigset_t block_signals() {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  return before;
}

}  // namespace

struct Server::State {
  State(const routing::Router& given_router,
        asio::any_io_executor given_engine,
        Options given,
        Log to)
      : router(given_router),
        engine(std::move(given_engine)),
        options(std::move(given)),
        log(std::move(to)),
        requests(ways()),
        ids(requests, router.client_names(), router.endpoint_names()),
        samplers(options.threads),
        asks(options.threads),
        bodies(std::make_shared<BytePool>(options.max_bodies)),
        backlog(std::make_shared<Backlog>(options.max_output)),
        waiting(std::make_shared<WaitingRoom>(options.max_waiting, options.shed_after)) {
    if (options.encoding) encoder = std::make_unique<BodyEncoder>(*options.encoding);
  }

  Result<std::vector<Listener>> open_listeners() const;
  void make_workers(std::vector<Listener> listeners);
  void ask_for_room(std::size_t asker);
  void run_worker(Worker& worker);

  const routing::Router& router;
  asio::any_io_executor engine;
  Options options;
  Log log;
  metrics::RequestStats requests;
  const RequestIds ids;                // of the router's clients and endpoints
  std::vector<AssetSampler> samplers;  // one per thread
  std::vector<AskLog> asks;            // the same
  ConnectionStats connections;
  const std::shared_ptr<BytePool> bodies;
  const std::shared_ptr<Backlog> backlog;
  const std::shared_ptr<WaitingRoom> waiting;
  std::unique_ptr<BodyEncoder> encoder;  // outlives the workers
  std::function<void()> when_stopped;
  std::vector<std::string> addresses;
  std::vector<SocketFile> files;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
  std::atomic<std::size_t> running{0};
  std::atomic<int> stops{0};
};

Result<std::vector<Listener>> Server::State::open_listeners() const {
  const ListenOptions listen{
      options.threads, options.backlog, options.unix_mode, options.unix_group};
  std::vector<Listener> listeners;
  const auto add = [&](Result<Listener> listener) -> Result<void> {
    if (!listener) return std::move(listener).failure();
    if (router.is_open() && !listener->is_local)
      return fail(ErrorCode::Invalid,
                  "listen on " + listener->address +
                      ": without tokens only loopback addresses and Unix sockets are served");
    listeners.push_back(std::move(*listener));
    return {};
  };
  for (const int socket : options.inherited) {
    auto added = add(inherit(socket, listen));
    if (!added) return std::move(added).failure();
  }
  for (const auto& address : options.addresses) {
    auto added = add(listen_on(address, listen));
    if (!added) return std::move(added).failure();
  }
  if (listeners.empty()) return fail(ErrorCode::Invalid, "no address to listen on");
  return listeners;
}

void Server::State::make_workers(std::vector<Listener> listeners) {
  for (std::size_t i = 0; i < options.threads; ++i) {
    Worker::Options worker{options.stop_grace, [this, i] { ask_for_room(i); }};
    SessionContext context{std::make_shared<asio::io_context>(1),
                           engine,
                           router,
                           requests.add_shard(),
                           requests,
                           ids,
                           samplers[i],
                           asks[i],
                           connections,
                           bodies,
                           backlog,
                           waiting,
                           options.max_connections,
                           options.limits,
                           options.timeouts,
                           log,
                           options.trace == nullptr ? nullptr : &options.trace->add_buffer(),
                           encoder.get(),
                           options.cost_headers};
    if (options.access != nullptr) context.access = &options.access->add_buffer();
    workers.push_back(std::make_unique<Worker>(std::move(context), std::move(worker)));
    for (auto& listener : listeners) {
      if (i >= listener.sockets.size()) continue;  // a Unix socket is the first thread's
      workers.back()->add_listener(std::move(listener.sockets[i]), listener.is_tcp);
    }
  }
}

void Server::State::ask_for_room(std::size_t asker) {
  for (std::size_t i = 0; i < workers.size(); ++i)
    if (i != asker) workers[i]->give_room();
}

void Server::State::run_worker(Worker& worker) {
  worker.run();
  if (--running == 0 && when_stopped) when_stopped();
}

Server::Server(const routing::Router& router,
               asio::any_io_executor engine,
               metrics::Registry& metrics,
               Options options,
               Log log)
    : state_(
          std::make_shared<State>(router, std::move(engine), std::move(options), std::move(log))) {
  assert(state_->options.threads > 0);
  metrics.add_source([state = std::weak_ptr(state_)](metrics::Page& page) {
    const auto server = state.lock();
    if (!server) return;
    server->requests.write(page);
    server->connections.write(page);
    if (server->encoder) server->encoder->write(page);
    page.gauge("quotecached_http_body_bytes",
               "Bytes of request bodies held now.",
               static_cast<double>(server->bodies->held()));
    page.gauge("quotecached_http_waiting_output_bytes",
               "Bytes of answers that clients are slow to take.",
               static_cast<double>(server->backlog->bytes()));
    page.gauge("quotecached_http_waiting_requests",
               "Client requests that wait for the engine now.",
               static_cast<double>(server->waiting->waiting()));
    page.gauge("quotecached_http_waiting_requests_bound",
               "Client requests that may wait now: fewer while the engine is late.",
               static_cast<double>(server->waiting->bound(std::chrono::steady_clock::now())));
    page.counter("quotecached_http_readers_cut_off_total",
                 "Slow readers cut off because the answers of all together were too large.",
                 static_cast<double>(server->backlog->cut_off()));
  });
}

Server::~Server() {
  stop();
  stop();
  join();
}

Result<void> Server::start() {
  assert(state_->threads.empty());
  auto& state = *state_;
  auto listeners = state.open_listeners();
  if (!listeners) return std::move(listeners).failure();
  for (std::size_t i = 0; i < listeners->size(); ++i) {
    const auto& listener = (*listeners)[i];
    state.addresses.push_back(listener.address);
    if (i >= state.options.inherited.size()) state.files.emplace_back(listener);
  }
  state.make_workers(std::move(*listeners));
  // Signals are for the main thread: the threads made here take none.
  const sigset_t before = block_signals();
  const OnExit unblock([&before] { pthread_sigmask(SIG_SETMASK, &before, nullptr); });
  state.running = state.workers.size();
  for (auto& worker : state.workers)
    state.threads.emplace_back([&state, &worker = *worker] { state.run_worker(worker); });
  for (const auto& address : state.addresses) state.log.info("listening", {{"address", address}});
  return {};
}

void Server::stop() {
  const bool is_first = state_->stops++ == 0;
  for (auto& worker : state_->workers) {
    if (is_first) {
      worker->stop();
    } else {
      worker->stop_now();
    }
  }
}

void Server::join() {
  for (auto& thread : state_->threads) {
    if (thread.joinable()) thread.join();
  }
  state_->files.clear();
}

void Server::on_stopped(std::function<void()> call) {
  assert(state_->threads.empty());
  state_->when_stopped = std::move(call);
}

void Server::expect_clients(const std::vector<std::string>& names) {
  for (const auto& name : names) (void)state_->requests.client(name);
}

std::vector<usage::UsageRow> Server::usage() const {
  return usage_rows(state_->requests.read(), state_->router.usage_names());
}

std::vector<Server::Answered> Server::answered() const {
  std::vector<Answered> answered;
  for (auto& way : ways()) answered.push_back({std::move(way), 0});
  answered.resize(kOwn);
  for (const auto& counts : state_->requests.read()) {
    for (std::size_t i = 0; i < answered.size(); ++i)
      answered[i].requests += counts.ways[i].requests();
  }
  return answered;
}

std::vector<usage::AssetSample> Server::take_samples() {
  std::vector<usage::AssetSample> samples;
  for (auto& sampler : state_->samplers) {
    auto taken = sampler.take();
    std::ranges::move(taken, std::back_inserter(samples));
  }
  return samples;
}

std::vector<AskLog::Asks> Server::take_asks() {
  std::vector<AskLog::Asks> taken;
  for (auto& asks : state_->asks) taken.push_back(asks.take());
  return taken;
}

std::vector<std::string> Server::addresses() const { return state_->addresses; }

}  // namespace quotecached::http
