#include "src/http_handle.hpp"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

#include "quotecache/version.hpp"
#include "src/failure.hpp"
#include "src/guard.hpp"

namespace quotecache {
namespace {

constexpr std::size_t kRoom = 64;  // bytes behind an answer, which the JSON reader wants

// Null: it is none to libcurl, whatever the memory.
ParsedUrl parse_url(const std::string& text) {
  ParsedUrl url(curl_url());
  if (url == nullptr) throw std::bad_alloc();
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0);
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  return code == CURLUE_OK ? std::move(url) : nullptr;
}

}  // namespace

bool start_libcurl() noexcept {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);  // once, thread-safe
  return started == CURLE_OK;
}

void append_field(FieldList& fields, const std::string& line) {
  curl_slist* const longer = curl_slist_append(fields.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  if (fields == nullptr) fields.reset(longer);  // later lines keep the beginning
}

void set_text(CURL* handle, CURLoption option, const char* text) {
  if (curl_easy_setopt(handle, option, text) == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
}

FieldList fields_of(const HttpServer& server, const char* accept) {
  FieldList fields;
  append_field(fields, std::string("Accept: ") + accept);
  append_field(fields, "User-Agent: libquotecache/" + std::string(version()));
  if (!server.token.empty()) append_field(fields, "Authorization: Bearer " + server.token);
  return fields;
}

FieldList fields_of_any_path(const HttpServer& server, const char* accept) {
  auto fields = fields_of(server, accept);
  if (!server.token.empty()) append_field(fields, "X-CMC_PRO_API_KEY: " + server.token);
  return fields;
}

void set_up(CURL* handle, const HttpServer& server, const curl_slist* fields) {
  if (!server.address.socket_path.empty())
    set_text(handle, CURLOPT_UNIX_SOCKET_PATH, server.address.socket_path.c_str());
  set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set_text(handle, CURLOPT_NOPROXY, "*");          // the token is for the daemon alone
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);  // signals belong to the program
  curl_easy_setopt(handle, CURLOPT_MAXCONNECTS, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
  curl_easy_setopt(
      handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(server.connect_timeout.count()));
}

Error error_of(CURL* handle, CURLcode code, const char* detail, const HttpServer& server) {
  long number = 0;
  curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number);
  // Of a socket that is a file libcurl speaks as of a host and a port.
  const bool is_file = !server.address.socket_path.empty();
  if (!is_file || code != CURLE_COULDNT_CONNECT || number == 0)
    return transfer_failure(code, detail, server.address.text);
  const auto why = std::generic_category().message(static_cast<int>(number));
  return transfer_failure(code, why, server.address.text);
}

HttpHandle::HttpHandle(const HttpServer& server)
    : server_(server),
      url_(parse_url(server.address.base_url)),
      fields_(fields_of(server, "application/json")),
      form_fields_(fields_of(server, "application/json")),
      raw_fields_(fields_of_any_path(server, "application/json")),
      handle_(curl_easy_init()) {
  if (handle_ == nullptr) throw std::bad_alloc();
  append_field(form_fields_, "Expect:");  // no pause before a form is sent
  set_up(handle_.get(), server, fields_.get());
  set_text(handle_.get(), CURLOPT_URL, server.address.base_url.c_str());
  curl_easy_setopt(handle_.get(), CURLOPT_CURLU, url_.get());  // instead of the text
  curl_easy_setopt(handle_.get(), CURLOPT_WRITEFUNCTION, &HttpHandle::take);
  curl_easy_setopt(handle_.get(), CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_.get(), CURLOPT_ERRORBUFFER, detail_.data());
}

void HttpHandle::prepare(const HttpRequest& request, milliseconds timeout) {
  CURL* const handle = handle_.get();
  body_.clear();
  is_out_of_memory_ = false;
  head_.clear();
  detail_[0] = '\0';
  set_text(handle, CURLOPT_REQUEST_TARGET, request.target.c_str());
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(
      handle, CURLOPT_HEADERFUNCTION, request.takes_whole ? &HttpHandle::take_head : nullptr);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, request.takes_whole ? this : nullptr);
  if (request.form.empty()) {
    curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    const auto& fields = request.takes_any_status ? raw_fields_ : fields_;
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields.get());
    return;
  }
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, form_fields_.get());
  curl_easy_setopt(handle, CURLOPT_POST, 1L);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.form.c_str());
}

Result<HttpAnswer> HttpHandle::finish(CURLcode code, const HttpRequest& request) {
  CURL* const handle = handle_.get();
  // A URL that is parsed already is copied: that takes memory and nothing else.
  const bool is_url_short = code == CURLE_URL_MALFORMAT && url_ != nullptr;
  if (is_out_of_memory_ || code == CURLE_OUT_OF_MEMORY || is_url_short) throw std::bad_alloc();
  if (code != CURLE_OK) return error_of(handle, code, detail_.data(), server_);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  const bool is_passing = status == 502 || status == 503 || status == 504;
  const bool is_taken = request.takes_whole || (request.takes_any_status && !is_passing);
  if (status != 200 && !is_taken) return status_failure(status, body_, retry_after(handle));
  const char* type = nullptr;
  if (request.takes_any_status) curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
  return HttpAnswer{static_cast<int>(status),
                    type == nullptr ? "" : type,
                    std::exchange(body_, {}),
                    std::exchange(head_, {})};
}

// A line at a time. Heads of answers before the last one ("100 Continue") are forgotten.
std::size_t HttpHandle::take_head(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& handle = *static_cast<HttpHandle*>(self);
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) handle.head_.clear();
  if (handle.head_.size() + size > kMostBody) return 0;
  if (line == "\r\n" || line == "\n") return size;
  handle.is_out_of_memory_ = caught([&] { handle.head_.append(line); }).has_value();
  return handle.is_out_of_memory_ ? 0 : size;
}

// Taking less than came ends the transfer with CURLE_WRITE_ERROR.
std::size_t HttpHandle::take(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& handle = *static_cast<HttpHandle*>(self);
  if (handle.body_.size() + size > kMostBody) return 0;
  const auto append = [&, &body = handle.body_] {
    // Most answers come as one piece.
    if (body.empty()) body.reserve(size + kRoom);
    body.append(data, size);
  };
  handle.is_out_of_memory_ = caught(append).has_value();
  return handle.is_out_of_memory_ ? 0 : size;
}

}  // namespace quotecache
