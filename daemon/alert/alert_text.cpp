#include "alert/alert_text.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace quotecached::alert {
namespace {

std::string utc(TimePoint time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

// "15,000".
std::string grouped(std::int64_t number) {
  std::string text = fmt::format("{}", number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3;
       at > static_cast<std::ptrdiff_t>(first);
       at -= 3)
    text.insert(static_cast<std::size_t>(at), 1, ',');
  return text;
}

// "1 credit".
std::string credits(std::int64_t count) {
  return grouped(count) + (count == 1 ? " credit" : " credits");
}

// Rounded down, so that 100 % is said only when all is spent.
std::int64_t percent(const ledger::WindowUse& use) {
  if (use.cap <= 0) return 0;
  const double share = static_cast<double>(use.spent) / static_cast<double>(use.cap);
  return static_cast<std::int64_t>(std::floor(share * 100 + 1e-9));
}

std::string minutes(std::chrono::milliseconds time) {
  const auto count = std::chrono::floor<std::chrono::minutes>(time).count();
  return fmt::format("{} {}", count, count == 1 ? "minute" : "minutes");
}

}  // namespace

std::string say_spent(ledger::WindowKind kind, const ledger::WindowUse& use) {
  return fmt::format("{} % of this {}'s {} are spent; resets {}",
                     percent(use),
                     to_string(kind),
                     credits(use.cap),
                     utc(use.window.end));
}

std::string say_exhausted(ledger::WindowKind kind, const ledger::WindowUse& use) {
  if (use.spent < use.cap) return say_spent(kind, use) + ", the last threshold is passed";
  return fmt::format("All of this {}'s {} are spent: only the cache answers until {}",
                     to_string(kind),
                     credits(use.cap),
                     utc(use.window.end));
}

std::string say_spent_over(ledger::WindowKind kind, const ledger::WindowUse& use, bool is_new) {
  if (use.cap <= 0) return fmt::format("Credits per {} are no longer limited", to_string(kind));
  if (is_new)
    return fmt::format("A new {} has begun: {} of {} are spent; resets {}",
                       to_string(kind),
                       grouped(use.spent),
                       credits(use.cap),
                       utc(use.window.end));
  return fmt::format("Only {} % of this {}'s {} are spent now; resets {}",
                     percent(use),
                     to_string(kind),
                     credits(use.cap),
                     utc(use.window.end));
}

std::string say_forecast(ledger::WindowKind kind,
                         const ledger::WindowUse& use,
                         const pacing::Forecast& forecast) {
  std::string band;
  if (forecast.earliest && forecast.latest)
    band = fmt::format(" (between {} and {})", utc(*forecast.earliest), utc(*forecast.latest));
  else if (forecast.earliest)
    band = fmt::format(" (not before {})", utc(*forecast.earliest));
  const TimePoint when = forecast.exhausted_at.value_or(use.window.end);
  return fmt::format("At this pace this {}'s {} are spent on {}{}; resets {}",
                     to_string(kind),
                     credits(use.cap),
                     utc(when),
                     band,
                     utc(use.window.end));
}

std::string say_forecast_over(ledger::WindowKind kind, const ledger::WindowUse& use) {
  if (use.cap <= 0) return fmt::format("Credits per {} are no longer limited", to_string(kind));
  return fmt::format("At this pace this {}'s {} last until they reset on {}",
                     to_string(kind),
                     credits(use.cap),
                     utc(use.window.end));
}

std::string say_drift(ledger::WindowKind kind, std::int64_t drift) {
  return fmt::format("The provider counts {} {} this {} than were booked here{}",
                     credits(std::abs(drift)),
                     drift > 0 ? "more" : "fewer",
                     to_string(kind),
                     drift > 0 ? ": does something else use the key?" : "");
}

std::string say_drift_over(ledger::WindowKind kind) {
  return fmt::format("The provider counts this {}'s credits as they are booked here",
                     to_string(kind));
}

std::string say_price(std::string_view endpoint, std::int64_t surplus) {
  if (surplus == 0) return fmt::format("Calls of {} do not cost what the catalogue says", endpoint);
  return fmt::format("Calls of {} cost {} {} than the catalogue says so far",
                     endpoint,
                     credits(std::abs(surplus)),
                     surplus > 0 ? "more" : "less");
}

std::string say_price_over(std::string_view endpoint) {
  return fmt::format("Calls of {} cost what the catalogue says", endpoint);
}

std::string say_key(std::int64_t error_code, std::string_view why) {
  return fmt::format(
      "The provider refuses the API key (error {}: {}); nothing is fetched meanwhile",
      error_code,
      why.empty() ? "no reason known" : why);
}

std::string say_key_over() { return "The provider takes the API key again"; }

std::string say_ledger(std::string_view error) {
  return fmt::format("The credit ledger cannot be written: {}", error);
}

std::string say_ledger_over() { return "The credit ledger can be written again"; }

std::string say_unreachable(TimePoint since, TimePoint last) {
  return fmt::format(
      "The provider has not answered for {}, since {}", minutes(last - since), utc(since));
}

std::string say_unreachable_over() { return "The provider answers again"; }

std::string say_doubt(const Contradiction& what) {
  return fmt::format(
      "For {}, since {}, the provider's answers have contradicted good copies; {} of them go on "
      "answering",
      minutes(what.last - what.since),
      utc(what.since),
      what.keys);
}

std::string say_doubt_over() {
  return "The provider's answers are served again: they are good, or were given long enough";
}

}  // namespace quotecached::alert
