#include "usage/alerts_page.hpp"

#include <stdexcept>

#include "credit/alert.hpp"
#include "usage/page_rows.hpp"

namespace quotecached::usage {
namespace {

credit::Alert alert_in(const SQLite::Statement& rows) {
  const auto kind = credit::parse_alert_kind(rows.getColumn(2).getString());
  const auto level = credit::parse_alert_level(rows.getColumn(3).getString());
  if (!kind || !level)
    throw std::runtime_error("alert " + rows.getColumn(0).getString() + " is of no known kind");
  credit::Alert alert;
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
  json.begin_object();
  credit::write_fields(json, alert_in(rows), rows.getColumn(0).getInt64());
  json.end_object();
}

}  // namespace

std::string read_alerts_page(store::Reader& reader, const PageQuery& query) {
  return read_page(reader, query, "alerts", write_alert);
}

}  // namespace quotecached::usage
