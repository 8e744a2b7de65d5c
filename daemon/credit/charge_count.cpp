#include "credit/charge_count.hpp"

#include <chrono>
#include <string>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "pacing/evidence.hpp"
#include "store/reader.hpp"

namespace quotecached::credit {

Result<std::int64_t> count_charges(store::ReaderPool& readers,
                                   std::string_view account,
                                   TimePoint now) {
  const TimePoint since = now - std::chrono::days(7);
  return readers.read([account, since](store::Reader& reader) {
    auto& rows = reader.statement(
        "SELECT COUNT(*) FROM (SELECT 1 FROM upstream_calls WHERE started_at >= ? AND account = ? "
        "AND credits > 0 AND state = 1 LIMIT ?)");
    rows.bind(1, static_cast<std::int64_t>(since.time_since_epoch().count()));
    rows.bind(2, std::string(account));
    rows.bind(3, pacing::kLeastCharges);
    const auto count = rows.executeStep() ? rows.getColumn(0).getInt64() : 0;
    reader.reset();
    return count;
  });
}

}  // namespace quotecached::credit
