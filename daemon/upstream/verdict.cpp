#include "upstream/client.hpp"

namespace quotecached::upstream {
namespace {

// The provider's own codes say more than the HTTP status they travel with.
bool verdict_of_code(std::int64_t code, Verdict& verdict) noexcept {
  switch (code) {
    case 1001:  // API_KEY_INVALID
    case 1002:  // API_KEY_MISSING
    case 1003:  // API_KEY_PLAN_REQUIRES_PAYEMENT
    case 1004:  // API_KEY_PLAN_PAYMENT_EXPIRED
    case 1005:  // API_KEY_REQUIRED
    case 1007:  // API_KEY_DISABLED
      verdict = Verdict::KeyRefused;
      return true;
    case 1006:  // API_KEY_PLAN_NOT_AUTHORIZED: other endpoints go on working
    case 4001:  // an identifier that cannot be resolved
    case 4002:  // a parameter is missing
      verdict = Verdict::BadRequest;
      return true;
    case 1008: verdict = Verdict::MinuteLimit; return true;
    case 1009: verdict = Verdict::DayLimit; return true;
    case 1010: verdict = Verdict::MonthLimit; return true;
    case 1011: verdict = Verdict::IpLimit; return true;
    default: return false;
  }
}

bool is_client_error(std::int64_t code) noexcept { return code >= 400 && code < 500; }

Verdict verdict_of_client_error(unsigned http_status, bool has_status) noexcept {
  switch (http_status) {
    case 401:
    case 402: return Verdict::KeyRefused;
    // Without a status object these come from the network in front of the provider.
    case 403: return has_status ? Verdict::BadRequest : Verdict::ServerFailure;
    case 429: return has_status ? Verdict::MinuteLimit : Verdict::IpLimit;
    case 408:
    case 425: return Verdict::ServerFailure;
    default: return Verdict::BadRequest;
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::Ok: return "ok";
    case Verdict::BadRequest: return "bad_request";
    case Verdict::KeyRefused: return "key_refused";
    case Verdict::MinuteLimit: return "minute_limit";
    case Verdict::DayLimit: return "day_limit";
    case Verdict::MonthLimit: return "month_limit";
    case Verdict::IpLimit: return "ip_limit";
    case Verdict::ServerFailure: return "server_failure";
  }
  return "unknown";
}

Verdict classify(unsigned http_status, bool has_status, std::int64_t error_code) noexcept {
  Verdict verdict = Verdict::ServerFailure;
  if (has_status && verdict_of_code(error_code, verdict)) return verdict;
  if (is_client_error(http_status)) return verdict_of_client_error(http_status, has_status);
  const bool is_success = http_status >= 200 && http_status < 300;
  if (!is_success || !has_status) return Verdict::ServerFailure;
  if (error_code == 0) return Verdict::Ok;
  return is_client_error(error_code) ? Verdict::BadRequest : Verdict::ServerFailure;
}

}  // namespace quotecached::upstream
