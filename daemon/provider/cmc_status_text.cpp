#include "provider/cmc_status_text.hpp"

#include <fmt/format.h>

#include "base/json_text.hpp"

namespace quotecached::provider::cmc {
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

// What stands between the time and the credits where nothing went wrong: by whether the code, and
// whether the message, is a text.
constexpr std::string_view kGood[2][2] = {
    {R"(","error_code":0,"error_message":null,"elapsed":0,"credit_count":)",
     R"(","error_code":0,"error_message":"","elapsed":0,"credit_count":)"},
    {R"(","error_code":"0","error_message":null,"elapsed":0,"credit_count":)",
     R"(","error_code":"0","error_message":"","elapsed":0,"credit_count":)"}};

// What stands behind the credits, by StatusForm::Notice.
constexpr std::string_view kEnd[] = {"}", R"(,"notice":null})", R"(,"notice":""})"};

void append_error(std::string& out, const StatusText& status) {
  const std::string_view quotation = status.form.code_is_text ? "\"" : "";
  out.append(R"(","error_code":)").append(quotation);
  append_number(out, status.error_code);
  out.append(quotation).append(R"(,"error_message":)");
  append_json_string(out, status.error_message);
  out.append(R"(,"elapsed":0,"credit_count":)");
}

}  // namespace

void append_status(std::string& out, const StatusText& status, TimePoint now) {
  out.append(std::string_view(R"({"timestamp":")"));
  append_timestamp(out, now);
  if (status.error_code != 0) {
    append_error(out, status);
  } else {
    out.append(kGood[status.form.code_is_text ? 1 : 0][status.form.message_is_text ? 1 : 0]);
  }
  append_number(out, status.credit_count.count);
  out.append(kEnd[static_cast<std::size_t>(status.form.notice)]);
}

}  // namespace quotecached::provider::cmc
