// A subscription's connection: reads events, tells the handler, and comes back when it is lost.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "quotecache/client_options.hpp"
#include "quotecache/subscription.hpp"
#include "src/daemons.hpp"
#include "src/http_handle.hpp"
#include "src/loop.hpp"
#include "src/sse.hpp"
#include "src/stream_rows.hpp"

namespace quotecache {

// All but stop() is for the loop's thread. Made by make_shared.
class Stream : public std::enable_shared_from_this<Stream> {
 public:
  Stream(std::shared_ptr<Loop> loop,
         const ClientOptions& options,
         std::vector<HttpServer> servers,
         std::string form,
         StreamHandler handler,
         UnavailableHandler on_unavailable);

  // Begins, from any thread.
  static void start(const std::shared_ptr<Stream>& stream);
  // Ends it. On return no callback runs, but for one that this is called from, or that waits for
  // the one that this is called from. Thread-safe.
  static void stop(const std::shared_ptr<Stream>& stream) noexcept;

 private:
  static std::size_t take(char* data, std::size_t, std::size_t size, void* self) noexcept;
  void stop_here() noexcept;
  void connect() noexcept;
  void begin();
  void fail(Error error) noexcept;
  void set_up_handle(const HttpServer& server);
  bool read(std::string_view bytes);
  bool tell(SseEvent& event);
  bool tell_quote(SseEvent& event);
  void tell_lists(SseEvent& event);
  void tell_unavailable(const std::vector<NotHad>& unavailable);
  void begin_snapshot();
  void end_snapshot_later();
  void end_snapshot();
  void ended(CURLcode code) noexcept;
  [[nodiscard]] Error error_of_end(CURLcode code);
  void come_back(Error error) noexcept;
  void give_up(Error error) noexcept;
  void tell_state(const StreamState& state) noexcept;
  void release() noexcept;

  const std::shared_ptr<Loop> loop_;
  const ClientOptions options_;
  const std::vector<HttpServer> servers_;
  const std::string form_;
  StreamHandler handler_;
  UnavailableHandler on_unavailable_;
  std::atomic<bool> is_stopped_{false};
  Loop::Tasks stop_task_;         // made beforehand, so that it always can be stopped
  std::shared_ptr<Stream> self_;  // until that ran, where the caller does not wait for it
  std::mutex mutex_;
  std::condition_variable released_;
  bool is_released_ = false;

  Daemons daemons_;
  std::vector<bool> tried_;  // since one worked
  std::size_t daemon_ = 0;
  int rounds_ = 0;  // of all daemons, without one that worked
  milliseconds retry_{2'500};

  EasyHandle handle_;
  FieldList fields_;
  std::string url_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  bool is_connected_ = false;
  SteadyTime connected_at_{};
  std::string refusal_;  // the body of an answer that is no stream
  std::optional<Error> flaw_;
  SseParser parser_;
  std::vector<SseEvent> events_;
  std::string last_id_;
  StreamRows rows_;
  std::uint64_t snapshot_ = 0;    // the last one that began
  bool has_lists_ = false;        // were told, and are not empty as far as is known
  bool are_lists_seen_ = false;   // since that snapshot began
  bool has_unavailable_ = false;  // was told of some
};

}  // namespace quotecache
