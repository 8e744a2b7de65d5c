// An HTTP client for tests, over libcurl: one connection kept alive, or many requests at once.
//
// Independent of the project's own client and server code. Not thread-safe.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/wait.hpp"

namespace quotecached::test {

struct HttpResponse {
  long status = 0;                             // 0: no answer, see `error`
  std::map<std::string, std::string> headers;  // names in lower case; repeated ones joined by ", "
  std::string body;                            // as it came, unless Options::decodes
  std::chrono::microseconds elapsed{0};
  bool is_new_connection = false;
  std::string error;

  // A header's value, empty when it is not there.
  [[nodiscard]] std::string header(const std::string& name) const;
};

using HttpHeaders = std::vector<std::string>;  // "Name: value"

class HttpClient {
 public:
  struct Options {
    milliseconds limit{30'000};
    std::filesystem::path unix_socket{};  // connect there, whatever the URL's host
    std::filesystem::path ca_file{};      // trust this for https instead of the system's
    bool may_use_http2 = false;
    bool decodes = false;  // takes bodies out of their content codings
  };

  HttpClient();
  explicit HttpClient(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  HttpResponse get(const std::string& url, const HttpHeaders& headers = {});
  HttpResponse request(const std::string& method,
                       const std::string& url,
                       const std::string& body = {},
                       const HttpHeaders& headers = {});
  // GETs all, `concurrency` at a time, each on a connection of its own that is kept for the next.
  // Answers stand in the order of `urls`.
  std::vector<HttpResponse> get_all(const std::vector<std::string>& urls,
                                    std::size_t concurrency,
                                    const HttpHeaders& headers = {});

 private:
  struct Transfer;

  Options options_;
  std::unique_ptr<Transfer> kept_;
};

}  // namespace quotecached::test
