// The bound on what all clients together have yet to take of their answers.
//
// Any thread. Past the bound the slowest readers are cut off, each on its own loop. Sessions report
// only while their sockets take no more, so that the hot path does not come here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "http/output_book.hpp"

namespace quotecached::http {

class Session;

class Backlog {
 public:
  using Time = OutputBook::Time;

  explicit Backlog(std::size_t most) : most_(most) {}

  // A session that waits for its socket, under an id of its own; 0 is none.
  [[nodiscard]] OutputBook::Id join(std::weak_ptr<Session> session,
                                    std::shared_ptr<boost::asio::io_context> loop);
  void set(OutputBook::Id id, std::vector<OutputBook::Held> held, Time now);
  void took(OutputBook::Id id, std::size_t bytes);
  void leave(OutputBook::Id id);

  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] std::uint64_t cut_off() const noexcept {
    return cut_off_.load(std::memory_order_relaxed);
  }

 private:
  struct Member {
    std::weak_ptr<Session> session;
    std::shared_ptr<boost::asio::io_context> loop;
  };
  void cut(Time now);

  const std::size_t most_;
  mutable std::mutex mutex_;
  OutputBook book_;
  std::unordered_map<OutputBook::Id, Member> members_;
  OutputBook::Id last_id_ = 0;
  std::atomic<std::uint64_t> cut_off_{0};
};

}  // namespace quotecached::http
