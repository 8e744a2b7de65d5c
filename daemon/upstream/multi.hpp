// Drives a libcurl multi handle from the event loop: its sockets and its one timer become waits.
//
// libcurl names a socket by its number, and the system gives a number out again as soon as it is
// closed. So every registration is an object of its own (a Watch), marked when libcurl lets go of
// the socket: an event that was already queued for it finds the mark and does nothing.
//
// Used on the loop only. A transfer's end is told from inside libcurl's event, when no handle may
// be destroyed; whoever is told must only take note and post.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

namespace quotecached::upstream {

namespace asio = boost::asio;

class Multi : public std::enable_shared_from_this<Multi> {
 public:
  // Told once, when the transfer ended by itself; its handle has left the multi by then.
  class Listener {
   public:
    virtual void ended(CURLcode code) = 0;

   protected:
    ~Listener() = default;
  };

  // Null when libcurl cannot start.
  static std::shared_ptr<Multi> make(asio::any_io_executor loop, long max_connections);
  ~Multi();
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  // Starts the transfer; `listener` must outlive it or be taken out with remove(). False when
  // libcurl refuses it.
  bool add(CURL* easy, Listener& listener);
  // Ends the transfer without telling anybody. Requires: `easy` was added and has not ended.
  void remove(CURL* easy);

 private:
  struct Watch;
  enum class Ready : std::uint8_t { Read, Write };

  Multi(asio::any_io_executor loop, CURLM* handle);
  static int on_socket(
      CURL* easy, curl_socket_t socket, int what, void* self, void* known) noexcept;
  static int on_timer(CURLM* handle, long timeout_ms, void* self) noexcept;
  void watch(curl_socket_t socket, int what);
  void report_broken(curl_socket_t socket, const std::shared_ptr<Watch>& watch);
  void forget(curl_socket_t socket);
  void arm(const std::shared_ptr<Watch>& watch);
  void wait(const std::shared_ptr<Watch>& watch, Ready ready);
  void became_ready(const std::shared_ptr<Watch>& watch, Ready ready, bool failed);
  void set_timer(long timeout_ms);
  void act(curl_socket_t socket, int events);
  void tell_ended();

  asio::any_io_executor loop_;
  CURLM* handle_;
  asio::steady_timer timer_;
  std::uint64_t timer_generation_ = 0;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
};

}  // namespace quotecached::upstream
