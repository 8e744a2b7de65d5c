// The provider's own error answers: HTTP status, error code, message.
//
// Thrown anywhere while a call is answered and caught once, where the status envelope is written.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cmcsim {

class ApiError : public std::runtime_error {
 public:
  ApiError(int http_status, int code, const std::string& message)
      : std::runtime_error(message), http_status_(http_status), code_(code) {}

  [[nodiscard]] int http_status() const { return http_status_; }
  [[nodiscard]] int code() const { return code_; }

 private:
  int http_status_;
  int code_;
};

[[nodiscard]] ApiError bad_request(const std::string& message);
// `Invalid value for "id": "7"`, or the plural form with one quoted list.
[[nodiscard]] ApiError invalid_values(std::string_view param, std::span<const std::string> values);
// One of the documented account errors 1001 to 1011, with its own HTTP status and message; any
// other code is an internal server error of that code.
[[nodiscard]] ApiError account_error(int code);

}  // namespace cmcsim
