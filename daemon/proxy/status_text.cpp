#include "proxy/status_text.hpp"

#include <fmt/format.h>

#include "base/json_text.hpp"

namespace quotecached::proxy {
namespace {

// "2026-11-20T18:05:32.123Z". The part down to the second is kept from call to call.
void append_timestamp(std::string& out, TimePoint now) {
  thread_local std::chrono::sys_seconds cached_second{std::chrono::seconds::min()};
  thread_local std::string cached_text;
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != cached_second) {
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(second - day);
    cached_text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.",
                              static_cast<int>(date.year()),
                              static_cast<unsigned>(date.month()),
                              static_cast<unsigned>(date.day()),
                              time.hours().count(),
                              time.minutes().count(),
                              time.seconds().count());
    cached_second = second;
  }
  const auto millis = static_cast<unsigned>((now - second).count());
  out += cached_text;
  out += static_cast<char>('0' + millis / 100);
  out += static_cast<char>('0' + millis / 10 % 10);
  out += static_cast<char>('0' + millis % 10);
  out += 'Z';
}

void append_number(std::string& out, std::int64_t number) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

}  // namespace

void append_status(std::string& out, const StatusText& status, TimePoint now) {
  const std::string_view quotation = status.is_text ? "\"" : "";
  out += R"({"timestamp":")";
  append_timestamp(out, now);
  out += R"(","error_code":)";
  out += quotation;
  append_number(out, status.error_code);
  out += quotation;
  out += R"(,"error_message":)";
  if (status.error_message.empty() && !status.is_text) {
    out += "null";
  } else {
    append_json_string(out, status.error_message);
  }
  out += R"(,"elapsed":0,"credit_count":)";
  append_number(out, status.credit_count.count);
  if (!status.is_text) out += R"(,"notice":null)";
  out += '}';
}

}  // namespace quotecached::proxy
