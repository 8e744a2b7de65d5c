#include "http/backlog.hpp"

#include <utility>

#include <boost/asio/post.hpp>

#include "http/session.hpp"

namespace quotecached::http {

OutputBook::Id Backlog::join(std::weak_ptr<Session> session,
                             std::shared_ptr<boost::asio::io_context> loop) {
  const std::lock_guard lock(mutex_);
  members_.emplace(++last_id_, Member{std::move(session), std::move(loop)});
  return last_id_;
}

void Backlog::set(OutputBook::Id id, std::vector<OutputBook::Held> held, Time now) {
  const std::lock_guard lock(mutex_);
  if (!members_.contains(id)) return;  // cut off, and about to learn it
  book_.set(id, std::move(held), now);
  cut(now);
}

void Backlog::took(OutputBook::Id id, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  book_.took(id, bytes);
}

void Backlog::leave(OutputBook::Id id) {
  const std::lock_guard lock(mutex_);
  book_.remove(id);
  members_.erase(id);
}

std::size_t Backlog::bytes() const {
  const std::lock_guard lock(mutex_);
  return book_.bytes();
}

void Backlog::cut(Time now) {
  for (const auto id : book_.cut(most_, now)) {
    const auto member = members_.find(id);
    boost::asio::post(*member->second.loop, [session = member->second.session] {
      if (const auto alive = session.lock()) alive->close();
    });
    members_.erase(member);
    cut_off_.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace quotecached::http
