#include "ledger/plan.hpp"

#include <algorithm>
#include <iterator>

namespace quotecached::ledger {
namespace {

// Requests per minute, credits per day (none is limited), credits per month. Basic as a live key
// told it; the requests of the others are hearsay, and of several figures the lowest.
constexpr Plan kPlans[] = {
    {"basic", {50, {0}, {15'000}}},
    {"hobbyist", {30, {0}, {110'000}}},
    {"builder", {30, {0}, {150'000}}},
    {"startup", {30, {0}, {450'000}}},
    {"standard", {60, {0}, {1'200'000}}},
    {"growth", {60, {0}, {2'000'000}}},
    {"professional", {90, {0}, {5'000'000}}},
};

}  // namespace

std::span<const Plan> plans() noexcept { return kPlans; }

std::optional<Caps> caps_of_plan(std::string_view name) noexcept {
  const auto* plan = std::ranges::find(kPlans, name, &Plan::name);
  if (plan == std::end(kPlans)) return std::nullopt;
  return plan->caps;
}

namespace {

std::int64_t smaller(std::int64_t a, std::int64_t b) noexcept {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

}  // namespace

Caps both_caps(const Caps& a, const Caps& b) noexcept {
  return {.requests_per_minute = smaller(a.requests_per_minute, b.requests_per_minute),
          .per_day = {smaller(a.per_day.count, b.per_day.count)},
          .per_month = {smaller(a.per_month.count, b.per_month.count)}};
}

}  // namespace quotecached::ledger
