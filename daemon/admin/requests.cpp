#include "admin/requests.hpp"

#include "base/json_writer.hpp"

namespace quotecached::admin {
namespace {

void write_row(JsonWriter& json, const proxy::OpenRequests::Row& row) {
  json.begin_object();
  json.key("id").integer(static_cast<std::int64_t>(row.id));
  json.key("target").text(row.target);
  json.key("client").text(row.client);
  json.key("request_id").text(row.request_id);
  json.key("trace_id").text(row.trace_id);
  json.key("reason").text(to_string(row.reason));
  json.key("age_ms").integer(row.age.count());
  json.key("waits_for").text(to_string(row.waits_for));
  json.key("waited_ms").integer(row.waited.count());
  json.end_object();
}

}  // namespace

std::string to_json(const proxy::OpenRequests::List& list) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("in_progress").integer(static_cast<std::int64_t>(list.in_progress));
  json.key("requests").begin_array();
  for (const auto& row : list.rows) write_row(json, row);
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace quotecached::admin
