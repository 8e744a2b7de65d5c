#include "ledger/closure.hpp"

namespace quotecached::ledger {
namespace {

Window allow_for_skew(Window window, TimePoint now) noexcept {
  if (now < window.start + kClockSkew) window.end = window.start + kClockSkew;
  return window;
}

}  // namespace

Closure closure_of(WindowKind kind) noexcept {
  switch (kind) {
    case WindowKind::Minute: return Closure::Minute;
    case WindowKind::Day: return Closure::Day;
    case WindowKind::Month: break;
  }
  return Closure::Month;
}

Window closed_window(Closure closure, TimePoint now, const Anchor& anchor) noexcept {
  switch (closure) {
    case Closure::Minute: return minute_of(now);
    case Closure::Day: return allow_for_skew(day_of(now, anchor), now);
    case Closure::Month: return allow_for_skew(month_of(now, anchor), now);
    case Closure::Key: break;
  }
  return {now, now + kKeyRest};
}

std::chrono::seconds longest(Closure closure) noexcept {
  switch (closure) {
    case Closure::Minute: return std::chrono::minutes(1);
    case Closure::Day: return std::chrono::days(1) + kClockSkew;
    case Closure::Month: return std::chrono::days(31) + kClockSkew;
    case Closure::Key: break;
  }
  return kKeyRest;
}

}  // namespace quotecached::ledger
