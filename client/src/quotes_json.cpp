#include "src/quotes_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "src/failure.hpp"
#include "src/json_text.hpp"
#include "src/timestamp.hpp"

namespace quotecache {
namespace {

namespace od = simdjson::ondemand;

// A reader keeps memory for the largest document that it met: only those of small ones are kept.
constexpr std::size_t kSmall = std::size_t{256} * 1024;

constexpr std::string_view kBlanks = " \t\r\n";

// The member as it stands there, without what surrounds it.
bool read_raw(od::value value, std::string_view& raw) {
  od::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  if (type == od::json_type::array || type == od::json_type::object) {
    od::array array;
    od::object object;
    const auto error =
        type == od::json_type::array
            ? (value.get_array().get(array) == simdjson::SUCCESS ? array.raw_json().get(raw)
                                                                 : simdjson::INCORRECT_TYPE)
            : (value.get_object().get(object) == simdjson::SUCCESS ? object.raw_json().get(raw)
                                                                   : simdjson::INCORRECT_TYPE);
    return error == simdjson::SUCCESS;
  }
  raw = value.raw_json_token();
  const auto last = raw.find_last_not_of(kBlanks);
  raw = raw.substr(0, last == std::string_view::npos ? 0 : last + 1);
  return !raw.empty();
}

bool read_figure(od::value value, Figure& figure) {
  std::string_view raw;
  if (!read_raw(value, raw)) return false;
  if (raw == "null") return true;
  double number = 0;
  const auto [stop, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  figure.text = raw;
  if (error == std::errc() && stop == raw.data() + raw.size()) figure.value = number;
  return true;
}

bool read_time(od::value value, std::optional<TimePoint>& time) {
  std::string_view text;
  std::string buffer;
  if (!text_of(value, text, buffer)) return false;
  time = text.empty() ? std::nullopt : parse_timestamp(text);
  return time.has_value() || text.empty();
}

bool read_age(od::value value, std::chrono::milliseconds& age) {
  double seconds = 0;
  if (value.get_double().get(seconds) != simdjson::SUCCESS || seconds < 0 || seconds > 1e12)
    return false;
  age = std::chrono::milliseconds(std::llround(seconds * 1000));
  return true;
}

// What must be there of a row.
struct Seen {
  bool id = false;
  bool convert = false;
  bool price = false;
  bool fetched_at = false;
};

bool read_member(std::string_view name, od::value value, Quote& quote, Seen& seen) {
  if (name == "id") return seen.id = value.get_int64().get(quote.id) == simdjson::SUCCESS;
  if (name == "symbol") return read_text(value, quote.symbol);
  if (name == "name") return read_text(value, quote.name);
  if (name == "slug") return read_text(value, quote.slug);
  if (name == "convert") return seen.convert = read_text(value, quote.convert);
  if (name == "price") return seen.price = read_figure(value, quote.price);
  if (name == "last_updated") return read_time(value, quote.last_updated);
  if (name == "age") return read_age(value, quote.age);
  if (name == "stale") return value.get_bool().get(quote.is_stale) == simdjson::SUCCESS;
  if (name == "fetched_at") {
    std::optional<TimePoint> time;
    seen.fetched_at = read_time(value, time) && time;
    quote.fetched_at = time.value_or(TimePoint{});
    return seen.fetched_at;
  }
  NamedFigure& one = quote.figures.emplace_back(NamedFigure{std::string(name), {}});
  return read_figure(value, one.figure);
}

// All members of an object in their order, until `read` refuses one.
template <class Read>
bool each_member(od::object object, const Read& read) {
  std::string buffer;
  for (auto field : object) {
    od::raw_json_string key;
    od::value value;
    if (field.key().get(key) != simdjson::SUCCESS) return false;
    std::string_view name;
    if (!text_of(key, name, buffer)) return false;
    if (field.value().get(value) != simdjson::SUCCESS || !read(name, value)) return false;
  }
  return true;
}

// All items of an array, each an object.
template <class Read>
bool each_object(od::value value, const Read& read) {
  od::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto item : array) {
    od::object object;
    if (item.get_object().get(object) != simdjson::SUCCESS || !read(object)) return false;
  }
  return true;
}

bool read_row(od::object object, Quote& quote) {
  Seen seen;
  const bool is_read = each_member(object, [&](std::string_view name, od::value value) {
    return read_member(name, value, quote, seen);
  });
  return is_read && seen.id && seen.convert && seen.price && seen.fetched_at;
}

bool read_by(od::value value, Asset::By& by) {
  std::string word;
  if (!read_text(value, word)) return false;
  for (const auto one : {Asset::By::Id, Asset::By::Symbol, Asset::By::Slug}) {
    if (word != to_string(one)) continue;
    by = one;
    return true;
  }
  return false;
}

bool read_rank(od::value value, std::optional<std::int64_t>& rank) {
  bool is_null = false;
  std::int64_t number = 0;
  if (value.is_null().get(is_null) != simdjson::SUCCESS) return false;
  if (is_null) return true;
  if (value.get_int64().get(number) != simdjson::SUCCESS) return false;
  rank = number;
  return true;
}

bool read_candidate(od::object object, Candidate& candidate) {
  return each_member(object, [&](std::string_view name, od::value value) {
    if (name == "id") return value.get_int64().get(candidate.id) == simdjson::SUCCESS;
    if (name == "name") return read_text(value, candidate.name);
    if (name == "slug") return read_text(value, candidate.slug);
    if (name == "rank") return read_rank(value, candidate.rank);
    return true;
  });
}

bool read_missing(od::object object, Missing& missing) {
  return each_member(object, [&](std::string_view name, od::value value) {
    if (name == "asked") return read_text(value, missing.asked);
    if (name == "by") return read_by(value, missing.by);
    return true;
  });
}

bool read_ambiguous(od::object object, Ambiguous& ambiguous) {
  return each_member(object, [&](std::string_view name, od::value value) {
    if (name == "asked") return read_text(value, ambiguous.asked);
    if (name == "by") return read_by(value, ambiguous.by);
    if (name != "candidates") return true;
    return each_object(value, [&](od::object one) {
      return read_candidate(one, ambiguous.candidates.emplace_back());
    });
  });
}

bool read_not_had(od::object object, NotHad& not_had) {
  return each_member(object, [&](std::string_view name, od::value value) {
    if (name == "asked") return read_text(value, not_had.asked);
    if (name == "by") return read_by(value, not_had.by);
    if (name != "code") return true;
    std::string word;
    if (!read_text(value, word)) return false;
    not_had.code = parse_problem_code(word).value_or(ErrorCode::Unavailable);
    return true;
  });
}

bool read_section(std::string_view name, od::value value, Quotes& quotes, bool& has_rows) {
  if (name == "quotes") {
    has_rows = true;
    return each_object(value,
                       [&](od::object row) { return read_row(row, quotes.rows.emplace_back()); });
  }
  if (name == "missing") {
    return each_object(
        value, [&](od::object one) { return read_missing(one, quotes.missing.emplace_back()); });
  }
  if (name == "ambiguous") {
    return each_object(value, [&](od::object one) {
      return read_ambiguous(one, quotes.ambiguous.emplace_back());
    });
  }
  if (name == "unavailable") {
    return each_object(value, [&](od::object one) {
      return read_not_had(one, quotes.unavailable.emplace_back());
    });
  }
  return true;
}

// Gives `read` the object that the text is, and wants nothing behind it.
template <class Read>
bool read_document(od::parser& parser, std::string& text, const Read& read) {
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  od::document document;
  od::object object;
  const simdjson::padded_string_view view(text.data(), text.size(), text.capacity());
  const auto error = parser.iterate(view).get(document);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  return error == simdjson::SUCCESS && document.get_object().get(object) == simdjson::SUCCESS &&
         read(object) && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

template <class Read>
bool read_object(std::string& text, const Read& read) {
  if (text.size() > kSmall) {
    od::parser parser;
    return read_document(parser, text, read);
  }
  thread_local od::parser parser;
  return read_document(parser, text, read);
}

Error not_of_daemon() {
  return {ErrorCode::Protocol, "the answer is not the daemon's: it is no list of quotes", 200};
}

}  // namespace

Result<Quotes> read_quotes(std::string& document) {
  Quotes quotes;
  bool has_rows = false;
  const bool is_read = read_object(document, [&](od::object object) {
    return each_member(object, [&](std::string_view name, od::value value) {
      return read_section(name, value, quotes, has_rows);
    });
  });
  if (!is_read || !has_rows) return not_of_daemon();
  return quotes;
}

Result<Quote> read_stream_quote(std::string& data, TimePoint now) {
  Quote quote;
  if (!read_object(data, [&](od::object object) { return read_row(object, quote); }))
    return not_of_daemon();
  quote.age = std::max(std::chrono::milliseconds(0), now - quote.fetched_at);
  return quote;
}

Result<Gone> read_gone(std::string& data) {
  Gone gone;
  const bool is_read = read_object(data, [&](od::object object) {
    return each_member(object, [&](std::string_view name, od::value value) {
      if (name == "id") return value.get_int64().get(gone.id) == simdjson::SUCCESS;
      if (name == "convert") return read_text(value, gone.convert);
      return true;
    });
  });
  if (!is_read || gone.id == 0 || gone.convert.empty()) return not_of_daemon();
  return gone;
}

Result<Quotes> read_lists(std::string& data) {
  Quotes lists;
  bool has_rows = false;
  const bool is_read = read_object(data, [&](od::object object) {
    return each_member(object, [&](std::string_view name, od::value value) {
      return read_section(name, value, lists, has_rows);
    });
  });
  if (!is_read) return not_of_daemon();
  return lists;
}

}  // namespace quotecache
