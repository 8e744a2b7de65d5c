#include "provider/cmc_status.hpp"

namespace quotecached::provider::cmc {
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

// The HTTP status of an error that may have come with a success: its code is one then, if it has no
// number of its own.
unsigned status_of_error(unsigned http_status, std::int64_t error_code) noexcept {
  const bool is_success = http_status >= 200 && http_status < 300;
  return is_success && is_client_error(error_code) ? static_cast<unsigned>(error_code)
                                                   : http_status;
}

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

Verdict verdict_of(unsigned http_status, const Status& status) noexcept {
  const bool is_success = http_status >= 200 && http_status < 300;
  const bool is_limit = http_status == 401 || http_status == 402 || http_status == 429;
  if (status.shape == Shape::Broken && !is_limit) return Verdict::ServerFailure;
  if (status.shape == Shape::NoStatus && is_success) return Verdict::Ok;
  return classify(http_status, status.shape == Shape::Status, status.error_code);
}

Verdict classify(unsigned http_status, bool has_status, std::int64_t error_code) noexcept {
  Verdict verdict = Verdict::ServerFailure;
  if (has_status && verdict_of_code(error_code, verdict)) return verdict;
  const auto status = has_status ? status_of_error(http_status, error_code) : http_status;
  if (is_client_error(status)) return verdict_of_client_error(status, has_status);
  const bool is_success = http_status >= 200 && http_status < 300;
  return is_success && has_status && error_code == 0 ? Verdict::Ok : Verdict::ServerFailure;
}

std::optional<ledger::Closure> closure_of(std::int64_t error_code) noexcept {
  Verdict verdict = Verdict::ServerFailure;
  (void)verdict_of_code(error_code, verdict);
  switch (verdict) {
    case Verdict::KeyRefused: return ledger::Closure::Key;
    case Verdict::MinuteLimit: return ledger::Closure::Minute;
    case Verdict::DayLimit: return ledger::Closure::Day;
    case Verdict::MonthLimit: return ledger::Closure::Month;
    default: return std::nullopt;
  }
}

std::int64_t closing_code(Verdict verdict, unsigned http_status, std::int64_t error_code) noexcept {
  if (closure_of(error_code)) return error_code;
  switch (verdict) {
    case Verdict::KeyRefused: return status_of_error(http_status, error_code) == 402 ? 1003 : 1001;
    case Verdict::MinuteLimit: return 1008;
    default: return error_code;
  }
}

}  // namespace quotecached::provider::cmc
