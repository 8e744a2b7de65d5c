#include "provider/reading.hpp"

#include <algorithm>
#include <charconv>

namespace quotecached::provider {
namespace {

constexpr std::chrono::seconds kLongestWait{std::chrono::days(31)};

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::Ok: return "ok";
    case Verdict::BadRequest: return "bad_request";
    case Verdict::KeyRefused: return "key_refused";
    case Verdict::MinuteLimit: return "minute_limit";
    case Verdict::DayLimit: return "day_limit";
    case Verdict::MonthLimit: return "month_limit";
    case Verdict::IpLimit: return "ip_limit";
    case Verdict::ServerFailure: return "server_failure";
  }
  return "unknown";
}

std::chrono::seconds read_retry_after(std::string_view header) noexcept {
  std::int64_t count = 0;
  const auto* const end = header.data() + header.size();
  const auto read = std::from_chars(header.data(), end, count);
  const bool is_count = read.ec == std::errc() && read.ptr == end && count > 0;
  return is_count ? std::min(std::chrono::seconds(count), kLongestWait) : std::chrono::seconds(0);
}

}  // namespace quotecached::provider
