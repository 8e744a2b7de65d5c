#include "support/http_client.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>

#include <curl/curl.h>

namespace quotecached::test {

namespace {

void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("curl_global_init");
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* response) {
  static_cast<HttpResponse*>(response)->body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* response) {
  const std::string_view line(bytes, size * count);
  auto& headers = static_cast<HttpResponse*>(response)->headers;
  if (line.starts_with("HTTP/")) headers.clear();  // an interim answer came before
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  std::string& value = headers[name];
  if (!value.empty()) value += ", ";
  value += trimmed(line.substr(colon + 1));
  return line.size();
}

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

std::string HttpResponse::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

struct HttpClient::Transfer {
  std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};
  std::unique_ptr<curl_slist, FreeList> headers;
  HttpResponse response;
  std::string body;
  std::size_t place = 0;

  void prepare(const Options& options,
               const std::string& method,
               const std::string& url,
               const HttpHeaders& lines) {
    response = {};
    headers.reset();
    for (const std::string& line : lines) {
      headers.reset(curl_slist_append(headers.release(), line.c_str()));
    }
    CURL* const handle = easy.get();
    curl_easy_reset(handle);
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.limit.count()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &response);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &response);
    curl_easy_setopt(
        handle,
        CURLOPT_HTTP_VERSION,
        static_cast<long>(options.may_use_http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    if (options.decodes) curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
    if (!options.unix_socket.empty())
      curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, options.unix_socket.c_str());
    if (!options.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
    prepare_method(method);
  }

  void prepare_method(const std::string& method) {
    CURL* const handle = easy.get();
    if (method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    if (method != "GET" && method != "HEAD")
      curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
    if (body.empty()) return;
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  }

  void finish(CURLcode result) {
    curl_off_t microseconds = 0;
    long connects = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &response.status);
    curl_easy_getinfo(easy.get(), CURLINFO_TOTAL_TIME_T, &microseconds);
    curl_easy_getinfo(easy.get(), CURLINFO_NUM_CONNECTS, &connects);
    response.elapsed = std::chrono::microseconds(microseconds);
    response.is_new_connection = connects > 0;
    if (result == CURLE_OK) return;
    response.status = 0;
    response.error = curl_easy_strerror(result);
  }
};

HttpClient::HttpClient() : HttpClient(Options{}) {}

HttpClient::HttpClient(Options options) : options_(std::move(options)) {
  start_curl();
  kept_ = std::make_unique<Transfer>();
}

HttpClient::~HttpClient() = default;

HttpResponse HttpClient::get(const std::string& url, const HttpHeaders& headers) {
  return request("GET", url, {}, headers);
}

HttpResponse HttpClient::request(const std::string& method,
                                 const std::string& url,
                                 const std::string& body,
                                 const HttpHeaders& headers) {
  kept_->body = body;
  kept_->prepare(options_, method, url, headers);
  kept_->finish(curl_easy_perform(kept_->easy.get()));
  return std::move(kept_->response);
}

namespace {

// Waits until a transfer has ended; returns its handle and how it ended.
std::pair<CURL*, CURLcode> next_done(CURLM* multi) {
  while (true) {
    int running = 0;
    int queued = 0;
    curl_multi_perform(multi, &running);
    while (const CURLMsg* message = curl_multi_info_read(multi, &queued)) {
      if (message->msg == CURLMSG_DONE) return {message->easy_handle, message->data.result};
    }
    curl_multi_poll(multi, nullptr, 0, 100, nullptr);
  }
}

}  // namespace

std::vector<HttpResponse> HttpClient::get_all(const std::vector<std::string>& urls,
                                              std::size_t concurrency,
                                              const HttpHeaders& headers) {
  std::vector<HttpResponse> responses(urls.size());
  std::deque<Transfer> transfers(std::min(concurrency, urls.size()));
  const std::unique_ptr<CURLM, FreeMulti> multi(curl_multi_init());
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(transfers.size()));
  std::size_t asked = 0;
  const auto ask = [&](Transfer& transfer) {
    transfer.place = asked++;
    transfer.prepare(options_, "GET", urls[transfer.place], headers);
    curl_easy_setopt(transfer.easy.get(), CURLOPT_PRIVATE, &transfer);
    curl_multi_add_handle(multi.get(), transfer.easy.get());
  };
  for (Transfer& transfer : transfers) ask(transfer);
  for (std::size_t done = 0; done < urls.size(); ++done) {
    const auto [easy, result] = next_done(multi.get());
    Transfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    transfer->finish(result);
    curl_multi_remove_handle(multi.get(), easy);
    responses[transfer->place] = std::move(transfer->response);
    if (asked < urls.size()) ask(*transfer);
  }
  return responses;
}

}  // namespace quotecached::test
