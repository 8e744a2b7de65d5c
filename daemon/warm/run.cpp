#include "warm/run.hpp"

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

Run::State state_of(const Run& run) noexcept {
  using How = Outcome::How;
  const auto undone = run.count(How::Failed) + run.count(How::NotTried) + run.count(How::Unworthy);
  if (undone == 0) return Run::State::Done;
  const auto done = run.assets - undone;
  return done > 0 ? Run::State::Partly : Run::State::Nothing;
}

}  // namespace quotecached::warm
