// What alerts say to a person: one sentence each, with the figures. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "credit/ledger.hpp"
#include "credit/pacer.hpp"
#include "credit/windows.hpp"

namespace quotecached::credit {

// "91 % of this month's 15,000 credits are spent; resets 2026-12-01 00:00 UTC".
[[nodiscard]] std::string say_spent(WindowKind kind, const WindowUse& use);
[[nodiscard]] std::string say_exhausted(WindowKind kind, const WindowUse& use);
// `is_new`: the window is another one than the one that ran short.
[[nodiscard]] std::string say_spent_over(WindowKind kind, const WindowUse& use, bool is_new);

[[nodiscard]] std::string say_forecast(WindowKind kind,
                                       const WindowUse& use,
                                       const Forecast& forecast);
[[nodiscard]] std::string say_forecast_over(WindowKind kind, const WindowUse& use);

[[nodiscard]] std::string say_drift(WindowKind kind, std::int64_t drift);
[[nodiscard]] std::string say_drift_over(WindowKind kind);

[[nodiscard]] std::string say_price(std::string_view endpoint, std::int64_t surplus);
[[nodiscard]] std::string say_price_over(std::string_view endpoint);

[[nodiscard]] std::string say_key(std::int64_t error_code);
[[nodiscard]] std::string say_key_over();

[[nodiscard]] std::string say_ledger(std::string_view error);
[[nodiscard]] std::string say_ledger_over();

[[nodiscard]] std::string say_unreachable(TimePoint since, TimePoint last);
[[nodiscard]] std::string say_unreachable_over();

}  // namespace quotecached::credit
