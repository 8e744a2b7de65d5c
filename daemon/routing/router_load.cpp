// What Router says to clients that are refused for the load.
#include <chrono>
#include <string>
#include <utility>

#include "ledger/closure.hpp"
#include "routing/router.hpp"

namespace quotecached::routing {
namespace {

constexpr std::chrono::seconds kAskAgain{1};
constexpr std::string_view kManyOfClient = "as many requests of this token wait as may";
constexpr std::string_view kManyOfAll = "too many requests wait";

}  // namespace

void Router::refuse_to_wait(Refuser why, Exchange& exchange) const {
  exchange.work = {};
  refuse_for_load(why, why == Refuser::Overload ? kManyOfAll : kManyOfClient, exchange);
}

// 429 where it is the token's limit, 503 else; in the shape of the path.
void Router::refuse_for_load(Refuser why, std::string_view detail, Exchange& exchange) const {
  const bool is_of_all = why == Refuser::Overload;
  RefusedBy refused(why, is_of_all ? std::string_view() : exchange.client);
  if (exchange.folder) {
    const auto code = is_of_all ? compact::Code::Unavailable : compact::Code::RateLimited;
    return compact::fill(exchange.answer,
                         {code, std::string(detail), {}, kAskAgain, std::move(refused)});
  }
  auto said = parts_.dialect.spent(ledger::Closure::Minute);
  if (is_of_all) said = {503, 503, std::string(detail)};
  parts_.proxy.refuse(exchange.request.endpoint, said, exchange.answer);
  exchange.answer.retry_after = kAskAgain;
  exchange.answer.set_refused_by(std::move(refused));
}

}  // namespace quotecached::routing
