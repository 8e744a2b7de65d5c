// One I/O thread: its loop, its listening sockets, its sessions and those who listen to streams.
//
// Everything here happens on the thread that calls run(), but for stop(), stop_now() and
// give_room(), which any thread may call.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/session.hpp"
#include "http/shedding.hpp"
#include "http/stream_room.hpp"
#include "http/unique_fd.hpp"

namespace quotecached::http {

class Worker {
 public:
  struct Options {
    std::chrono::milliseconds stop_grace{10000};
    // Asks the other workers for room, when there is none here; they give it later.
    std::function<void()> ask_for_room = {};
  };

  // Requires: `context.on_closed` is empty. `context.loop` is this worker's loop.
  Worker(SessionContext context, Options options);
  ~Worker();

  // Before run() only.
  void add_listener(UniqueFd socket, bool is_tcp);

  // Serves until stopped and every session has ended.
  void run();

  // Accepts no more, lets requests that run finish within the grace, closes the rest.
  void stop();
  // Closes everything at once.
  void stop_now();
  // Closes one connection that others have a better use for, if there is one.
  void give_room();

 private:
  struct Acceptor;

  void accept_on(Acceptor& acceptor);
  void accept_some(Acceptor& acceptor);
  void accept_later(Acceptor& acceptor);
  void take(UniqueFd connection, const Acceptor& acceptor);
  // What a connection that was just counted may do; makes room for it if it must.
  [[nodiscard]] Entry admit(bool is_unix);
  [[nodiscard]] bool make_room();
  void look_for_room();
  void turn_away(const UniqueFd& connection) const;
  void remove(Session& session);
  void sweep_later();
  void begin_stop();
  void close_all();
  void end_if_done();

  SessionContext context_;
  Options options_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer sweep_timer_;
  asio::steady_timer grace_timer_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::shared_ptr<Session>> sessions_;
  // Who makes room next, and how they stood when that was decided. The last one goes first.
  std::vector<std::pair<std::weak_ptr<Session>, Standing>> to_shed_;
  SessionContext::Time looked_in_vain_{};
  StreamRoom room_;
};

}  // namespace quotecached::http
