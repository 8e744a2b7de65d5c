// A real memcached of the test's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/cache_server.hpp"

namespace quotecached::test {

class MemcachedServer final : public CacheServer {
 public:
  explicit MemcachedServer(Transport transport = Transport::Unix,
                           std::vector<std::string> arguments = {});

  // As in `tiers.memcached.servers`.
  [[nodiscard]] std::string address() const;

  void flush();
  // The value under a key, empty when there is none.
  std::string get(std::string_view key);
  // One command of the text protocol (without its line end), and all of the reply. Throws after ten
  // seconds without an answer.
  std::string run(std::string_view text);

 protected:
  [[nodiscard]] Command command() const override;
  void ping() override;

 private:
  std::string run_within(milliseconds limit, std::string_view text);

  std::vector<std::string> arguments_;
};

}  // namespace quotecached::test
