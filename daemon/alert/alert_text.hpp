// What alerts say to a person: one sentence each, with the figures. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "alert/contradiction.hpp"
#include "base/clock.hpp"
#include "ledger/ledger.hpp"
#include "ledger/windows.hpp"
#include "pacing/pacer.hpp"

namespace quotecached::alert {

// "91 % of this month's 15,000 credits are spent; resets 2026-12-01 00:00 UTC".
[[nodiscard]] std::string say_spent(ledger::WindowKind kind, const ledger::WindowUse& use);
[[nodiscard]] std::string say_exhausted(ledger::WindowKind kind, const ledger::WindowUse& use);
// `is_new`: the window is another one than the one that ran short.
[[nodiscard]] std::string say_spent_over(ledger::WindowKind kind,
                                         const ledger::WindowUse& use,
                                         bool is_new);

[[nodiscard]] std::string say_forecast(ledger::WindowKind kind,
                                       const ledger::WindowUse& use,
                                       const pacing::Forecast& forecast);
[[nodiscard]] std::string say_forecast_over(ledger::WindowKind kind, const ledger::WindowUse& use);

[[nodiscard]] std::string say_drift(ledger::WindowKind kind, std::int64_t drift);
[[nodiscard]] std::string say_drift_over(ledger::WindowKind kind);

[[nodiscard]] std::string say_price(std::string_view endpoint, std::int64_t surplus);
[[nodiscard]] std::string say_price_over(std::string_view endpoint);

[[nodiscard]] std::string say_key(std::int64_t error_code, std::string_view why);
[[nodiscard]] std::string say_key_over();

[[nodiscard]] std::string say_ledger(std::string_view error);
[[nodiscard]] std::string say_ledger_over();

[[nodiscard]] std::string say_unreachable(TimePoint since, TimePoint last);
[[nodiscard]] std::string say_unreachable_over();
[[nodiscard]] std::string say_doubt(const Contradiction& what);
[[nodiscard]] std::string say_doubt_over();

}  // namespace quotecached::alert
