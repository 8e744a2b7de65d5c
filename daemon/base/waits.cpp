#include "base/waits.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace quotecached {
namespace {

constexpr std::array<std::string_view, kWaits> kWords{"none",
                                                      "engine",
                                                      "chain",
                                                      "batch",
                                                      "neighbour",
                                                      "plan",
                                                      "minute_turn",
                                                      "commit",
                                                      "call",
                                                      "retry"};
static_assert(static_cast<std::size_t>(Wait::Retry) == kWaits - 1);

}  // namespace

std::string_view to_string(Wait wait) noexcept { return kWords[static_cast<std::size_t>(wait)]; }

void Waits::begin(Wait what, Time now) {
  const MutexLock lock(mutex_);
  spent_ = spent_until(now);
  followed_ = nullptr;
  now_ = {what, now};
}

void Waits::follow(std::shared_ptr<const Waits> other, Time now) {
  assert(other != nullptr && other.get() != this);
  const auto before = other->spent(now);
  const MutexLock lock(mutex_);
  spent_ = spent_until(now);
  followed_ = std::move(other);
  spent_before_ = before;
  now_ = {Wait::None, now};
}

Waits::Now Waits::current() const {
  const MutexLock lock(mutex_);
  if (!followed_) return now_;
  const auto theirs = followed_->current();
  return {theirs.what, std::max(theirs.since, now_.since)};
}

Waits::Spent Waits::spent(Time now) const {
  const MutexLock lock(mutex_);
  return spent_until(now);
}

Waits::Spent Waits::spent_until(Time now) const {
  auto spent = spent_;
  if (followed_) {
    const auto theirs = followed_->spent(now);
    for (std::size_t i = 0; i < kWaits; ++i) spent[i] += theirs[i] - spent_before_[i];
  } else {
    spent[static_cast<std::size_t>(now_.what)] += std::max(now - now_.since, Time::duration(0));
  }
  return spent;
}

std::string to_text(const Waits::Spent& spent) {
  std::string text;
  for (std::size_t i = 1; i < kWaits; ++i) {
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(spent[i]).count();
    if (whole == 0) continue;
    if (!text.empty()) text += ", ";
    fmt::format_to(std::back_inserter(text), "{} {} ms", kWords[i], whole);
  }
  return text;
}

}  // namespace quotecached
