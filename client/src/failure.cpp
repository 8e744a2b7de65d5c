#include "src/failure.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <utility>

#include <simdjson.h>

#include "src/guard.hpp"

namespace quotecache {
namespace {

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return ErrorCode::Timeout;
    case CURLE_UNSUPPORTED_PROTOCOL:  // no HTTP at all, though something answered
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_WRITE_ERROR:  // larger than allowed
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING: return ErrorCode::Protocol;
    default: return ErrorCode::Unavailable;
  }
}

ErrorCode code_of(long status) {
  switch (status) {
    case 400:
    case 422: return ErrorCode::Invalid;
    case 401:
    case 403: return ErrorCode::Unauthorized;
    case 404: return ErrorCode::NotFound;
    case 409: return ErrorCode::Conflict;
    case 408: return ErrorCode::Unavailable;
    case 429: return ErrorCode::RateLimited;
    case 504: return ErrorCode::Timeout;
    default: return status >= 500 ? ErrorCode::Unavailable : ErrorCode::Protocol;
  }
}

// What a problem document says; empty when the body is none.
struct Problem {
  std::string reason;  // "detail", else "title"
  std::string code;
  std::string field;
};

std::string text_in(const simdjson::dom::element& problem, std::string_view name) {
  std::string_view text;
  if (problem[name].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

Problem problem_in(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  const auto error = parser.parse(body).get(document);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) return {};
  Problem problem{text_in(document, "detail"), text_in(document, "code"), {}};
  if (problem.reason.empty()) problem.reason = text_in(document, "title");
  problem.field = text_in(document, "field");
  return problem;
}

}  // namespace

namespace detail {

void access_to_nothing(const Error* error) noexcept {
  std::fprintf(stderr,
               "quotecache: the value of a Result that has none is used: %s\n",
               error == nullptr ? "it is a value, and no error" : error->message.c_str());
  std::abort();
}

}  // namespace detail

Error unexpected(const std::exception& thrown) noexcept {
  return guarded([&]() -> Result<int> {
           return Error{ErrorCode::Unavailable,
                        std::string("the library cannot go on: ") + thrown.what()};
         })
      .error();
}

Error bad_request(std::string why) { return {ErrorCode::Invalid, std::move(why)}; }

Error transfer_failure(CURLcode code, std::string_view detail, std::string_view server) {
  const std::string why(detail.empty() ? curl_easy_strerror(code) : detail);
  return {code_of(code), "no answer from " + std::string(server) + ": " + why};
}

std::optional<ErrorCode> parse_problem_code(std::string_view word) noexcept {
  using Word = std::pair<std::string_view, ErrorCode>;
  static constexpr std::array<Word, 6> kWords{{{"invalid", ErrorCode::Invalid},
                                               {"unauthorized", ErrorCode::Unauthorized},
                                               {"rate_limited", ErrorCode::RateLimited},
                                               {"budget_exhausted", ErrorCode::BudgetExhausted},
                                               {"unavailable", ErrorCode::Unavailable},
                                               {"timeout", ErrorCode::Timeout}}};
  for (const auto& [name, code] : kWords) {
    if (name == word) return code;
  }
  return std::nullopt;
}

Error status_failure(long status,
                     const std::string& body,
                     std::optional<std::chrono::seconds> retry_after) {
  Problem problem = problem_in(body);
  std::string message = "the daemon answers " + std::to_string(status);
  if (!problem.reason.empty()) message += ": " + problem.reason;
  // The daemon says what is wrong with a request: a bare 400 is another server's, or a proxy's.
  const bool is_foreign = problem.reason.empty() && code_of(status) == ErrorCode::Invalid;
  const ErrorCode by_status = is_foreign ? ErrorCode::Protocol : code_of(status);
  return {parse_problem_code(problem.code).value_or(by_status),
          std::move(message),
          static_cast<int>(status),
          retry_after,
          std::move(problem.field)};
}

std::optional<std::chrono::seconds> retry_after(CURL* handle) noexcept {
  curl_off_t seconds = 0;
  if (curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds <= 0)
    return std::nullopt;
  constexpr curl_off_t kLongest = 366L * 24 * 3600;  // what is more is no time to wait
  return std::chrono::seconds(std::min(seconds, kLongest));
}

}  // namespace quotecache
