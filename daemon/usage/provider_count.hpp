// The provider's own count of credits beside that of our records, where a report is of a window
// that the provider counts: the account's day or its month.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "credit/book_view.hpp"
#include "ledger/account.hpp"
#include "ledger/windows.hpp"
#include "store/reader.hpp"
#include "usage/report_period.hpp"

namespace quotecached::usage {

// What of the account a report is made with.
struct AccountFacts {
  ledger::Anchor anchor;                           // of its days and months
  std::optional<credit::ProviderReading> counted;  // empty: the provider has not told
  std::string account{ledger::kDefaultAccount};
};

// What the provider told of a window.
struct ProviderWindow {
  ledger::WindowKind kind = ledger::WindowKind::Day;
  TimePoint starts_at;
  TimePoint read_at;  // when it was asked
  std::int64_t counted = 0;
};

// The window that the period is, up to now. Empty where it is none, or the provider has told
// nothing of the one that is running: in the first minutes its count may be of the one before.
// Pure.
[[nodiscard]] std::optional<ProviderWindow> window_counted(const ReportPeriod& period,
                                                           const AccountFacts& account,
                                                           TimePoint now);

struct ProviderCount {
  ProviderWindow window;
  std::int64_t recorded = 0;  // by us, of calls that were started from its start to `read_at`
};

// Reads days where they are whole, and the calls themselves beside them. Throws SQLite::Exception,
// after which the reader must be discarded.
[[nodiscard]] ProviderCount read_provider_count(store::Reader& reader,
                                                const ProviderWindow& window,
                                                const std::string& account);

}  // namespace quotecached::usage
