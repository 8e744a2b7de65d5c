#include "calling/call_policy.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

namespace quotecached::calling {
namespace {

constexpr std::chrono::minutes kQuiet{1};
constexpr std::chrono::seconds kShortestWait{1};

Refuser refuser_of(ledger::Closure closure) {
  switch (closure) {
    case ledger::Closure::Minute: return Refuser::AccountMinute;
    case ledger::Closure::Day: return Refuser::AccountDay;
    case ledger::Closure::Month: return Refuser::AccountMonth;
    case ledger::Closure::Key: break;
  }
  return Refuser::ProviderKey;
}

RefusedBy refused_by(const credit::Book::NotAdmitted& refusal) {
  if (!refusal.closure) return RefusedBy(Refuser::Ledger);
  if (refusal.is_by_mode) return RefusedBy(Refuser::SpendMode);
  if (!refusal.is_of_client) return RefusedBy(refuser_of(*refusal.closure));
  const bool is_month = refusal.closure == ledger::Closure::Month;
  return RefusedBy(is_month ? Refuser::TokenMonth : Refuser::TokenDay, refusal.client);
}

FailurePtr make_failure(unsigned http_status, std::int64_t error_code, std::string message) {
  return std::make_shared<const Failure>(
      Failure{http_status, error_code, std::move(message), std::chrono::seconds(0)});
}

bool is_client_error(unsigned http_status) noexcept {
  return http_status >= 400 && http_status < 500;
}

// What the provider said; `least`: the least time to wait.
FailurePtr make_failure(unsigned answered,
                        const provider::Reading& reading,
                        std::chrono::seconds least) {
  const auto http_status = status_of_refusal(answered, reading);
  const auto error_code = reading.error_code != 0 ? reading.error_code : http_status;
  auto message = reading.error_message;
  if (message.empty()) message = fmt::format("The provider answered with status {}.", http_status);
  return std::make_shared<const Failure>(
      Failure{http_status, error_code, std::move(message), std::max(least, reading.retry_after)});
}

std::string key_refused_message(std::int64_t error_code) {
  // Passing the refusal on would tell clients that their own key is wrong; it is the daemon's.
  return fmt::format("The provider refuses the proxy's API key ({}).", error_code);
}

Failure failure_by_closure(const provider::Dialect& dialect,
                           ledger::Closure closure,
                           std::int64_t error_code,
                           std::chrono::seconds wait) {
  Failure failure;
  if (closure == ledger::Closure::Key) {
    failure.message = key_refused_message(error_code);
  } else {
    auto said = dialect.spent(closure);
    failure = {said.http_status, said.error_code, std::move(said.message), {}};
  }
  failure.retry_after = wait;
  failure.refused_by = RefusedBy(refuser_of(closure));
  return failure;
}

}  // namespace

bool is_worth_retrying(unsigned http_status, provider::Verdict verdict) noexcept {
  if (verdict != provider::Verdict::ServerFailure) return false;
  // Of the pages about the request itself only these may be of the moment.
  return !is_client_error(http_status) || http_status == 403 || http_status == 408 ||
         http_status == 425;
}

bool is_worth_retrying(const Error& error) noexcept {
  // After a timeout the client's own patience is nearly spent; a second attempt would outlive it.
  return error.code == ErrorCode::Unavailable;
}

Evidence evidence_of(unsigned http_status, provider::Verdict verdict, bool is_forwarded) noexcept {
  if (verdict != provider::Verdict::ServerFailure) return Evidence::Good;
  if (is_client_error(http_status)) return is_forwarded ? Evidence::Nothing : Evidence::Page;
  return is_forwarded && http_status < 500 ? Evidence::Good : Evidence::Failure;
}

// A request that cannot be sent, or an answer larger than allowed, says nothing about upstream. One
// that timed out before it was sent may have waited for a connection that others hold.
Evidence evidence_of(const upstream::TransportError& error) noexcept {
  if (error.code == ErrorCode::Invalid) return Evidence::Nothing;
  const bool is_unreached = !error.was_sent && error.code == ErrorCode::Unavailable;
  return is_unreached ? Evidence::Network : Evidence::Failure;
}

// By the provider's table of errors.
unsigned status_of_refusal(unsigned http_status, const provider::Reading& reading) noexcept {
  constexpr std::int64_t kNotInPlan = 1006;
  if (is_client_error(http_status)) return http_status;
  if (reading.verdict != provider::Verdict::BadRequest) return 429;
  if (reading.error_code == kNotInPlan) return 403;
  const bool is_status = reading.error_code > 400 && reading.error_code < 500;
  return is_status ? static_cast<unsigned>(reading.error_code) : 400;
}

FailurePtr failure_of(unsigned http_status, const provider::Reading& reading) {
  switch (reading.verdict) {
    case provider::Verdict::BadRequest:
    case provider::Verdict::MinuteLimit:
    case provider::Verdict::DayLimit:
    case provider::Verdict::MonthLimit:
      return make_failure(http_status, reading, std::chrono::seconds(0));
    case provider::Verdict::IpLimit: return make_failure(http_status, reading, kShortPause);
    case provider::Verdict::KeyRefused:
      return make_failure(502, 502, key_refused_message(reading.error_code));
    case provider::Verdict::Ok:
    case provider::Verdict::ServerFailure: break;
  }
  Failure failure{502, 502, "The provider answered with a failure.", reading.retry_after};
  return std::make_shared<const Failure>(std::move(failure));
}

FailurePtr failure_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::Timeout: return make_failure(504, 504, "The provider did not answer in time.");
    case ErrorCode::Exhausted: return make_failure(503, 503, error.message);
    case ErrorCode::NotFound:
    case ErrorCode::Unavailable:
    case ErrorCode::Invalid: break;
  }
  return make_failure(502, 502, "The provider could not be reached.");
}

FailurePtr failure_while_closed(const provider::Dialect& dialect,
                                ledger::Closure closure,
                                std::int64_t error_code,
                                std::chrono::seconds wait) {
  auto failure = failure_by_closure(dialect, closure, error_code, wait);
  return std::make_shared<const Failure>(std::move(failure));
}

FailurePtr failure_by_refusal(const provider::Dialect& dialect,
                              const credit::Book::NotAdmitted& refusal,
                              TimePoint now) {
  const auto until = refusal.until.value_or(now);
  const auto wait = std::max(std::chrono::ceil<std::chrono::seconds>(until - now), kShortestWait);
  if (refusal.closure) {
    const auto most = ledger::longest(*refusal.closure);
    auto failure =
        failure_by_closure(dialect, *refusal.closure, refusal.error_code, std::min(wait, most));
    failure.refused_by = refused_by(refusal);
    return std::make_shared<const Failure>(std::move(failure));
  }
  Failure failure{503, 503, "The proxy's credit ledger cannot be written.", wait};
  failure.refused_by = refused_by(refusal);
  return std::make_shared<const Failure>(std::move(failure));
}

FailurePtr malformed_failure() {
  static const auto kFailure = make_failure(502, 502, "The provider's answer was malformed.");
  return kFailure;
}

FailurePtr failure_when_full() {
  Failure failure{503, 503, "Too many requests wait for the provider.", std::chrono::seconds(1)};
  failure.refused_by = RefusedBy(Refuser::Overload);
  return std::make_shared<const Failure>(std::move(failure));
}

FailurePtr failure_out_of_turn(std::chrono::nanoseconds wait) {
  const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(wait), kShortestWait);
  return std::make_shared<const Failure>(
      Failure{503,
              503,
              fmt::format("Too many unknown assets were asked for lately, and this proxy has not "
                          "heard of this one yet: it waits for its turn. Ask again in {} s.",
                          seconds.count()),
              seconds,
              true,
              RefusedBy(Refuser::UnknownAssets)});
}

void CallLimit::complained(Time now) {
  now_allowed_ = std::max<std::size_t>(1, now_allowed_ / 2);
  raise_at_ = now + kQuiet;
}

std::size_t CallLimit::allowed(Time now) {
  while (now_allowed_ < most_ && now >= raise_at_) {
    ++now_allowed_;
    raise_at_ += kQuiet;
  }
  return now_allowed_;
}

}  // namespace quotecached::calling
