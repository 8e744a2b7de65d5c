#include "ledger/client_budgets.hpp"

#include <cassert>
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
    if (is_capped(its)) budgets_.emplace(client, Ledger(options_of(its, anchor)));
}

Ledger* ClientBudgets::find(std::string_view client) {
  const auto known = budgets_.find(client);
  return known == budgets_.end() ? nullptr : &known->second;
}

void ClientBudgets::restore(std::string_view client, const WindowSpend& spend, TimePoint now) {
  if (Ledger* budget = find(client)) budget->restore(spend, now);
}

std::optional<Ledger::NoRoom> ClientBudgets::refusal(std::string_view client,
                                                     Credits worst_case,
                                                     TimePoint now) {
  Ledger* budget = find(client);
  return budget ? budget->refusal(worst_case, Purpose::Miss, now) : std::nullopt;
}

tl::expected<std::optional<Ledger::HoldId>, Ledger::NoRoom> ClientBudgets::hold(
    std::string_view client, Credits worst_case, TimePoint now) {
  Ledger* budget = find(client);
  if (!budget) return std::nullopt;
  return budget->hold(worst_case, Purpose::Miss, now);
}

void ClientBudgets::settle(std::string_view client,
                           Ledger::HoldId hold,
                           Credits charged,
                           TimePoint now) {
  Ledger* budget = find(client);
  assert(budget);
  budget->settle(hold, charged, now);
}

void ClientBudgets::change(const Anchor& anchor, TimePoint now) {
  for (auto& [client, budget] : budgets_) {
    const Caps caps = budget.options().caps;
    budget.change(caps, anchor, now);
  }
}

void ClientBudgets::change(const CapsByClient& caps, const Anchor& anchor, TimePoint now) {
  for (auto& [client, budget] : budgets_) {
    const auto its = caps.find(client);
    const ClientCaps wanted = its == caps.end() ? ClientCaps{} : its->second;
    budget.change(options_of(wanted, anchor).caps, anchor, now);
  }
  for (const auto& [client, its] : caps)
    if (is_capped(its)) budgets_.try_emplace(client, options_of(its, anchor));
}

std::vector<ClientBudgets::Use> ClientBudgets::uses(TimePoint now) {
  std::vector<Use> uses;
  for (auto& [client, budget] : budgets_)
    if (is_capped(budget.options().caps)) uses.push_back({client, budget.uses(now)});
  return uses;
}

std::vector<WindowSpend> ClientBudgets::spends(std::string_view client, TimePoint now) {
  Ledger* budget = find(client);
  if (!budget) return {};
  std::vector<WindowSpend> spends = budget->spends(now);
  std::erase_if(spends, [](const WindowSpend& spend) { return spend.kind == WindowKind::Minute; });
  return spends;
}

}  // namespace quotecached::ledger
