#include "ledger/client_budgets.hpp"

#include <algorithm>
#include <utility>

namespace quotecached::ledger {
namespace {

// A client's calls all serve somebody who waits.
Ledger::Options options_of(const ClientCaps& caps, const Anchor& anchor) {
  return {.caps = {.requests_per_minute = 0, .per_day = caps.per_day, .per_month = caps.per_month},
          .anchor = anchor,
          .foreground_reserve = 0};
}

bool is_capped(const ClientCaps& caps) {
  return caps.per_day.count > 0 || caps.per_month.count > 0;
}

bool is_capped(const Caps& caps) { return caps.per_day.count > 0 || caps.per_month.count > 0; }

}  // namespace

ClientBudgets::ClientBudgets(const CapsByClient& caps, const Anchor& anchor) {
  for (const auto& [client, its] : caps)
    if (is_capped(its)) budgets_.emplace(client, Budget{Ledger(options_of(its, anchor)), {}});
}

ClientBudgets::Budget* ClientBudgets::find(std::string_view client) {
  const auto known = budgets_.find(client);
  return known == budgets_.end() ? nullptr : &known->second;
}

void ClientBudgets::restore(std::string_view client, const WindowSpend& spend, TimePoint now) {
  if (Budget* budget = find(client)) budget->ledger.restore(spend, now);
}

std::optional<Ledger::NoRoom> ClientBudgets::refusal(std::string_view client,
                                                     Credits worst_case,
                                                     TimePoint now) {
  Budget* budget = find(client);
  return budget ? budget->ledger.refusal(worst_case, Purpose::Miss, now) : std::nullopt;
}

std::optional<Ledger::NoRoom> ClientBudgets::hold(std::string_view client,
                                                  Credits worst_case,
                                                  TimePoint now) {
  Budget* budget = find(client);
  if (!budget) return std::nullopt;
  const auto hold = budget->ledger.hold(worst_case, Purpose::Miss, now);
  if (!hold) return hold.error();
  budget->holds.push_back({*hold, worst_case});
  return std::nullopt;
}

void ClientBudgets::settle(std::string_view client, Credits held, Credits charged, TimePoint now) {
  Budget* budget = find(client);
  if (!budget) return;
  const auto hold = std::ranges::find(budget->holds, held, &Hold::held);
  if (hold == budget->holds.end()) return;  // it began before the client had a cap
  budget->ledger.settle(hold->id, charged, now);
  budget->holds.erase(hold);
}

void ClientBudgets::change(const Anchor& anchor, TimePoint now) {
  for (auto& [client, budget] : budgets_) {
    const Caps caps = budget.ledger.options().caps;
    budget.ledger.change(caps, anchor, now);
  }
}

void ClientBudgets::change(const CapsByClient& caps, const Anchor& anchor, TimePoint now) {
  for (auto& [client, budget] : budgets_) {
    const auto its = caps.find(client);
    const ClientCaps wanted = its == caps.end() ? ClientCaps{} : its->second;
    budget.ledger.change(options_of(wanted, anchor).caps, anchor, now);
  }
  for (const auto& [client, its] : caps)
    if (is_capped(its)) budgets_.try_emplace(client, Budget{Ledger(options_of(its, anchor)), {}});
}

std::vector<ClientBudgets::Use> ClientBudgets::uses(TimePoint now) {
  std::vector<Use> uses;
  for (auto& [client, budget] : budgets_)
    if (is_capped(budget.ledger.options().caps)) uses.push_back({client, budget.ledger.uses(now)});
  return uses;
}

std::vector<WindowSpend> ClientBudgets::spends(std::string_view client, TimePoint now) {
  Budget* budget = find(client);
  if (!budget) return {};
  std::vector<WindowSpend> spends = budget->ledger.spends(now);
  std::erase_if(spends, [](const WindowSpend& spend) { return spend.kind == WindowKind::Minute; });
  return spends;
}

}  // namespace quotecached::ledger
