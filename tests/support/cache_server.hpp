// What the Redis and Memcached servers of tests have in common: an address that stays the same over
// restarts, and ways to hurt them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "support/address.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace quotecached::test {

class CacheServer {
 public:
  virtual ~CacheServer() = default;
  CacheServer(const CacheServer&) = delete;
  CacheServer& operator=(const CacheServer&) = delete;

  // On return it answers. Requires: not running.
  void start();
  void stop();   // as an operator does
  void kill9();  // as the out-of-memory killer does
  void restart() {
    stop();
    start();
  }
  void sigstop();  // connections stay, nothing answers; on return it stands still
  void sigcont();
  [[nodiscard]] bool is_running() { return process_ && process_->is_running(); }
  [[nodiscard]] bool answers();  // within a second

  [[nodiscard]] const std::filesystem::path& socket() const noexcept { return socket_; }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_ ? port_->number() : 0; }

 protected:
  CacheServer(Transport transport, const std::string& name);

  [[nodiscard]] virtual Command command() const = 0;
  // Throws when it does not answer.
  virtual void ping() = 0;

  [[nodiscard]] bool is_unix() const noexcept { return !port_; }
  [[nodiscard]] const std::filesystem::path& dir() const noexcept { return dir_.path(); }

 private:
  TempDir dir_;
  std::string name_;
  std::filesystem::path socket_;
  std::optional<ReservedPort> port_;
  std::optional<Process> process_;
};

}  // namespace quotecached::test
