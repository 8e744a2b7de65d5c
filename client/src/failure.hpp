// What a call that brought nothing means. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "quotecache/error.hpp"

namespace quotecache {

// Of an argument that cannot be sent.
[[nodiscard]] Error bad_request(std::string why);

// Of a transfer that did not end well; `detail` is libcurl's own sentence, which may be empty.
[[nodiscard]] Error transfer_failure(CURLcode code,
                                     std::string_view detail,
                                     std::string_view server);

// Of an answer whose status is not 200. A problem document (RFC 9457) says why.
[[nodiscard]] Error status_failure(long status,
                                   const std::string& body,
                                   std::optional<std::chrono::seconds> retry_after);

// What the daemon's word for a failure means: "budget_exhausted", ...
[[nodiscard]] std::optional<ErrorCode> parse_problem_code(std::string_view word) noexcept;

// Retry-After of the answer that the handle got last.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(CURL* handle) noexcept;

}  // namespace quotecache
