#include "upstream/transfer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/ascii.hpp"
#include "base/request_id.hpp"

namespace quotecached::upstream {
namespace {

constexpr long kStallBytesPerSecond = 1;
constexpr long kKeepAliveSeconds = 30;
constexpr std::size_t kLongestKept = 256;  // characters of a header of an answer

// A hundred assets are 120 KB: eight turns of the loop with libcurl's own 16 KB.
constexpr long kReceiveBytes = 64L * 1024;

// The most memory that is reserved by an announced length: the body may be shorter.
constexpr std::size_t kMostReserved = std::size_t{1024} * 1024;

long as_long(std::chrono::milliseconds time) { return static_cast<long>(time.count()); }

bool is_line(const std::string& text) { return std::ranges::all_of(text, is_printable); }

}  // namespace

// libcurl would take a line without a value, or with ';' for ':', for an order of another kind.
bool is_header(const std::string& line) {
  const auto colon = line.find(": ");
  if (colon == 0 || colon == std::string::npos || colon + 2 == line.size()) return false;
  const bool is_name =
      std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
        return c == '-' || c == '_' || is_alphanumeric(c);
      });
  return is_name && is_line(line);
}

Transfer::Transfer(const asio::any_io_executor& loop, const Client::Options& options)
    : options_(options), easy_(curl_easy_init()), end_signal_(loop) {
  if (easy_ == nullptr) throw std::bad_alloc();
  end_signal_.expires_at(asio::steady_timer::time_point::max());
}

Transfer::~Transfer() {
  curl_easy_cleanup(easy_);
  for (auto* line = headers_; line != nullptr; line = line->next)
    explicit_bzero(line->data, std::strlen(line->data));  // some of them hold secrets
  curl_slist_free_all(headers_);
}

Result<void> Transfer::prepare(const BaseUrl& base, const Request& request) {
  if (!is_target(request.target)) return fail(ErrorCode::Invalid, "upstream: not a target");
  if (request.method != "GET" && request.method != "POST")
    return fail(ErrorCode::Invalid, "upstream: neither GET nor POST");
  if (!is_line(request.content_type)) return fail(ErrorCode::Invalid, "upstream: not a media type");
  if (!std::ranges::all_of(request.headers, is_header))
    return fail(ErrorCode::Invalid, "upstream: not a header");
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &Transfer::on_request);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  set_limits(request);
  set_security();
  if (!set_request(base, request)) return fail(ErrorCode::Invalid, "upstream: libcurl refuses it");
  return {};
}

void Transfer::set_limits(const Request& request) {
  const auto timeout = request.timeout.count() > 0 ? request.timeout : options_.timeout;
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, as_long(timeout));
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, as_long(options_.connect_timeout));
  curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_LIMIT, kStallBytesPerSecond);
  curl_easy_setopt(
      easy_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall_timeout.count()));
  curl_easy_setopt(
      easy_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options_.max_body.count));
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kReceiveBytes);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  // A name lookup that outlives its call is left to its thread; waiting for it would stop the loop.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
}

void Transfer::set_security() {
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);  // else the system's would be believed too
  }
  curl_easy_setopt(easy_, CURLOPT_PROXY, options_.proxy.c_str());  // "" ignores the environment
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
}

bool Transfer::set_request(const BaseUrl& base, const Request& request) {
  const std::string url = base.text + request.target;
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // The first call of a burst may find out that one connection carries them all.
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, base.is_tls ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can undo
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, options_.user_agent.c_str());
  if (!add_header("Accept: application/json")) return false;
  for (const std::string& line : options_.secret_headers)
    if (!add_header(line)) return false;
  for (const std::string& line : request.headers)
    if (!add_header(line)) return false;
  if (request.method == "POST") {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(
        easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy_, CURLOPT_COPYPOSTFIELDS, request.body.c_str());
    if (!add_header("Expect:") || !add_header("Content-Type: " + request.content_type))
      return false;
  }
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  return curl_easy_setopt(easy_, CURLOPT_URL, url.c_str()) == CURLE_OK;
}

bool Transfer::add_header(const std::string& line) {
  curl_slist* const longer = curl_slist_append(headers_, line.c_str());
  if (longer != nullptr) headers_ = longer;
  return longer != nullptr;
}

// By itself libcurl sends a request again when a kept connection breaks before the answer begins.
// The provider may have served and billed the first one: that is for the caller to book and decide.
int Transfer::on_request(
    void* self, char* /*to*/, char* /*from*/, int /*to_port*/, int /*from_port*/) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.is_lost_ = std::exchange(transfer.was_begun_, true);
  return transfer.is_lost_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

// Reserves the announced length, so that the body does not move while it grows.
void Transfer::reserve_body() {
  curl_off_t announced = 0;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  if (announced > 0) body_.reserve(std::min(static_cast<std::size_t>(announced), kMostReserved));
}

std::size_t Transfer::on_body(char* data,
                              std::size_t size,
                              std::size_t count,
                              void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t length = size * count;
  if (length > transfer.options_.max_body.count - transfer.body_.size()) {
    transfer.is_too_large_ = true;
    return 0;  // libcurl ends the transfer
  }
  try {
    if (transfer.body_.empty()) transfer.reserve_body();
    transfer.body_.append(data, length);
  } catch (const std::bad_alloc&) {
    transfer.is_too_large_ = true;
    return 0;
  }
  return length;
}

asio::awaitable<void> Transfer::wait() {
  // The timer never expires; it is the signal, cancelled by the end or with the caller.
  while (!end_) {
    const auto [error] = co_await end_signal_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
  }
}

void Transfer::ended(CURLcode code) {
  end_ = code;
  end_signal_.cancel();
}

void Transfer::abort() {
  is_aborted_ = true;
  ended(CURLE_ABORTED_BY_CALLBACK);
}

Result<void> Transfer::outcome() const {
  if (*end_ == CURLE_OK) return {};
  if (is_aborted_) return fail(ErrorCode::Unavailable, "upstream: the client was stopped");
  if (is_lost_)
    return fail(ErrorCode::Unavailable, "upstream: the connection broke before an answer");
  if (is_too_large_ || *end_ == CURLE_FILESIZE_EXCEEDED)
    return fail(ErrorCode::Invalid, "upstream: the answer is larger than allowed");
  const std::string why = error_[0] != '\0' ? error_ : curl_easy_strerror(*end_);
  const bool is_timeout = *end_ == CURLE_OPERATION_TIMEDOUT;
  return fail(is_timeout ? ErrorCode::Timeout : ErrorCode::Unavailable, "upstream: " + why);
}

Response Transfer::take_response() {
  Response response;
  long http_status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &http_status);
  response.http_status = static_cast<unsigned>(http_status);
  response.content_type = header("Content-Type");
  response.retry_after = retry_after();
  response.kept_headers = kept_headers();
  if (!options_.id_header.empty()) response.id = header(options_.id_header.c_str());
  if (!is_request_id(response.id)) response.id.clear();
  response.body = std::move(body_);
  return response;
}

std::string Transfer::header(const char* name) const {
  curl_header* found = nullptr;
  const auto result = curl_easy_header(easy_, name, 0, CURLH_HEADER, -1, &found);
  return result == CURLHE_OK ? found->value : "";
}

std::string Transfer::retry_after() const {
  auto text = header("Retry-After");
  const bool is_number = text.find_first_not_of("0123456789") == std::string::npos;
  if (is_number) return text;
  curl_off_t seconds = 0;  // that libcurl makes of a date; 0: it is none, or past
  curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &seconds);
  return seconds > 0 ? std::to_string(seconds) : "";
}

// What cannot stand in a line as it is, or is too long to be told, is left out.
std::string Transfer::kept_headers() const {
  std::string lines;
  for (const auto& name : options_.kept_headers) {
    const auto line = name + ": " + header(name.c_str());
    if (line.size() <= kLongestKept && is_header(line)) lines += line + "\r\n";
  }
  return lines;
}

bool Transfer::was_sent() const {
  long sent_bytes = 0;
  curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &sent_bytes);
  return sent_bytes > 0;
}

long Transfer::connections_opened() const {
  long opened = 0;
  curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &opened);
  return opened;
}

bool Transfer::is_http2() const {
  long version = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
  return version == CURL_HTTP_VERSION_2_0;
}

}  // namespace quotecached::upstream
