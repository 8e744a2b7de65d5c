// Is a whole answer the one that was asked for, and does it contradict the one held before?
//
// Pure. What is no answer to the question is refused. What contradicts a copy may be true: it is
// for the caller to believe it once it has been said often enough.
#pragma once

#include <string>
#include <string_view>

#include "catalog/endpoint.hpp"
#include "catalog/whole_ask.hpp"
#include "quote/whole_facts.hpp"

namespace quotecached::quote {

// Why the answer cannot be one to `ask`; empty: it may be.
[[nodiscard]] std::string objection_to(const catalog::Endpoint& endpoint,
                                       const catalog::WholeAsk& ask,
                                       const WholeFacts& facts);

// The page holds nothing. So do pages behind the last one, and those of a provider in trouble.
[[nodiscard]] bool is_empty(const WholeFacts& facts) noexcept;

// Why the answer contradicts the total that itself tells; empty: it does not.
[[nodiscard]] std::string_view contradiction_in(const catalog::WholeAsk& ask,
                                                const WholeFacts& facts) noexcept;

// Could it contradict a former copy? When not, nobody needs to read that copy again.
[[nodiscard]] bool may_contradict(const catalog::WholeAsk& ask, const WholeFacts& facts) noexcept;

// Why the answer contradicts what is held; empty: it does not.
[[nodiscard]] std::string_view contradiction_of(const WholeFacts& facts, const WholeFacts& held);

}  // namespace quotecached::quote
