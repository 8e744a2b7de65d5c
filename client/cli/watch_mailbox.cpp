#include "cli/watch_mailbox.hpp"

#include <cerrno>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace quotecache::cli {

WatchMailbox::WatchMailbox() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

WatchMailbox::~WatchMailbox() { ::close(fd_); }

StreamHandler WatchMailbox::handler() {
  StreamHandler handler;
  handler.on_quote = [this](const Quote& quote) { put(quote); };
  handler.on_gone = [this](const Gone& gone) { put(gone); };
  handler.on_lists = [this](const auto& missing, const auto& ambiguous) {
    put(WatchLists{missing, ambiguous});
  };
  handler.on_state = [this](const StreamState& state) { put(state); };
  return handler;
}

UnavailableHandler WatchMailbox::on_unavailable() {
  return [this](const std::vector<NotHad>& unavailable) { put(WatchUnavailable{unavailable}); };
}

std::vector<WatchNews> WatchMailbox::take() {
  const std::lock_guard lock(mutex_);
  eventfd_t count = 0;
  ::eventfd_read(fd_, &count);  // fails where there are none
  has_room_.notify_all();
  return std::exchange(news_, {});
}

void WatchMailbox::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  has_room_.notify_all();
}

void WatchMailbox::put(WatchNews news) {
  std::unique_lock lock(mutex_);
  has_room_.wait(lock, [this] { return is_closed_ || news_.size() < kMostNews; });
  if (is_closed_) return;
  news_.push_back(std::move(news));
  ::eventfd_write(fd_, 1);  // fails only where it is readable already
}

}  // namespace quotecache::cli
