#include "credit/plan.hpp"

#include <algorithm>
#include <iterator>

namespace quotecached::credit {
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

}  // namespace quotecached::credit
