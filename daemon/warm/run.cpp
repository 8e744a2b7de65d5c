#include "warm/run.hpp"

#include <numeric>

namespace quotecached::warm {
namespace {

constexpr std::array<std::string_view, kOutcomes> kHows = {
    "planned", "renewed", "fresh", "busy", "unasked", "unworthy", "absent", "failed", "not_tried"};
constexpr std::array<std::string_view, 5> kStates = {
    "running", "done", "partly", "nothing", "lost"};

}  // namespace

std::string_view to_string(Outcome::How how) noexcept {
  return kHows.at(static_cast<std::size_t>(how));
}

std::string_view to_string(Run::State state) noexcept {
  return kStates.at(static_cast<std::size_t>(state));
}

std::string_view to_string(Run::By by) noexcept { return by == Run::By::Clock ? "clock" : "order"; }

Run::State state_of(const Run& run) noexcept {
  using How = Outcome::How;
  const auto undone = run.count(How::Failed) + run.count(How::NotTried) + run.count(How::Unworthy);
  if (undone == 0) return Run::State::Done;
  const auto all = std::accumulate(run.how.begin(), run.how.end(), std::int64_t{0});
  return all > undone ? Run::State::Partly : Run::State::Nothing;
}

}  // namespace quotecached::warm
