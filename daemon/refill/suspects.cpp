#include "refill/suspects.hpp"

#include <algorithm>

namespace quotecached::refill {

std::string_view to_string(Claim claim) noexcept {
  switch (claim) {
    case Claim::Flawed: return "flawed";
    case Claim::Gone: return "gone";
    case Claim::Short: break;
  }
  return "short";
}

Proof proof_of(Claim claim) noexcept {
  switch (claim) {
    case Claim::Gone: return {3, std::chrono::minutes(2)};
    case Claim::Flawed:
    case Claim::Short: break;
  }
  return {3, std::chrono::minutes(5)};
}

bool Suspects::believes(const std::string& key,
                        Claim claim,
                        TimePoint said_at,
                        std::optional<TimePoint> held_at) {
  if (suspects_.size() >= most_ && !suspects_.contains(key)) {
    if (most_ == 0) return false;
    suspects_.erase(suspects_.begin());
  }
  Suspect& suspect = suspects_[key];
  // Another claim, a copy that came in between, a clock that was set back: counted from here.
  const bool goes_on = suspect.answers > 0 && suspect.claim == claim && suspect.last <= said_at &&
                       (!held_at || *held_at < suspect.first);
  if (!goes_on) suspect = {claim, 0, said_at, said_at};
  ++suspect.answers;
  suspect.last = said_at;
  const Proof proof = proof_of(claim);
  if (suspect.answers < proof.answers || said_at - suspect.first < proof.span) return false;
  suspects_.erase(key);
  return true;
}

std::optional<alert::Contradiction> Suspects::worst(TimePoint now) const {
  std::optional<alert::Contradiction> worst;
  std::size_t keys = 0;
  for (const auto& [key, suspect] : suspects_) {
    if (suspect.last + kForgotten < now) continue;
    ++keys;
    if (!worst || suspect.last - suspect.first > worst->last - worst->since)
      worst = alert::Contradiction{suspect.first, suspect.last, 0};
  }
  if (worst) worst->keys = keys;
  return worst;
}

}  // namespace quotecached::refill
