#include "refill/call_policy.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>

namespace quotecached::refill {
namespace {

constexpr std::chrono::minutes kQuiet{1};
constexpr std::chrono::seconds kShortestWait{1};
constexpr std::chrono::seconds kLongestWait{std::chrono::days(31)};

FailurePtr make_failure(unsigned http_status, std::int64_t error_code, std::string message) {
  return std::make_shared<const Failure>(
      Failure{http_status, error_code, std::move(message), std::chrono::seconds(0)});
}

// The header's seconds; a date, or what is no wait, counts as none.
std::chrono::seconds wait_in(std::string_view header) {
  std::int64_t count = 0;
  const auto* const end = header.data() + header.size();
  const auto read = std::from_chars(header.data(), end, count);
  const bool is_count = read.ec == std::errc() && read.ptr == end && count > 0;
  return is_count ? std::min(std::chrono::seconds(count), kLongestWait) : std::chrono::seconds(0);
}

// What the provider said; `least`: the least time to wait.
FailurePtr make_failure(const upstream::Response& response, std::chrono::seconds least) {
  const auto error_code = response.error_code != 0 ? response.error_code : response.http_status;
  return std::make_shared<const Failure>(Failure{response.http_status,
                                                 error_code,
                                                 response.error_message,
                                                 std::max(least, wait_in(response.retry_after))});
}

// The provider's own words (errors and rate limits).
std::string_view limit_message(std::int64_t error_code) {
  switch (error_code) {
    case 1008:
      return "You've exceeded your API Key's HTTP request rate limit. Rate limits reset every "
             "minute.";
    case 1009: return "You've exceeded your API Key's daily rate limit.";
    case 1010: return "You've exceeded your API Key's monthly rate limit.";
    default: return {};
  }
}

std::string key_refused_message(std::int64_t error_code) {
  // Passing 1001 on would tell clients that their own key is wrong; it is the daemon's.
  return fmt::format("The provider refuses the proxy's API key ({}).", error_code);
}

}  // namespace

bool is_worth_retrying(upstream::Verdict verdict) noexcept {
  return verdict == upstream::Verdict::ServerFailure;
}

bool is_worth_retrying(const Error& error) noexcept {
  // After a timeout the client's own patience is nearly spent; a second attempt would outlive it.
  return error.code == ErrorCode::Unavailable;
}

bool is_upstream_ill(upstream::Verdict verdict) noexcept {
  return verdict == upstream::Verdict::ServerFailure;
}

std::int64_t closing_code(const upstream::Response& response) noexcept {
  if (ledger::closure_of(response.error_code)) return response.error_code;
  switch (response.verdict) {
    case upstream::Verdict::KeyRefused: return response.http_status == 402 ? 1003 : 1001;
    case upstream::Verdict::MinuteLimit: return 1008;
    default: return response.error_code;
  }
}

FailurePtr failure_of(const upstream::Response& response) {
  switch (response.verdict) {
    case upstream::Verdict::BadRequest:
    case upstream::Verdict::MinuteLimit:
    case upstream::Verdict::DayLimit:
    case upstream::Verdict::MonthLimit: return make_failure(response, std::chrono::seconds(0));
    case upstream::Verdict::IpLimit: return make_failure(response, kAddressPause);
    case upstream::Verdict::KeyRefused:
      return make_failure(502, 502, key_refused_message(response.error_code));
    case upstream::Verdict::Ok:
    case upstream::Verdict::ServerFailure: break;
  }
  return make_failure(502, 502, "The provider answered with a failure.");
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

FailurePtr failure_while_closed(std::int64_t error_code, std::chrono::seconds wait) {
  const auto limit = limit_message(error_code);
  Failure failure;
  if (limit.empty()) {
    failure.message = key_refused_message(error_code);
  } else {
    failure = {429, error_code, std::string(limit), {}};
  }
  failure.retry_after = wait;
  return std::make_shared<const Failure>(std::move(failure));
}

FailurePtr failure_by_refusal(const credit::Book::Refusal& refusal, TimePoint now) {
  const auto until = refusal.until.value_or(now);
  const auto wait = std::max(std::chrono::ceil<std::chrono::seconds>(until - now), kShortestWait);
  if (refusal.error_code != 0) return failure_while_closed(refusal.error_code, wait);
  Failure failure{503, 503, "The proxy's credit ledger cannot be written.", wait};
  return std::make_shared<const Failure>(std::move(failure));
}

FailurePtr failure_when_full() {
  return std::make_shared<const Failure>(
      Failure{503, 503, "Too many requests wait for the provider.", std::chrono::seconds(1)});
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

}  // namespace quotecached::refill
