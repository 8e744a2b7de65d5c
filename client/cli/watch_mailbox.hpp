// What a subscription's thread tells the main thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "quotecache/subscription.hpp"

namespace quotecache::cli {

struct WatchLists {
  std::vector<Missing> missing;
  std::vector<Ambiguous> ambiguous;
};
struct WatchUnavailable {
  std::vector<NotHad> unavailable;
};
using WatchNews = std::variant<Quote, Gone, WatchLists, WatchUnavailable, StreamState>;

// Thread-safe. Holds so much and no more: who tells more waits, and the daemon, which then cannot
// send, leaves out values in between.
class WatchMailbox {
 public:
  static constexpr std::size_t kMostNews = 4'096;

  WatchMailbox();
  ~WatchMailbox();
  WatchMailbox(const WatchMailbox&) = delete;
  WatchMailbox& operator=(const WatchMailbox&) = delete;

  // Callbacks that put news here, which outlives them.
  [[nodiscard]] StreamHandler handler();
  [[nodiscard]] UnavailableHandler on_unavailable();

  // Readable while there are news.
  [[nodiscard]] int fd() const noexcept { return fd_; }
  // All of them, in their order.
  [[nodiscard]] std::vector<WatchNews> take();
  // News are dropped from now on, and nobody waits.
  void close();

 private:
  void put(WatchNews news);

  std::mutex mutex_;
  std::condition_variable has_room_;
  std::vector<WatchNews> news_;
  bool is_closed_ = false;
  int fd_ = -1;
};

}  // namespace quotecache::cli
