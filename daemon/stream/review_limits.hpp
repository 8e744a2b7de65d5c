// How many channels may be reviewed at once for a client: as many as its requests may wait.
//
// Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace quotecached::stream {

// The reviews of channels that are made for each client now, and the most there may be.
class ReviewLimits {
 public:
  // What was said last holds; 0: there is no limit.
  void limit(const std::string& client, std::size_t most) {
    of_clients_[client].most = most;
    forget_idle(client);
  }
  [[nodiscard]] bool may_begin(const std::string& client) const {
    const auto found = of_clients_.find(client);
    return found == of_clients_.end() || found->second.most == 0 ||
           found->second.now < found->second.most;
  }
  void begin(const std::string& client) { ++of_clients_[client].now; }
  // Requires: it was begun.
  void end(const std::string& client) {
    --of_clients_[client].now;
    forget_idle(client);
  }

 private:
  struct OfClient {
    std::size_t now = 0;
    std::size_t most = 0;
  };
  void forget_idle(const std::string& client) {
    const auto found = of_clients_.find(client);
    if (found->second.now == 0 && found->second.most == 0) of_clients_.erase(found);
  }

  std::map<std::string, OfClient> of_clients_;  // as many as there are tokens
};

}  // namespace quotecached::stream
