#include "purge/rule_rows.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "purge/rule_text.hpp"
#include "store/reader.hpp"

namespace quotecached::purge {
namespace {

std::int64_t column_of(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint time_in(const SQLite::Column& column) {
  return TimePoint(milliseconds(column.getInt64()));
}

}  // namespace

Result<cache::PurgeRules> load_rules(store::ReaderPool& readers, TimePoint now) {
  return readers.read([now](store::Reader& reader) {
    cache::PurgeRules rules;
    auto& rows = reader.statement(
        "SELECT pattern, before_at, held_until FROM purge_rules WHERE held_until > ?1 "
        "ORDER BY before_at DESC");
    rows.bind(1, column_of(now));
    while (rows.executeStep()) {
      auto pattern = parse_pattern(rows.getColumn(0).getString());
      if (!pattern) continue;
      rules.push_back(
          {*std::move(pattern), time_in(rows.getColumn(1)), time_in(rows.getColumn(2))});
    }
    rows.reset();
    return rules;
  });
}

// Jobs may come in another order than they were ordered in: a later moment is never lost to an
// earlier one.
void keep_rules(SQLite::Database& database,
                const cache::PurgeRules& rules,
                const std::vector<ReplacedRule>& replaced,
                TimePoint now) {
  SQLite::Statement ended(database, "DELETE FROM purge_rules WHERE held_until <= ?1");
  ended.bind(1, column_of(now));
  ended.exec();
  SQLite::Statement gone(database,
                         "DELETE FROM purge_rules WHERE pattern = ?1 AND before_at <= ?2");
  for (const auto& rule : replaced) {
    gone.bind(1, rule.text);
    gone.bind(2, column_of(rule.before));
    gone.exec();
    gone.reset();
  }
  SQLite::Statement row(database,
                        "INSERT INTO purge_rules (pattern, before_at, held_until) "
                        "VALUES (?1, ?2, ?3) ON CONFLICT (pattern) DO UPDATE SET "
                        "before_at = max(before_at, excluded.before_at), "
                        "held_until = max(held_until, excluded.held_until)");
  for (const auto& rule : rules) {
    row.bind(1, to_text(rule.pattern));
    row.bind(2, column_of(rule.before));
    row.bind(3, column_of(rule.until));
    row.exec();
    row.reset();
  }
}

}  // namespace quotecached::purge
