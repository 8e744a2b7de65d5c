#include "src/failure.hpp"

#include <simdjson.h>

namespace quotecache {
namespace {

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return ErrorCode::Timeout;
    case CURLE_UNSUPPORTED_PROTOCOL:  // no HTTP at all, though something answered
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_WRITE_ERROR:  // larger than allowed
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING: return ErrorCode::BadAnswer;
    default: return ErrorCode::Unreachable;
  }
}

ErrorCode code_of(long status) {
  switch (status) {
    case 400:
    case 422: return ErrorCode::BadRequest;
    case 401: return ErrorCode::Unauthorized;
    case 403: return ErrorCode::Forbidden;
    case 404: return ErrorCode::NotFound;
    case 409: return ErrorCode::Conflict;
    case 408:
    case 429: return ErrorCode::Unavailable;
    default: return status >= 500 ? ErrorCode::Unavailable : ErrorCode::BadAnswer;
  }
}

// "detail", else "title", of a problem document; empty when the body is none.
std::string reason_in(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element problem;
  if (parser.parse(body).get(problem) != simdjson::SUCCESS) return {};
  for (const char* const name : {"detail", "title"}) {
    std::string_view text;
    if (problem[name].get(text) == simdjson::SUCCESS && !text.empty()) return std::string(text);
  }
  return {};
}

}  // namespace

tl::unexpected<Error> bad_request(std::string why) {
  return tl::unexpected(Error{ErrorCode::BadRequest, std::move(why)});
}

Error transfer_failure(CURLcode code, std::string_view detail, std::string_view server) {
  const std::string why(detail.empty() ? curl_easy_strerror(code) : detail);
  return {code_of(code), "no answer from " + std::string(server) + ": " + why};
}

Error status_failure(long status, const std::string& body) {
  std::string message = "the daemon answers " + std::to_string(status);
  const std::string reason = reason_in(body);
  if (!reason.empty()) message += ": " + reason;
  // The daemon says what is wrong with a request: a bare 400 is another server's, or a proxy's.
  const bool is_foreign = reason.empty() && code_of(status) == ErrorCode::BadRequest;
  const ErrorCode code = is_foreign ? ErrorCode::BadAnswer : code_of(status);
  return {code, std::move(message), static_cast<int>(status)};
}

}  // namespace quotecache
