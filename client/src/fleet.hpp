// The daemons of a Client with all that its calls share, and the calls themselves.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "quotecache/client_options.hpp"
#include "quotecache/error.hpp"
#include "src/attempts.hpp"
#include "src/daemons.hpp"
#include "src/handle_pool.hpp"
#include "src/http_handle.hpp"
#include "src/loop.hpp"

namespace quotecache {

// From 0 to 1, another for each call. Thread-safe.
[[nodiscard]] double chance() noexcept;

// The daemons that the options name. Fails with Invalid on options that cannot be used.
[[nodiscard]] Result<std::vector<HttpServer>> servers_of(const ClientOptions& options);

// Thread-safe.
class Fleet {
 public:
  using Done = std::function<void(Result<HttpAnswer>)>;

  Fleet(const ClientOptions& options, std::vector<HttpServer> servers);

  // Blocks, until the deadline at most.
  [[nodiscard]] Result<HttpAnswer> call(const HttpRequest& request, SteadyTime deadline);

  // Begins a call on the loop, whose thread it must be; `done` is called there, once, and throws
  // nothing. The fleet outlives the call. Where this throws, nothing has begun.
  void start(Loop& loop, HttpRequest request, SteadyTime deadline, Done done);

 private:
  class Call;

  const ClientOptions options_;
  const std::vector<HttpServer> servers_;
  Daemons daemons_;
  RetryBudget budget_;
  std::vector<std::unique_ptr<HandlePool>> pools_;
};

}  // namespace quotecache
