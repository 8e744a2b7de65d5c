// An HTTP server for tests that says what it is told to, on a TCP port or a Unix socket.
//
// One thread, one connection at a time, kept open between requests.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace quotecache::test {

struct CannedAnswer {
  int status = 200;
  std::string body;
  bool is_raw = false;      // the body is all that is sent, and the connection is closed
  bool never_ends = false;  // nothing is sent, and the connection stays open
};

class CannedServer {
 public:
  // By method and target: "GET /admin/credits". All else is answered 404.
  using Answers = std::map<std::string, CannedAnswer>;

  explicit CannedServer(Answers answers);
  CannedServer(Answers answers, const std::filesystem::path& socket);
  ~CannedServer();
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  // As the client's options take it.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  // Heads and bodies of the requests that came so far.
  [[nodiscard]] std::vector<std::string> requests() const;
  [[nodiscard]] int connections() const noexcept { return connections_; }

 private:
  void serve();
  void serve_connection(int fd);
  bool answer(int fd, const std::string& request);

  Answers answers_;
  std::string address_;
  int listener_ = -1;
  std::atomic<int> connections_{0};
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace quotecache::test
