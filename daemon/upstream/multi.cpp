#include "upstream/multi.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

namespace quotecached::upstream {

using Descriptor = asio::posix::stream_descriptor;

// One registration of one socket. libcurl owns the socket: it is released, never closed, here.
struct Multi::Watch {
  Watch(const asio::any_io_executor& loop, curl_socket_t number)
      : descriptor(loop), socket(number) {}

  Descriptor descriptor;
  curl_socket_t socket;
  bool wants_read = false;
  bool wants_write = false;
  bool is_reading = false;  // a wait is under way
  bool is_writing = false;
  bool is_removed = false;
};

std::shared_ptr<Multi> Multi::make(asio::any_io_executor loop, long max_connections) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return nullptr;
  CURLM* handle = curl_multi_init();
  if (handle == nullptr) return nullptr;
  curl_multi_setopt(handle, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, max_connections);
  curl_multi_setopt(handle, CURLMOPT_MAX_HOST_CONNECTIONS, max_connections);
  curl_multi_setopt(handle, CURLMOPT_MAXCONNECTS, max_connections);
  return std::shared_ptr<Multi>(new Multi(std::move(loop), handle));
}

Multi::Multi(asio::any_io_executor loop, CURLM* handle)
    : loop_(std::move(loop)), handle_(handle), timer_(loop_) {
  curl_multi_setopt(handle_, CURLMOPT_SOCKETFUNCTION, &Multi::on_socket);
  curl_multi_setopt(handle_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(handle_, CURLMOPT_TIMERFUNCTION, &Multi::on_timer);
  curl_multi_setopt(handle_, CURLMOPT_TIMERDATA, this);
}

Multi::~Multi() {
  curl_multi_cleanup(handle_);  // closes the pooled connections, through on_socket
  while (!watches_.empty()) forget(watches_.begin()->first);
}

bool Multi::add(CURL* easy, Listener& listener) {
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &listener);
  return curl_multi_add_handle(handle_, easy) == CURLM_OK;
}

void Multi::remove(CURL* easy) { curl_multi_remove_handle(handle_, easy); }

int Multi::on_socket(
    CURL* /*easy*/, curl_socket_t socket, int what, void* self, void* /*known*/) noexcept {
  auto& multi = *static_cast<Multi*>(self);
  if (what == CURL_POLL_REMOVE) {
    multi.forget(socket);
  } else {
    multi.watch(socket, what);
  }
  return 0;
}

int Multi::on_timer(CURLM* /*handle*/, long timeout_ms, void* self) noexcept {
  static_cast<Multi*>(self)->set_timer(timeout_ms);
  return 0;
}

void Multi::watch(curl_socket_t socket, int what) {
  auto& entry = watches_[socket];
  if (!entry) {
    entry = std::make_shared<Watch>(loop_, socket);
    boost::system::error_code error;
    entry->descriptor.assign(socket, error);
    if (error) return report_broken(socket, entry);
  }
  entry->wants_read = (what & CURL_POLL_IN) != 0;
  entry->wants_write = (what & CURL_POLL_OUT) != 0;
  arm(entry);
}

// libcurl is told from outside its own callback.
void Multi::report_broken(curl_socket_t socket, const std::shared_ptr<Watch>& watch) {
  asio::post(loop_, [self = weak_from_this(), socket, watch] {
    const auto multi = self.lock();
    if (multi && !watch->is_removed) multi->act(socket, CURL_CSELECT_ERR);
  });
}

void Multi::forget(curl_socket_t socket) {
  const auto found = watches_.find(socket);
  if (found == watches_.end()) return;
  Watch& watch = *found->second;
  watch.is_removed = true;
  if (watch.descriptor.is_open()) watch.descriptor.release();
  watches_.erase(found);
}

void Multi::arm(const std::shared_ptr<Watch>& watch) {
  if (!watch->descriptor.is_open()) return;
  if (watch->wants_read && !watch->is_reading) wait(watch, Ready::Read);
  if (watch->wants_write && !watch->is_writing) wait(watch, Ready::Write);
}

void Multi::wait(const std::shared_ptr<Watch>& watch, Ready ready) {
  const bool is_read = ready == Ready::Read;
  (is_read ? watch->is_reading : watch->is_writing) = true;
  watch->descriptor.async_wait(
      is_read ? Descriptor::wait_read : Descriptor::wait_write,
      [self = weak_from_this(), watch, ready](const boost::system::error_code& error) {
        const auto multi = self.lock();
        if (multi && !watch->is_removed) multi->became_ready(watch, ready, error.failed());
      });
}

void Multi::became_ready(const std::shared_ptr<Watch>& watch, Ready ready, bool failed) {
  const bool is_read = ready == Ready::Read;
  (is_read ? watch->is_reading : watch->is_writing) = false;
  if (!(is_read ? watch->wants_read : watch->wants_write)) return;
  const int direction = is_read ? CURL_CSELECT_IN : CURL_CSELECT_OUT;
  act(watch->socket, failed ? CURL_CSELECT_ERR : direction);
  if (!watch->is_removed && !failed) arm(watch);
}

void Multi::set_timer(long timeout_ms) {
  const auto generation = ++timer_generation_;
  timer_.cancel();
  if (timeout_ms < 0) return;
  // Even at zero libcurl must not be entered again from its own callback.
  timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  timer_.async_wait([self = weak_from_this(), generation](const boost::system::error_code& error) {
    const auto multi = self.lock();
    if (!multi || error || generation != multi->timer_generation_) return;
    multi->act(CURL_SOCKET_TIMEOUT, 0);
  });
}

void Multi::act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(handle_, socket, events, &running);
  tell_ended();
}

void Multi::tell_ended() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(handle_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;  // the message dies with the removal
    void* listener = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &listener);
    curl_multi_remove_handle(handle_, easy);
    static_cast<Listener*>(listener)->ended(code);
  }
}

}  // namespace quotecached::upstream
