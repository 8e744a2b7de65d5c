// A real redis-server of the test's own, without persistence.
#pragma once

#include <string>
#include <vector>

#include <sys/time.h>

#include "support/cache_server.hpp"

namespace quotecached::test {

class RedisServer final : public CacheServer {
 public:
  explicit RedisServer(Transport transport = Transport::Unix,
                       std::vector<std::string> arguments = {});

  // As in `tiers.redis.url`.
  [[nodiscard]] std::string url() const;

  void flush() { run({"FLUSHALL"}); }
  // The reply as text: strings and statuses as they are, integers in decimal, nil as "", arrays one
  // element a line. Throws on errors and after ten seconds without an answer.
  std::string run(const std::vector<std::string>& words);

 protected:
  [[nodiscard]] Command command() const override;
  void ping() override;

 private:
  std::string run_within(const timeval& limit, const std::vector<std::string>& words);

  std::vector<std::string> arguments_;
};

}  // namespace quotecached::test
