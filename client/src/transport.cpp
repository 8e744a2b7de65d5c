#include "src/transport.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

#include "quotecache/version.hpp"
#include "src/failure.hpp"
#include "src/guard.hpp"
#include "src/http_handle.hpp"

namespace quotecache {
namespace {

bool is_token(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

struct Body {
  std::string text;
  bool is_out_of_memory = false;
};

// libcurl's callback. Taking less than came ends the transfer with CURLE_WRITE_ERROR.
std::size_t take(char* data, std::size_t, std::size_t size, void* to) noexcept {
  auto& body = *static_cast<Body*>(to);
  if (body.text.size() + size > Transport::kMostBody) return 0;
  body.is_out_of_memory = caught([&] { body.text.append(data, size); }).has_value();
  return body.is_out_of_memory ? 0 : size;
}

FieldList fields_for(const Options& options, bool has_document) {
  FieldList fields;
  append_field(fields, "Accept: application/json");
  append_field(fields, "User-Agent: quotecache/" + std::string(version()));
  if (!options.token.empty()) append_field(fields, "Authorization: Bearer " + options.token);
  if (has_document) append_field(fields, "Content-Type: application/json");
  return fields;
}

}  // namespace

struct Transport::State {
  ServerAddress server;
  Options options;
  EasyHandle handle;

  void prepare(const std::string& target, const curl_slist* fields);
  void send_document(const std::string& document);
  Result<std::string> perform();
  [[nodiscard]] std::string why(CURLcode code, const char* detail) const;
};

// Everything anew for each request; open connections outlive the reset.
void Transport::State::prepare(const std::string& target, const curl_slist* fields) {
  CURL* const curl = handle.get();
  curl_easy_reset(curl);
  set_text(curl, CURLOPT_URL, (server.base_url + target).c_str());
  if (!server.socket_path.empty())
    set_text(curl, CURLOPT_UNIX_SOCKET_PATH, server.socket_path.c_str());
  set_text(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set_text(curl, CURLOPT_PROXY, "");             // the token is for the daemon alone
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);  // signals belong to the program
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(
      curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take);
}

// Requires: prepared; `document` outlives the transfer.
void Transport::State::send_document(const std::string& document) {
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(document.size()));
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, document.c_str());
}

// Requires: prepared.
Result<std::string> Transport::State::perform() {
  Body body;
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, detail.data());
  const CURLcode code = curl_easy_perform(handle.get());
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, nullptr);
  if (body.is_out_of_memory || code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLE_OK) return transfer_failure(code, why(code, detail.data()), server.text);
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return status_failure(status, body.text, retry_after(handle.get()));
  return std::move(body.text);
}

// Of a socket that is a file libcurl speaks as of a host and a port.
std::string Transport::State::why(CURLcode code, const char* detail) const {
  long error = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_OS_ERRNO, &error);
  if (server.socket_path.empty() || code != CURLE_COULDNT_CONNECT || error == 0) return detail;
  return std::generic_category().message(static_cast<int>(error));
}

Transport::Transport(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transport::~Transport() = default;
Transport::Transport(Transport&& other) noexcept = default;
Transport& Transport::operator=(Transport&& other) noexcept = default;

Result<Transport> Transport::make(const Options& options) {
  auto server = ServerAddress::parse(options.server);
  if (!server) return std::move(server).error();
  if (!is_token(options.token)) return bad_request("the token holds blanks or control characters");
  if (!options.token.empty() && !server->keeps_secrets)
    return bad_request("a token is not sent over plain http to another machine: use https");
  if (options.timeout.count() <= 0 || options.connect_timeout.count() <= 0)
    return bad_request("a timeout must be longer than nothing");
  EasyHandle handle(start_libcurl() ? curl_easy_init() : nullptr);
  if (!handle) throw std::bad_alloc();
  return Transport(std::make_unique<State>(State{*std::move(server), options, std::move(handle)}));
}

Result<std::string> Transport::get(const std::string& target) {
  const FieldList fields = fields_for(state_->options, false);
  state_->prepare(target, fields.get());
  return state_->perform();
}

Result<std::string> Transport::remove(const std::string& target) {
  const FieldList fields = fields_for(state_->options, false);
  state_->prepare(target, fields.get());
  set_text(state_->handle.get(), CURLOPT_CUSTOMREQUEST, "DELETE");
  return state_->perform();
}

Result<std::string> Transport::post(const std::string& target, const std::string& document) {
  const FieldList fields = fields_for(state_->options, true);
  state_->prepare(target, fields.get());
  state_->send_document(document);
  return state_->perform();
}

}  // namespace quotecache
