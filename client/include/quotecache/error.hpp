// Why a call to the daemon brought nothing. Every function that can fail returns a Result.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace quotecache {

enum class ErrorCode : std::uint8_t {
  Unreachable,   // nobody listens there, or the connection broke
  Timeout,       // no complete answer within the time allowed
  Unauthorized,  // 401: a token is needed, or the one sent is wrong
  Forbidden,     // 403: the token, or where the caller sits, does not allow it
  NotFound,      // 404: this daemon does not have it
  Conflict,      // 409: one of it is under way already
  BadRequest,    // 400, or an argument that cannot be sent: trying again cannot help
  Unavailable,   // 5xx or 429: the daemon cannot say now; later may work
  BadAnswer,     // an answer came, but not one of a daemon of this kind
};
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;  // "unreachable", ...

struct Error {
  ErrorCode code;
  std::string message;  // one sentence for a person, never parsed; holds no secret
  int http_status = 0;  // of the answer; 0: none came
};

template <class T>
using Result = tl::expected<T, Error>;

}  // namespace quotecache
