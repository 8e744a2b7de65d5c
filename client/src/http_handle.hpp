// Requests of a Client: a libcurl handle that is set up for one daemon, and used again and again.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <curl/curl.h>

#include "quotecache/error.hpp"
#include "src/daemons.hpp"
#include "src/server_address.hpp"

namespace quotecache {

struct FreeEasy {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct FreeFields {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using EasyHandle = std::unique_ptr<CURL, FreeEasy>;
using FieldList = std::unique_ptr<curl_slist, FreeFields>;
using ParsedUrl = std::unique_ptr<CURLU, FreeUrl>;

// False: libcurl cannot be used at all.
[[nodiscard]] bool start_libcurl() noexcept;

// Throws std::bad_alloc where libcurl has no memory, and leaves the list as it was.
void append_field(FieldList& fields, const std::string& line);

// A text that libcurl copies. Throws std::bad_alloc: a request must not go without.
void set_text(CURL* handle, CURLoption option, const char* text);

// A daemon as requests need it. Outlives the handles made for it.
struct HttpServer {
  ServerAddress address;
  std::string token;
  milliseconds connect_timeout{0};
};

// A path and query, by POST with a form where there is one.
struct HttpRequest {
  std::string target;
  std::string form{};
  bool takes_any_status = false;  // but 502, 503 and 504; else all but 200 is an Error
  bool takes_whole = false;       // any status, and the head too
};

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
  std::string head{};  // of a request that takes the whole
};

// What every request of a daemon has, but for its URL.
void set_up(CURL* handle, const HttpServer& server, const curl_slist* fields);

// The fields of a head that every request has.
[[nodiscard]] FieldList fields_of(const HttpServer& server, const char* accept);
// ... and those of the provider's paths, where a token stands in the place of the provider's key.
[[nodiscard]] FieldList fields_of_any_path(const HttpServer& server, const char* accept);

// "no answer from ...", for a transfer that did not end well.
[[nodiscard]] Error error_of(CURL* handle,
                             CURLcode code,
                             const char* detail,
                             const HttpServer& server);

// One thread at a time. Stays where it is: libcurl holds pointers into it.
class HttpHandle {
 public:
  static constexpr std::size_t kMostBody = std::size_t{64} * 1024 * 1024;

  explicit HttpHandle(const HttpServer& server);
  HttpHandle(const HttpHandle&) = delete;
  HttpHandle& operator=(const HttpHandle&) = delete;

  // Requires: `request` outlives the transfer.
  void prepare(const HttpRequest& request, milliseconds timeout);
  [[nodiscard]] CURLcode perform() noexcept { return curl_easy_perform(handle_.get()); }
  // What became of the transfer; throws std::bad_alloc where memory ended meanwhile. Requires: it
  // ended with `code`.
  [[nodiscard]] Result<HttpAnswer> finish(CURLcode code, const HttpRequest& request);

  [[nodiscard]] CURL* get() const noexcept { return handle_.get(); }

 private:
  static std::size_t take(char* data, std::size_t, std::size_t size, void* self) noexcept;
  static std::size_t take_head(char* data, std::size_t, std::size_t size, void* self) noexcept;

  const HttpServer& server_;
  const ParsedUrl url_;  // so that it is not parsed for each request; null: libcurl refuses it
  FieldList fields_;
  FieldList form_fields_;
  FieldList raw_fields_;
  EasyHandle handle_;
  std::string body_;
  std::string head_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  bool is_out_of_memory_ = false;  // for the body
};

}  // namespace quotecache
