#include <charconv>

#include "base/time_zone.hpp"

namespace quotecached {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

namespace {

tl::unexpected<Error> no_rule() { return fail(ErrorCode::Invalid, "no rule of a time zone"); }

constexpr int kMostHours = 167;  // RFC 8536: within a week
constexpr seconds kMostOffset{26 * 3600};

bool is_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

// Takes the parts of a rule off its front; `is_good` is false after the first that is none.
struct ZoneRule::Reader {
  std::string_view rest;
  bool is_good = true;

  bool take(char wanted) {
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(1);
    return true;
  }
  int number() {
    int value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc() || value < 0) is_good = false;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return value;
  }
  void name() {
    const bool is_quoted = take('<');
    std::size_t length = 0;
    while (length < rest.size() && (is_quoted ? rest[length] != '>' : is_name(rest[length])))
      ++length;
    if (length < 1) is_good = false;
    rest.remove_prefix(length);
    if (is_quoted && !take('>')) is_good = false;
  }
  // "-3", "5:30", "2:00:00".
  seconds time() {
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    const int hours = number();
    const int minutes = take(':') ? number() : 0;
    const int over = take(':') ? number() : 0;
    is_good = is_good && hours <= kMostHours && minutes < 60 && over < 60;
    if (!is_good) return {};
    const seconds value(hours * 3600 + minutes * 60 + over);
    return is_negative ? -value : value;
  }
  Turn turn() {
    Turn turn;
    if (take('M')) {
      turn.month = static_cast<unsigned>(number());
      is_good = take('.') && is_good;
      turn.week = static_cast<unsigned>(number());
      is_good = take('.') && is_good;
      turn.weekday = static_cast<unsigned>(number());
      is_good = is_good && turn.month >= 1 && turn.month <= 12 && turn.week >= 1 &&
                turn.week <= 5 && turn.weekday <= 6;
    } else {
      turn.form = take('J') ? Turn::Form::YearDayWithoutLeap : Turn::Form::YearDay;
      turn.day = number();
      is_good = is_good && turn.day <= 366;
    }
    if (take('/')) turn.time = time();
    return turn;
  }
};

Result<ZoneRule> ZoneRule::parse(std::string_view text) {
  ZoneRule rule;
  Reader reader{text};
  reader.name();
  rule.standard_ = -reader.time();
  rule.summer_ = rule.standard_ + std::chrono::hours(1);
  if (reader.is_good && !reader.rest.empty()) {
    reader.name();
    if (!reader.rest.starts_with(',')) rule.summer_ = -reader.time();
    if (!reader.take(',')) return no_rule();
    const Turn begin = reader.turn();
    if (!reader.take(',')) return no_rule();
    rule.turns_.emplace(begin, reader.turn());
  }
  const bool is_far = std::chrono::abs(rule.standard_) > kMostOffset ||
                      std::chrono::abs(rule.summer_) > kMostOffset;
  if (!reader.is_good || !reader.rest.empty() || is_far) return no_rule();
  return rule;
}

sys_seconds ZoneRule::Turn::in(std::chrono::year year) const {
  const sys_days new_year = sys_days(year / std::chrono::January / 1);
  if (form == Form::YearDay) return new_year + std::chrono::days(day) + time;
  if (form == Form::YearDayWithoutLeap) {
    const bool is_past_february = year.is_leap() && day >= 60;
    return new_year + std::chrono::days(day - (is_past_february ? 0 : 1)) + time;
  }
  const std::chrono::weekday wanted(weekday);
  const auto in_month = year / std::chrono::month(month);
  if (week == 5) return sys_days(in_month / wanted[std::chrono::last]) + time;
  return sys_days(in_month / wanted[week]) + time;
}

seconds ZoneRule::offset_at(TimePoint now) const {
  if (!turns_) return standard_;
  const auto local = std::chrono::floor<std::chrono::days>(now + standard_);
  const auto year = std::chrono::year_month_day(local).year();
  const auto begin = turns_->first.in(year)-standard_;
  const auto end = turns_->second.in(year)-summer_;
  const bool is_summer = begin < end ? now >= begin && now < end : now >= begin || now < end;
  return is_summer ? summer_ : standard_;
}

}  // namespace quotecached
