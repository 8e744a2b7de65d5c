// An HTTP server for tests that many clients use at once: a function says what each request gets.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace quotecache::test {

struct Reply {
  int status = 200;
  std::string body{};
  std::string fields{};  // further lines of the head
  bool is_raw = false;   // the body is all that is sent, and the connection is closed
};

class AnsweringServer {
 public:
  // Gets the head and body of a request; runs on the connection's thread.
  using Answer = std::function<Reply(const std::string& request)>;

  // `port` 0: any.
  explicit AnsweringServer(Answer answer, std::uint16_t port = 0);
  ~AnsweringServer();
  AnsweringServer(const AnsweringServer&) = delete;
  AnsweringServer& operator=(const AnsweringServer&) = delete;

  [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int requests() const noexcept { return requests_; }
  [[nodiscard]] int connections() const noexcept { return connections_; }

 private:
  void serve();
  void serve_connection(int fd);
  bool answer(int fd, const std::string& request);

  const Answer answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> requests_{0};
  std::atomic<int> connections_{0};
  std::atomic<bool> is_stopping_{false};
  std::list<std::thread> threads_;
  std::thread thread_;
};

}  // namespace quotecache::test
