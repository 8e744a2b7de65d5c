// What an upstream answer means, in words that are the same for every provider.
//
// Pure data, filled by a Dialect. Credit, refill and the proxy act on it and never look at a code.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/charge.hpp"
#include "ledger/closure.hpp"
#include "provider/status_form.hpp"

namespace quotecached::provider {

enum class Verdict : std::uint8_t {
  Ok,            // the data that was asked for
  BadRequest,    // asking the same again cannot help
  KeyRefused,    // every call will fail until a person acts
  MinuteLimit,   // the account's requests of this minute are spent
  DayLimit,      // its credits of this day
  MonthLimit,    // of this month
  IpLimit,       // too many calls from this address: lower concurrency
  ServerFailure  // an error page, a failure of its own, anything not understood
};
inline constexpr std::size_t kVerdicts = 8;
std::string_view to_string(Verdict verdict) noexcept;

// What a refusal says of a parameter.
enum class ParameterVerdict : std::uint8_t {
  Unsaid,
  Known,   // it is refused for its value, or the request for something that is looked at later
  Unknown  // the provider does not know it
};

// Names that a refusal calls unknown.
struct UnknownNames {
  std::string parameter;           // "id", "symbol", "slug", "convert", ...; empty: none is named
  std::vector<std::string> names;  // as the provider spells them; empty when it names none
};

struct Reading {
  Verdict verdict = Verdict::ServerFailure;
  bool has_status = false;  // the answer says itself how the call went
  // The provider's code, for people: in logs, rows and answers to clients. 0: none. A provider
  // whose codes are no numbers gives each a number.
  std::int64_t error_code = 0;
  std::string error_message;
  UnknownNames unknown;                   // of a BadRequest
  std::optional<ledger::Closure> closes;  // what no further call may use for a while
  bool accepts_key = false;               // only a call with a good key is answered so
  bool doubts_key = false;                // it seems to be refused: a Probe will tell
  ledger::Charge charge;
  std::optional<StatusForm> form;       // of a status that tells its form: a good answer's
  std::chrono::seconds retry_after{0};  // how long the provider asks to wait; 0: it does not say
};

// The seconds in a Retry-After header, at most 31 days; a date, or what is no wait, counts as none.
[[nodiscard]] std::chrono::seconds read_retry_after(std::string_view header) noexcept;

}  // namespace quotecached::provider
