#include "credit/price_check.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace quotecached::credit {
namespace {

// How much of what was learned remains with each further lookup: about the last twenty count.
constexpr double kKept = 0.95;

bool is_mismatch(const CallIntent& intent, Credits charged) {
  return intent.is_exact ? charged != intent.predicted : charged > intent.worst_case;
}

}  // namespace

Credits PriceCheck::worst_case(std::string_view endpoint, Credits worst_case) const {
  const auto known = endpoints_.find(endpoint);
  if (known == endpoints_.end()) return worst_case;
  return worst_case + Credits{known->second.surcharge};
}

Credits PriceCheck::predicted_for(std::string_view endpoint,
                                  std::size_t symbols,
                                  std::int64_t step) const {
  assert(symbols > 0 && step > 0);
  const auto known = endpoints_.find(endpoint);
  const double each = known == endpoints_.end() ? 1.0 : known->second.coins_per_symbol;
  const double coins = each * static_cast<double>(symbols);
  const auto steps = static_cast<std::int64_t>(std::ceil(coins / static_cast<double>(step)));
  return {std::max<std::int64_t>(steps, 1)};
}

void PriceCheck::note(const CallRecord& record) {
  const CallIntent& intent = record.intent;
  if (!record.is_good() || !record.outcome.charge.is_told) return;
  Endpoint& endpoint = endpoints_[intent.endpoint];
  Memory& memory = memories_[intent.endpoint];
  compare(endpoint, memory, record);
  const bool is_by_symbol = intent.kind == "symbol" && !intent.assets.empty();
  if (is_by_symbol && !intent.is_exact && intent.step > 0) learn(endpoint, memory, record);
}

void PriceCheck::forget_excess() noexcept {
  for (auto& [name, memory] : memories_)
    for (auto& compared : memory.lasts) compared.excess = 0;
  for (auto& [name, endpoint] : endpoints_) endpoint.surcharge = 0;
}

void PriceCheck::compare(Endpoint& endpoint, Memory& memory, const CallRecord& record) {
  const Credits charged = record.outcome.charge.credits;
  const bool is_wrong = is_mismatch(record.intent, charged);
  const auto excess = std::max<std::int64_t>((charged - record.intent.worst_case).count, 0);
  memory.lasts[memory.next] = {is_wrong, excess};
  memory.next = (memory.next + 1) % memory.lasts.size();

  ++endpoint.checked;
  if (is_wrong) ++endpoint.mismatches;
  endpoint.predicted += record.intent.predicted.count;
  endpoint.charged += charged.count;
  endpoint.surcharge = std::ranges::max(memory.lasts, {}, &Compared::excess).excess;
  endpoint.is_mispriced =
      std::ranges::count_if(memory.lasts, &Compared::is_mismatch) >= kPersistent;
}

// A charge only says between which numbers the coins were. What is believed stays as it is while
// it lies between them, and moves toward the middle when it does not.
void PriceCheck::learn(Endpoint& endpoint, Memory& memory, const CallRecord& record) {
  const auto steps = (record.outcome.charge.credits - record.intent.fixed).count;
  if (steps <= 0) return;
  const auto step = static_cast<double>(record.intent.step);
  const auto symbols = static_cast<double>(record.intent.assets.size() + record.intent.riding);
  const double most = std::max(static_cast<double>(steps) * step, symbols);
  const double least = std::max(static_cast<double>(steps - 1) * step + 1, symbols);
  const double believed = endpoint.coins_per_symbol * symbols;
  const bool is_possible = least <= believed && believed <= most;
  memory.coins = memory.coins * kKept + (is_possible ? believed : (least + most) / 2);
  memory.symbols = memory.symbols * kKept + symbols;
  const double each = memory.coins / memory.symbols;
  endpoint.coins_per_symbol = std::clamp(each, 1.0, static_cast<double>(kMostCoinsPerSymbol));
}

}  // namespace quotecached::credit
