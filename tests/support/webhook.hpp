// A web server of the test's own that takes posts and remembers them, on a thread of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/address.hpp"
#include "support/wait.hpp"

namespace quotecached::test {

class Webhook {
 public:
  struct Post {
    std::string target;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
  };

  // Listens at once, on a port that stays its own while this lives.
  Webhook();
  ~Webhook();
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  [[nodiscard]] std::string url(const std::string& target = "/alerts") const;

  // What posts are answered with from here on; 0: nothing, the connection hangs.
  void answer_with(int status) { status_ = status; }

  void stop();   // nothing listens any more
  void start();  // Requires: stopped

  [[nodiscard]] std::vector<Post> posts() const;

 private:
  void listen();
  void serve(int connection);

  ReservedPort port_;
  std::atomic<int> status_{204};
  std::atomic<bool> is_stopping_{false};
  int listener_ = -1;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::vector<Post> posts_;
};

}  // namespace quotecached::test
