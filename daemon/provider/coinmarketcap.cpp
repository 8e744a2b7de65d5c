#include "provider/coinmarketcap.hpp"

#include <array>
#include <cassert>

#include <fmt/format.h>

#include "provider/cmc_key_info.hpp"
#include "provider/cmc_status.hpp"
#include "provider/cmc_status_text.hpp"
#include "provider/cmc_unknown_names.hpp"

namespace quotecached::provider {
namespace {

bool is_success(unsigned http_status) noexcept { return http_status >= 200 && http_status < 300; }

// A gateway in front of the provider says so when the provider took the request and no answer came:
// it may have been billed. (By 502 and 503 it says mostly that the provider is not there.)
bool is_lost_by_gateway(unsigned http_status, bool has_status) noexcept {
  return !has_status && (http_status == 504 || http_status == 520 || http_status == 524);
}

// The provider's own errors are not billed.
ledger::Charge charge_of(unsigned http_status, const cmc::Status& status) noexcept {
  ledger::Charge charge;
  charge.credits = status.credit_count;
  charge.is_told = status.has_credit_count;
  const bool has_status = status.shape == cmc::Shape::Status;
  charge.may_be_billed = !status.has_credit_count &&
                         (is_success(http_status) || is_lost_by_gateway(http_status, has_status));
  return charge;
}

// A refusal in the provider's own words tells that the key is good, but for what is about the key,
// the plan or the address; a page does not, whatever status it comes with.
bool accepts_key(Verdict verdict, std::int64_t error_code) noexcept {
  return verdict == Verdict::Ok || (verdict == Verdict::BadRequest && error_code != 0);
}

bool may_close(Asker asker, std::optional<ledger::Closure> closure, std::int64_t told) noexcept {
  if (asker != Asker::Daemon) return asker == Asker::Probe;
  return closure != ledger::Closure::Key || cmc::closure_of(told) == closure;
}

Reading reading_of(const upstream::Response& answer, const cmc::Status& status, Asker asker) {
  const auto http_status = answer.http_status;
  Reading reading;
  reading.verdict = cmc::verdict_of(http_status, status);
  reading.has_status = status.shape == cmc::Shape::Status;
  reading.error_code = status.error_code;
  if (asker != Asker::Client)
    reading.error_code = cmc::closing_code(reading.verdict, http_status, status.error_code);
  const auto closure = cmc::closure_of(reading.error_code);
  if (may_close(asker, closure, status.error_code)) reading.closes = closure;
  reading.doubts_key = closure == ledger::Closure::Key && !reading.closes;
  reading.accepts_key = !closure && accepts_key(reading.verdict, reading.error_code);
  reading.charge = charge_of(http_status, status);
  reading.retry_after = read_retry_after(answer.retry_after);
  if (reading.verdict == Verdict::BadRequest)
    reading.unknown = cmc::read_unknown_names(status.error_message);
  reading.error_message = status.error_message;
  // An edge in front of the provider says this with a page of its own (Cloudflare's 1015).
  if (reading.verdict == Verdict::IpLimit && !reading.has_status) {
    reading.error_code = 1011;
    reading.error_message = "You've hit an IP rate limit.";
  }
  if (reading.has_status && reading.verdict == Verdict::Ok) reading.form = status.form;
  return reading;
}

}  // namespace

Reading CoinMarketCap::interpret(upstream::Response& answer, Asker asker) const {
  return reading_of(answer, cmc::read_status(answer.content_type, answer.body), asker);
}

std::optional<Reading> CoinMarketCap::interpret_head(const upstream::Response& answer) const {
  const auto status = cmc::read_first_status(answer.body);
  if (!status || !is_success(answer.http_status)) return std::nullopt;
  auto reading = reading_of(answer, *status, Asker::Daemon);
  if (reading.verdict != Verdict::Ok) return std::nullopt;
  return reading;
}

Dialect::UsageCall CoinMarketCap::usage_call() const noexcept {
  return {"/v1/key/info", "v1.key_info"};
}

Result<KeyInfo> CoinMarketCap::read_usage(std::string& body) const {
  return cmc::read_key_info(body);
}

// Joi's words. `"value"` is the request as a whole: what is wrong with how its parameters go
// together is said when each of them has passed.
ParameterVerdict CoinMarketCap::judge_parameter(const Reading& answer,
                                                std::string_view parameter) const {
  if (answer.verdict != Verdict::BadRequest) return ParameterVerdict::Unsaid;
  const auto name = fmt::format("\"{}\" ", parameter);
  const std::string_view message = answer.error_message;
  if (message.find(name + "is not allowed") != std::string_view::npos)
    return ParameterVerdict::Unknown;
  const bool has_passed = message.starts_with(name) || message.starts_with("\"value\" ");
  return has_passed ? ParameterVerdict::Known : ParameterVerdict::Unsaid;
}

std::string_view CoinMarketCap::key_header() const noexcept { return "X-CMC_PRO_API_KEY"; }

// It documents none of these; it and the edge in front of it have sent some of them. Neither
// `RateLimit-Policy` nor `RateLimit`: these tell a client of its token's limits, and are lists that
// would be read as one.
std::span<const std::string_view> CoinMarketCap::client_headers() const noexcept {
  static constexpr std::array<std::string_view, 6> kNames = {"X-RateLimit-Limit",
                                                             "X-RateLimit-Remaining",
                                                             "X-RateLimit-Reset",
                                                             "RateLimit-Limit",
                                                             "RateLimit-Remaining",
                                                             "RateLimit-Reset"};
  return kNames;
}

Refusal CoinMarketCap::spent(ledger::Closure window) const {
  switch (window) {
    case ledger::Closure::Minute:
      return {429,
              1008,
              "You've exceeded your API Key's HTTP request rate limit. Rate limits reset every "
              "minute."};
    case ledger::Closure::Day:
      return {429, 1009, "You've exceeded your API Key's daily rate limit."};
    case ledger::Closure::Month: break;
    case ledger::Closure::Key: assert(false); break;
  }
  return {429, 1010, "You've exceeded your API Key's monthly rate limit."};
}

Refusal CoinMarketCap::key_missing() const { return {401, 1002, "API key missing."}; }

Refusal CoinMarketCap::key_wrong() const { return {401, 1001, "This API Key is invalid."}; }

Refusal CoinMarketCap::unknown(std::string_view parameter,
                               const std::vector<std::string_view>& names) const {
  return {400, 400, cmc::unknown_names_message(parameter, names)};
}

std::string_view CoinMarketCap::why_key_refused(std::int64_t error_code) const noexcept {
  switch (error_code) {
    case 1001: return "it is not valid";
    case 1002: return "none is sent";
    case 1003: return "its plan must be paid for first";
    case 1004: return "its plan has expired";
    case 1005: return "this API needs one";
    case 1007: return "it is disabled";
    default: return {};
  }
}

void CoinMarketCap::append_head(std::string& out, const StatusText& status, TimePoint now) const {
  out.append(std::string_view(R"({"status":)"));
  cmc::append_status(out, status, now);
  out.append(std::string_view(R"(,"data":)"));
}

void CoinMarketCap::append_error(std::string& out, const StatusText& status, TimePoint now) const {
  out.append(std::string_view(R"({"status":)"));
  cmc::append_status(out, status, now);
  out += '}';
}

}  // namespace quotecached::provider
