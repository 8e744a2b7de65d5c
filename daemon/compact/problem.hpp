// Why an ask for quotes gets no quotes: a closed set of words, each with its HTTP status, told as
// RFC 9457 has it.
//
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/refused_by.hpp"
#include "proxy/answer.hpp"

namespace quotecached::compact {

enum class Code : std::uint8_t {
  Invalid,          // 400: the ask is wrong, `field` says where
  Unauthorized,     // 401: no token, or a wrong one
  RateLimited,      // 429: asked too often in this minute, of us or of the provider
  BudgetExhausted,  // 429: no credits are left for it
  Unavailable,      // 503: the provider cannot be asked
  Timeout,          // 504: the provider did not answer in time
  NotFound,         // 404: there is no such path
};
[[nodiscard]] std::string_view to_string(Code code) noexcept;
[[nodiscard]] unsigned status_of(Code code) noexcept;

struct Problem {
  Code code = Code::Invalid;
  std::string detail;
  std::string field;                    // of the ask; empty: none is to blame
  std::chrono::seconds retry_after{0};  // 0: not told
  RefusedBy refused_by = {};            // where it is we that say no
};

// Makes `out` the answer that tells the problem.
void fill(proxy::Answer& out, const Problem& problem);

// What an answer of the proxy says that is none. Requires: its status is 400 or above.
[[nodiscard]] Problem problem_of(const proxy::Answer& refusal);

}  // namespace quotecached::compact
