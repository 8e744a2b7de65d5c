// A relay between clients and a server on this machine, which can cut all connections and tells
// what each began with.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace quotecached::test {

class Relay {
 public:
  explicit Relay(std::uint16_t server);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // "http://127.0.0.1:PORT".
  [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Ends all connections there are now.
  void cut();
  // What clients sent first, by connection.
  [[nodiscard]] std::vector<std::string> heads() const;

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    std::size_t number = 0;  // among all there were
  };

  void serve();
  void accept_one();
  // Passes on what one end says; false when it has ended.
  bool pass(const Pair& pair, int from);

  const std::uint16_t server_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_;
  std::vector<Pair> pairs_;         // changed by the thread alone, under the mutex
  std::vector<std::string> heads_;  // under the mutex
  std::thread thread_;
};

}  // namespace quotecached::test
