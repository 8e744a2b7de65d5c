#include "usage/alerts_page.hpp"

#include <optional>

#include "alert/alert.hpp"
#include "usage/page_rows.hpp"

namespace quotecached::usage {
namespace {

// Empty when a newer version wrote a kind that this one does not know.
std::optional<alert::Alert> alert_in(const SQLite::Statement& rows) {
  const auto kind = alert::parse_alert_kind(rows.getColumn(2).getString());
  const auto level = alert::parse_alert_level(rows.getColumn(3).getString());
  if (!kind || !level) return std::nullopt;
  alert::Alert alert;
  alert.kind = *kind;
  alert.level = *level;
  alert.at = time_in(rows, 1);
  alert.subject = rows.getColumn(4).getString();
  alert.is_recovery = rows.getColumn(5).getString() == "recovered";
  alert.value = rows.getColumn(6).getDouble();
  alert.bound = rows.getColumn(7).getDouble();
  if (rows.getColumn(8).getInt64() != 0) alert.until = time_in(rows, 8);
  alert.message = rows.getColumn(9).getString();
  return alert;
}

void write_alert(JsonWriter& json, const SQLite::Statement& rows) {
  const auto alert = alert_in(rows);
  if (!alert) return;
  json.begin_object();
  alert::write_fields(json, *alert, rows.getColumn(0).getInt64());
  json.end_object();
}

}  // namespace

std::string read_alerts_page(store::Reader& reader, const PageQuery& query) {
  return read_page(reader, query, "alerts", write_alert);
}

}  // namespace quotecached::usage
