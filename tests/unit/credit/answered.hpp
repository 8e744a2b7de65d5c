// Answers in these tests are spoken of by CoinMarketCap's codes, as its dialect reads them.
#pragma once

#include <cstdint>
#include <optional>

#include "credit/call.hpp"

namespace quotecached::test {

inline std::optional<ledger::Closure> closed_by(std::int64_t error_code) {
  switch (error_code) {
    case 1001:
    case 1002:
    case 1003:
    case 1004:
    case 1005:
    case 1007: return ledger::Closure::Key;
    case 1008: return ledger::Closure::Minute;
    case 1009: return ledger::Closure::Day;
    case 1010: return ledger::Closure::Month;
    default: return std::nullopt;
  }
}

inline credit::CallOutcome answered(unsigned http_status, std::int64_t error_code) {
  credit::CallOutcome outcome;
  outcome.http_status = http_status;
  outcome.error_code = error_code;
  outcome.closes = closed_by(error_code);
  outcome.accepts_key = !outcome.closes && (http_status / 100 == 2 || http_status == 400);
  return outcome;
}

}  // namespace quotecached::test
