// The provider's plans by name, with the limits last seen for them. Pure data.
//
// The figures are those of the provider's pages and of key/info as collected in 2026; the truth is
// what key/info says (plan = "auto").
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "ledger/ledger.hpp"

namespace quotecached::ledger {

struct Plan {
  std::string_view name;
  Caps caps;
};

// basic, hobbyist, builder, startup, standard, growth, professional.
[[nodiscard]] std::span<const Plan> plans() noexcept;
[[nodiscard]] std::optional<Caps> caps_of_plan(std::string_view name) noexcept;

// Of two caps each the smaller, where 0 is none.
[[nodiscard]] Caps both_caps(const Caps& a, const Caps& b) noexcept;

}  // namespace quotecached::ledger
