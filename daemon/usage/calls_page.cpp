#include "usage/calls_page.hpp"

#include <array>

#include "usage/page_rows.hpp"

namespace quotecached::usage {
namespace {

// As the table has them: 0, 1, 2.
std::string_view state_word(std::int64_t state) {
  constexpr std::array<std::string_view, 3> kWords{"held", "settled", "lost"};
  return state >= 0 && state < 3 ? kWords[static_cast<std::size_t>(state)] : "unknown";
}

void write_call(JsonWriter& json, const SQLite::Statement& rows) {
  json.begin_object();
  json.key("id").integer(rows.getColumn("id").getInt64());
  json.key("at").time(time_in(rows, "started_at"));
  json.key("endpoint").text(rows.getColumn("endpoint").getString());
  json.key("client").text(rows.getColumn("client").getString());
  json.key("cause").text(rows.getColumn("cause").getString());
  json.key("credits").integer(rows.getColumn("credits").getInt64());
  json.key("predicted").integer(rows.getColumn("predicted").getInt64());
  json.key("state").text(state_word(rows.getColumn("state").getInt64()));
  json.key("took_ms").integer(rows.getColumn("took_ms").getInt64());
  json.key("http_status").integer(rows.getColumn("http_status").getInt64());
  json.key("error_code").integer(rows.getColumn("error_code").getInt64());
  json.key("assets").integer(rows.getColumn("assets").getInt64());
  json.key("riding").integer(rows.getColumn("riding").getInt64());
  json.key("request_id").text(rows.getColumn("request_id").getString());
  json.key("trace_id").text(rows.getColumn("trace_id").getString());
  json.key("provider_id").text(rows.getColumn("provider_id").getString());
  json.end_object();
}

}  // namespace

std::string read_calls_page(store::Reader& reader, const PageQuery& query) {
  return read_page(reader, query, "calls", write_call);
}

}  // namespace quotecached::usage
