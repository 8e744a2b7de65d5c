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
  json.key("id").integer(rows.getColumn(0).getInt64());
  json.key("at").time(time_in(rows, 1));
  json.key("endpoint").text(rows.getColumn(2).getString());
  json.key("client").text(rows.getColumn(3).getString());
  json.key("cause").text(rows.getColumn(4).getString());
  json.key("credits").integer(rows.getColumn(5).getInt64());
  json.key("predicted").integer(rows.getColumn(6).getInt64());
  json.key("state").text(state_word(rows.getColumn(7).getInt64()));
  json.key("took_ms").integer(rows.getColumn(8).getInt64());
  json.key("http_status").integer(rows.getColumn(9).getInt64());
  json.key("error_code").integer(rows.getColumn(10).getInt64());
  json.key("assets").integer(rows.getColumn(11).getInt64());
  json.end_object();
}

}  // namespace

std::string read_calls_page(store::Reader& reader, const PageQuery& query) {
  return read_page(reader, query, "calls", write_call);
}

}  // namespace quotecached::usage
