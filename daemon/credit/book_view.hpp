// How the book stands: a copy for whoever shows it, decides by it, or alerts about it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "credit/book_rows.hpp"
#include "credit/closures.hpp"
#include "credit/price_check.hpp"
#include "ledger/ledger.hpp"
#include "ledger/windows.hpp"

namespace quotecached::credit {

// What the provider told of its own count, and when it was asked.
struct ProviderReading {
  ledger::ProviderUse use;
  TimePoint asked_at;
};

struct BookView {
  ledger::WindowUses uses{};
  // What the provider closed, by Closure.
  std::array<std::optional<Closed>, ledger::kClosures> closed{};
  std::optional<std::int64_t> key_error;  // its code; also while a refused key may be tried again
  bool is_key_proven = false;             // a call since the start shows that it is accepted
  std::size_t holds = 0;
  std::string ledger_error;  // empty while the ledger can be written

  ledger::Anchor anchor;  // of days and months

  // The last reading of key/info that told limits, maybe before a restart.
  std::optional<PlanReading> plan;
  std::optional<TimePoint> read_at;  // the last that told anything, since the start
  std::string reading_error;         // why the last reading failed; empty when it did not
  std::array<std::int64_t, ledger::kWindowKinds> drift{};  // of the last reading, by WindowKind

  std::optional<ProviderReading> counted;  // by the last reading since the start that told anything

  std::map<std::string, PriceCheck::Endpoint, std::less<>> prices;
};

}  // namespace quotecached::credit
