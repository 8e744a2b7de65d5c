// The life of one ask that memory alone could not answer: the lower tiers, then purchases, until
// nothing is wanting that can be had.
//
// Internal to compact; on the engine's loop only. The picture decides, this obeys.
#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "compact/desk.hpp"
#include "compact/format.hpp"
#include "compact/shop.hpp"

namespace quotecached::compact {

// Always comes back with an answer.
asio::awaitable<proxy::Answer> serve(std::shared_ptr<Shop> shop, ClientAsk asked);
// Without one: returns what could not be had.
asio::awaitable<Unanswered> bring(std::shared_ptr<Shop> shop, ClientAsk asked);

// What the answer to a page of `ask` says.
[[nodiscard]] Sheet sheet_of(const Ask& ask,
                             const Picture& picture,
                             Unanswered unavailable,
                             TimePoint now);

}  // namespace quotecached::compact
