#include "http/admin.hpp"

#include <charconv>
#include <string>

#include <simdjson.h>

#include "http/response.hpp"

namespace quotecached::http {
namespace {

constexpr std::string_view kClock = "/admin/test/clock";
constexpr std::string_view kClearMemory = "/admin/cache/clear-memory";
constexpr std::string_view kJson = "application/json; charset=utf-8";

std::int64_t milliseconds_in(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  if (unit == "d") return 86'400'000;
  return 0;
}

Result<milliseconds> parse_advance(std::string_view body) {
  simdjson::dom::parser parser;
  std::string_view text;
  if (parser.parse(simdjson::padded_string(body))["advance"].get(text) != simdjson::SUCCESS)
    return fail(ErrorCode::Invalid, R"(expected {"advance":"61s"})");
  return parse_duration(text);
}

void advance_clock(const AdminActions& actions, std::string_view body, proxy::Answer& out) {
  const auto by = parse_advance(body);
  if (!by) return fill_problem(out, 400, by.error().message);
  actions.advance_clock(*by);
  fill_text(out, "{\"advanced_ms\":" + std::to_string(by->count()) + "}\n", kJson);
}

void clear_memory(const AdminActions& actions, proxy::Answer& out) {
  actions.clear_memory();
  fill_text(out, "{\"cleared\":true}\n", kJson);
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  constexpr milliseconds kMost = std::chrono::hours(24 * 3653);
  std::int64_t count = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  const auto unit = milliseconds_in({read.ptr, static_cast<std::size_t>(end - read.ptr)});
  if (read.ec != std::errc() || unit == 0)
    return fail(ErrorCode::Invalid, "a duration is spelled 500ms, 61s, 2m, 1h or 1d");
  if (count < 0 || count > kMost.count() / unit)
    return fail(ErrorCode::Invalid, "the duration is out of range");
  return milliseconds(count * unit);
}

std::string_view answer_admin(const AdminActions& actions,
                              const RequestHead& head,
                              std::string_view body,
                              proxy::Answer& out) {
  const auto path = head.target.substr(0, head.target.find('?'));
  const bool is_clock = path == kClock && actions.advance_clock;
  const bool is_clear = path == kClearMemory && actions.clear_memory;
  if (!is_clock && !is_clear) {
    fill_problem(out, 404);
    return {};
  }
  if (head.method != Method::Post) {
    fill_problem(out, 405);
    return "Allow: POST\r\n";
  }
  if (is_clock) {
    advance_clock(actions, body, out);
  } else {
    clear_memory(actions, out);
  }
  return {};
}

}  // namespace quotecached::http
