#include "api_error.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cmcsim {

namespace {

struct AccountError {
  int code, http_status;
  const char* message;
};

constexpr std::array<AccountError, 11> kAccountErrors{{
    {1001, 401, "This API Key is invalid."},
    {1002, 401, "API key missing."},
    {1003, 402, "Your API Key must be activated. Please go to pro.coinmarketcap.com/account/plan."},
    {1004, 402, "Your API Key's subscription plan has expired."},
    {1005, 403, "An API Key is required for this call."},
    {1006, 403, "Your API Key subscription plan doesn't support this endpoint."},
    {1007, 403, "This API Key has been disabled. Please contact support."},
    {1008,
     429,
     "You've exceeded your API Key's HTTP request rate limit. Rate limits reset every minute."},
    {1009, 429, "You've exceeded your API Key's daily rate limit."},
    {1010, 429, "You've exceeded your API Key's monthly rate limit."},
    {1011, 429, "You've hit an IP rate limit."},
}};

}  // namespace

ApiError bad_request(const std::string& message) { return {400, 400, message}; }

ApiError invalid_values(std::string_view param, std::span<const std::string> values) {
  return bad_request(fmt::format("Invalid value{} for \"{}\": \"{}\"",
                                 values.size() == 1 ? "" : "s",
                                 param,
                                 fmt::join(values, ",")));
}

ApiError account_error(int code) {
  const auto* const known = std::ranges::find(kAccountErrors, code, &AccountError::code);
  if (known == kAccountErrors.end()) return {500, code, "An internal server error occurred"};
  return {known->http_status, code, known->message};
}

}  // namespace cmcsim
