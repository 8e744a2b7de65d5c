#include "compact/format.hpp"

#include <algorithm>
#include <charconv>

#include "base/iso_time.hpp"
#include "base/json_text.hpp"
#include "catalog/query.hpp"
#include "compact/csv.hpp"

namespace quotecached::compact {
namespace {

// Header lines of lists end here: clients and proxies do not take long ones.
constexpr std::size_t kMostHeader = 4'000;
constexpr std::string_view kMore = "...";  // no name is spelled so

std::string_view or_null(std::string_view json) { return json.empty() ? "null" : json; }

// With milliseconds, also where they are none.
std::string time_text(TimePoint time) {
  auto text = iso_time(time);
  if (text.find('.') == std::string::npos && text.ends_with('Z'))
    text.replace(text.size() - 1, 1, ".000Z");
  return text;
}

// In seconds, to the tenth.
void append_age(std::string& out, const Quote& quote, TimePoint now) {
  const auto age =
      std::max(milliseconds(0),
               std::chrono::floor<milliseconds>(now - quote.choice.copy().entry->fetched_at));
  const auto tenths = age.count() / 100;
  out += std::to_string(tenths / 10);
  if (tenths % 10 != 0) out.append(".").append(std::to_string(tenths % 10));
}

bool is_stale(const Quote& quote) { return quote.choice.standing() != proxy::Standing::Fresh; }

void append_asked(std::string& out, const Asked& asked) {
  out += "{\"asked\":";
  append_json_string(out, asked.name);
  out.append(",\"by\":\"").append(catalog::to_string(asked.by)).append("\"");
}

void append_candidate(std::string& out, const Candidate& candidate) {
  out.append("{\"id\":").append(std::to_string(candidate.id));
  out.append(",\"name\":").append(or_null(candidate.row.name));
  out.append(",\"slug\":").append(or_null(candidate.row.slug));
  out.append(",\"rank\":").append(or_null(candidate.row.rank)).append("}");
}

template <class Items, class Append>
void append_list(std::string& out, const Items& items, const Append& append) {
  bool is_first = true;
  for (const auto& item : items) {
    if (!std::exchange(is_first, false)) out += ',';
    append(item);
  }
}

void append_missing(std::string& out, const Ask& ask, const Picture& picture) {
  out += "\"missing\":[";
  append_list(out, picture.missing, [&](std::size_t asset) {
    append_asked(out, ask.assets[asset]);
    out += '}';
  });
  out += ']';
}

void append_ambiguous(std::string& out, const Ask& ask, const Picture& picture) {
  out += "\"ambiguous\":[";
  append_list(out, picture.ambiguous, [&](const Shared& shared) {
    append_asked(out, ask.assets[shared.asset]);
    out += ",\"candidates\":[";
    append_list(out, shared.candidates, [&](const Candidate& one) { append_candidate(out, one); });
    out += "]}";
  });
  out += ']';
}

void append_unavailable(std::string& out, const Ask& ask, const Unanswered& unavailable) {
  out += "\"unavailable\":[";
  append_list(out, unavailable, [&](const auto& one) {
    append_asked(out, ask.assets[one.first]);
    out.append(",\"code\":\"").append(to_string(one.second)).append("\"}");
  });
  out += ']';
}

// After the rows.
void append_lists(std::string& out, const Sheet& sheet) {
  out += "],\n";
  append_missing(out, sheet.ask, sheet.picture);
  out += ",\n";
  append_ambiguous(out, sheet.ask, sheet.picture);
  if (sheet.unavailable.empty()) return;
  out += ",\n";
  append_unavailable(out, sheet.ask, sheet.unavailable);
}

// One header line that lists names; nothing when there are none.
void append_names(std::string& out, std::string_view header, const std::vector<const Asked*>& all) {
  if (all.empty()) return;
  out.append(header).append(": ");
  const auto begin = out.size();
  for (const auto* one : all) {
    if (out.size() > begin) out += ',';
    if (out.size() - begin >= kMostHeader) {
      out += kMore;
      break;
    }
    catalog::append_encoded(out, one->name);
  }
  out += "\r\n";
}

}  // namespace

std::vector<std::string> columns_of(const Sheet& sheet) {
  if (!sheet.ask.fields.are_all) return sheet.ask.fields.names;
  std::vector<std::string> names;
  for (const auto& quote : sheet.picture.quotes) add_field_names(quote.choice.row(), names);
  return names;
}

void append_row_begin(std::string& out,
                      const Choice& choice,
                      std::string_view convert,
                      std::span<const std::string> columns) {
  thread_local std::vector<std::string_view> figures;
  const auto& row = choice.row();
  read_figures(row, columns, figures);
  out.append("{\"id\":").append(std::to_string(row.id));
  out.append(",\"symbol\":").append(or_null(row.symbol));
  out.append(",\"name\":").append(or_null(row.name));
  out.append(",\"slug\":").append(or_null(row.slug));
  out.append(",\"convert\":\"").append(convert).append("\"");
  for (std::size_t i = 0; i < columns.size(); ++i)
    out.append(",\"").append(columns[i]).append("\":").append(or_null(figures[i]));
  out.append(",\"last_updated\":").append(or_null(row.last_updated));
}

void append_row_end(std::string& out, TimePoint fetched_at, bool is_stale) {
  out.append(",\"fetched_at\":\"").append(time_text(fetched_at));
  out.append("\",\"stale\":").append(is_stale ? "true" : "false").append("}");
}

void append_row(std::string& out,
                const Ask& ask,
                const Quote& quote,
                std::span<const std::string> columns,
                TimePoint now) {
  append_row_begin(out, quote.choice, ask.converts[quote.convert], columns);
  out.append(",\"fetched_at\":\"").append(time_text(quote.choice.copy().entry->fetched_at));
  out += "\",\"age\":";
  append_age(out, quote, now);
  out.append(",\"stale\":").append(is_stale(quote) ? "true" : "false").append("}");
}

void append_json(std::string& out, const Sheet& sheet) {
  const auto columns = columns_of(sheet);
  out += "{\"quotes\":[";
  append_list(out, sheet.picture.quotes, [&](const Quote& quote) {
    out += '\n';
    append_row(out, sheet.ask, quote, columns, sheet.now);
  });
  append_lists(out, sheet);
  out += ",\n\"next\":";
  if (sheet.next.empty()) {
    out += "null";
  } else {
    append_json_string(out, sheet.next);
  }
  out += "}\n";
}

void append_ndjson(std::string& out, const Sheet& sheet) {
  const auto columns = columns_of(sheet);
  for (const auto& quote : sheet.picture.quotes) {
    append_row(out, sheet.ask, quote, columns, sheet.now);
    out += '\n';
  }
}

void append_csv(std::string& out, const Sheet& sheet) {
  const auto columns = columns_of(sheet);
  out += "id,symbol,name,slug,convert";
  for (const auto& column : columns) out.append(",").append(column);
  out += ",last_updated,fetched_at,age,stale\r\n";
  std::vector<std::string_view> figures;
  for (const auto& quote : sheet.picture.quotes) {
    const auto& row = quote.choice.row();
    read_figures(row, columns, figures);
    out += std::to_string(row.id);
    for (const auto text : {row.symbol, row.name, row.slug}) {
      out += ',';
      append_csv_field(out, text);
    }
    out += ',';
    append_csv_field(out, '"' + sheet.ask.converts[quote.convert] + '"');
    for (const auto figure : figures) {
      out += ',';
      append_csv_field(out, figure);
    }
    out += ',';
    append_csv_field(out, row.last_updated);
    out.append(",").append(time_text(quote.choice.copy().entry->fetched_at)).append(",");
    append_age(out, quote, sheet.now);
    out.append(is_stale(quote) ? ",true\r\n" : ",false\r\n");
  }
}

std::string lists_of(const Ask& ask, const Picture& picture, const Unanswered& unavailable) {
  std::string out = "{";
  append_missing(out, ask, picture);
  out += ',';
  append_ambiguous(out, ask, picture);
  if (!unavailable.empty()) {
    out += ',';
    append_unavailable(out, ask, unavailable);
  }
  out += '}';
  return out;
}

std::string list_headers(const Sheet& sheet) {
  const auto& assets = sheet.ask.assets;
  std::vector<const Asked*> missing;
  for (const auto asset : sheet.picture.missing) missing.push_back(&assets[asset]);
  std::vector<const Asked*> ambiguous;
  for (const auto& shared : sheet.picture.ambiguous) ambiguous.push_back(&assets[shared.asset]);
  std::vector<const Asked*> unavailable;
  for (const auto& [asset, code] : sheet.unavailable) unavailable.push_back(&assets[asset]);
  std::string out;
  append_names(out, "Quotecached-Missing", missing);
  append_names(out, "Quotecached-Ambiguous", ambiguous);
  append_names(out, "Quotecached-Unavailable", unavailable);
  return out;
}

}  // namespace quotecached::compact
