// What the load test's own provider answers: quotes by id that never change, and the account.
//
// Made up, and of the size and shape of real ones. Pure.
#pragma once

#include <string>
#include <string_view>

namespace quotecached::load {

struct CannedAnswer {
  int status = 200;
  std::string body;
};

// The most assets that one answer has.
inline constexpr std::size_t kMostCanned = 1000;

// To GET `target`. Quotes by id of the first and second generation, in the currencies asked for,
// and /v1/key/info; all else is refused, in the provider's words for a bad request.
[[nodiscard]] CannedAnswer canned_answer(std::string_view target);

}  // namespace quotecached::load
