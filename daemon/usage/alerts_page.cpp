#include "usage/alerts_page.hpp"

#include <optional>

#include "alert/alert.hpp"
#include "usage/page_rows.hpp"

namespace quotecached::usage {
namespace {

// Empty when a newer version wrote a kind that this one does not know.
std::optional<alert::Alert> alert_in(const SQLite::Statement& rows) {
  const auto kind = alert::parse_alert_kind(rows.getColumn("kind").getString());
  const auto level = alert::parse_alert_level(rows.getColumn("level").getString());
  if (!kind || !level) return std::nullopt;
  alert::Alert alert;
  alert.kind = *kind;
  alert.level = *level;
  alert.at = time_in(rows, "at");
  alert.subject = rows.getColumn("subject").getString();
  alert.is_recovery = rows.getColumn("state").getString() == "recovered";
  alert.value = rows.getColumn("value").getDouble();
  alert.bound = rows.getColumn("bound").getDouble();
  if (rows.getColumn("until").getInt64() != 0) alert.until = time_in(rows, "until");
  alert.message = rows.getColumn("message").getString();
  return alert;
}

void write_alert(JsonWriter& json, const SQLite::Statement& rows) {
  const auto alert = alert_in(rows);
  if (!alert) return;
  json.begin_object();
  alert::write_fields(json, *alert, rows.getColumn("id").getInt64());
  json.end_object();
}

}  // namespace

std::string read_alerts_page(store::Reader& reader, const PageQuery& query) {
  return read_page(reader, query, "alerts", write_alert);
}

}  // namespace quotecached::usage
