// Requests to the daemon over one connection that is kept open: libcurl's easy interface.
//
// Knows HTTP, and nothing of what the answers say. Blocks. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "quotecache/error.hpp"
#include "quotecache/options.hpp"
#include "src/server_address.hpp"

namespace quotecache {

class Transport {
 public:
  // An answer that is larger is refused while it comes.
  static constexpr std::size_t kMostBody = std::size_t{64} * 1024 * 1024;

  // Fails with Invalid on options it cannot use.
  [[nodiscard]] static Result<Transport> make(const Options& options);
  ~Transport();
  Transport(Transport&& other) noexcept;
  Transport& operator=(Transport&& other) noexcept;

  // The body of an answer with status 200; any other is an Error. Requires: `target` is a path and
  // query that need no escapes.
  [[nodiscard]] Result<std::string> get(const std::string& target);
  // Has what the target names deleted.
  [[nodiscard]] Result<std::string> remove(const std::string& target);
  // Sends a JSON document.
  [[nodiscard]] Result<std::string> post(const std::string& target, const std::string& document);

 private:
  struct State;
  explicit Transport(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quotecache
