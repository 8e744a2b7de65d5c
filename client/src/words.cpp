// The words of the enums, as the daemon's JSON and the command line spell them.
#include "src/words.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "quotecache/credits.hpp"
#include "quotecache/error.hpp"
#include "quotecache/health.hpp"
#include "quotecache/report.hpp"
#include "quotecache/version.hpp"

namespace quotecache {
namespace {

template <class Enum, std::size_t Size>
using Words = std::array<std::pair<Enum, std::string_view>, Size>;

constexpr Words<ErrorCode, 10> kErrorCodes{{{ErrorCode::NotFound, "not found"},
                                            {ErrorCode::Ambiguous, "ambiguous"},
                                            {ErrorCode::Unauthorized, "unauthorized"},
                                            {ErrorCode::RateLimited, "rate limited"},
                                            {ErrorCode::BudgetExhausted, "budget exhausted"},
                                            {ErrorCode::Unavailable, "unavailable"},
                                            {ErrorCode::Timeout, "timeout"},
                                            {ErrorCode::Invalid, "invalid"},
                                            {ErrorCode::Protocol, "protocol"},
                                            {ErrorCode::Conflict, "conflict"}}};

constexpr Words<Level, 3> kLevels{
    {{Level::Ok, "ok"}, {Level::Warning, "warning"}, {Level::Critical, "critical"}}};

constexpr Words<SpendMode, 5> kSpendModes{{{SpendMode::Automatic, "auto"},
                                           {SpendMode::Normal, "normal"},
                                           {SpendMode::Economise, "economise"},
                                           {SpendMode::ForegroundOnly, "foreground_only"},
                                           {SpendMode::CacheOnly, "cache_only"}}};

constexpr Words<Grouping, 5> kGroupings{{{Grouping::Endpoint, "endpoint"},
                                         {Grouping::Client, "client"},
                                         {Grouping::Asset, "asset"},
                                         {Grouping::Cause, "cause"},
                                         {Grouping::Day, "day"}}};

constexpr Words<HealthStatus, 3> kHealthStatuses{{{HealthStatus::Healthy, "healthy"},
                                                  {HealthStatus::Degraded, "degraded"},
                                                  {HealthStatus::Unhealthy, "unhealthy"}}};

template <class Enum, std::size_t Size>
std::string_view word_of(const Words<Enum, Size>& words, Enum wanted) noexcept {
  for (const auto& [value, word] : words) {
    if (value == wanted) return word;
  }
  return "unknown";
}

template <class Enum, std::size_t Size>
std::optional<Enum> parse_word(const Words<Enum, Size>& words, std::string_view wanted) noexcept {
  for (const auto& [value, word] : words) {
    if (word == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view version() noexcept { return QUOTECACHED_VERSION; }

std::string_view to_string(ErrorCode code) noexcept { return word_of(kErrorCodes, code); }
std::string_view to_string(Level level) noexcept { return word_of(kLevels, level); }
std::string_view to_string(SpendMode mode) noexcept { return word_of(kSpendModes, mode); }
std::string_view to_string(Grouping by) noexcept { return word_of(kGroupings, by); }
std::string_view to_string(HealthStatus status) noexcept {
  return word_of(kHealthStatuses, status);
}

std::optional<HealthStatus> parse_health_status(std::string_view word) noexcept {
  return parse_word(kHealthStatuses, word);
}
std::optional<Level> parse_level(std::string_view word) noexcept {
  return parse_word(kLevels, word);
}
std::optional<SpendMode> parse_spend_mode(std::string_view word) noexcept {
  return parse_word(kSpendModes, word);
}
std::optional<Grouping> parse_grouping(std::string_view word) noexcept {
  return parse_word(kGroupings, word);
}

}  // namespace quotecache
