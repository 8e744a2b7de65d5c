// Claims on keys about to be fetched, shared through Redis: of several daemons that miss the same
// key, one asks upstream and the others wait for its copy.
//
// A claim is a courtesy, not a lock: it ends by itself, and without Redis everyone fetches for
// himself, which costs credits and never an answer. Used on its loop only; destroyed before it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/breaker.hpp"
#include "base/result.hpp"

namespace quotecached::redis {
class Connection;
}

namespace quotecached::cache {

namespace asio = boost::asio;

class Claims {
 public:
  struct Options {
    std::string url = "redis://127.0.0.1:6379";  // see redis/url.hpp
    std::string password;                        // instead of one in the URL
    std::chrono::milliseconds timeout{100};
    std::chrono::milliseconds connect_timeout{500};
    std::chrono::milliseconds life{20000};  // longer than a fetch takes
    // How long a claim outlives a fetch that went well: until its copies are written behind.
    std::chrono::milliseconds afterlife{1000};
    Breaker::Options breaker{.failures_to_open = 1};
  };

  // Does not connect yet. Fails with Invalid when the URL is not one.
  static Result<std::unique_ptr<Claims>> make(asio::any_io_executor loop, Options options);
  ~Claims();

  // One per key: true where this daemon shall fetch, false where another one is at it.
  asio::awaitable<std::vector<bool>> claim(std::vector<std::string> keys);

  // The fetch of claimed keys is over. One that failed gives others their turn at once.
  asio::awaitable<void> release(std::vector<std::string> keys, bool went_well);

 private:
  Claims(Options options, std::unique_ptr<redis::Connection> connection);

  Options options_;
  std::unique_ptr<redis::Connection> connection_;
  std::shared_ptr<Breaker> breaker_;  // shared with the calls in progress
  std::string owner_;                 // who we are, among all daemons
};

}  // namespace quotecached::cache
