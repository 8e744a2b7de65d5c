// How an order of an operator that is not understood is refused.
#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"

namespace quotecached::admin {

[[nodiscard]] inline tl::unexpected<Error> wrong(std::string text) {
  return fail(ErrorCode::Invalid, std::move(text));
}

}  // namespace quotecached::admin
