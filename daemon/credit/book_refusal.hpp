// Why the book refuses a call, in the words of the log, and what is closed or spent. Pure.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "credit/book.hpp"

namespace quotecached::credit {

[[nodiscard]] std::string utc(TimePoint time);  // "2026-11-21T10:00:00Z"

[[nodiscard]] Book::NotAdmitted refusal_of(const Closed& closed);
[[nodiscard]] Book::NotAdmitted refusal_of(const ledger::Ledger::NoRoom& ledger, TimePoint now);

// The spend policy forbids what may well be left. Named is the window that is spent, of two the one
// that ends last, else the one that is used most.
[[nodiscard]] Book::NotAdmitted refusal_by_policy(const pacing::SpendPolicy& policy,
                                                  const ledger::WindowUses& uses);

}  // namespace quotecached::credit
