#include "refill/late_filing.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/on_exit.hpp"
#include "calling/call_policy.hpp"

namespace quotecached::refill {
namespace {

// So few more assets are filed faster than another turn of the loop comes.
constexpr std::size_t kFewRiders = 4;

// In one step: a tenth of a millisecond.
constexpr std::size_t kStep = 8;

constexpr std::size_t kMostLate = 8;

constexpr std::size_t kAllParts = std::numeric_limits<std::size_t>::max() / 2;

void mark(const BatchAssets& assets, bool awaits_filing) {
  for (const auto& asset : assets) {
    for (const auto& one : asset.pendings) one->awaits_filing = awaits_filing;
  }
}

// Nobody is left waiting, whatever happened.
void give_up(const BatchAssets& assets) {
  for (const auto& asset : assets) resolve_all(asset, nullptr, calling::malformed_failure());
}

}  // namespace

std::vector<bool> LateFiling::can_wait(const Lane& lane, const BatchAssets& assets) {
  std::vector<bool> waits;
  if (lane.parts().kind != catalog::KeyKind::Id) return waits;
  const auto riders = std::ranges::count_if(assets, is_riding);
  if (static_cast<std::size_t>(riders) <= kFewRiders) return waits;
  for (const auto& asset : assets) waits.push_back(is_riding(asset));
  return waits;
}

void LateFiling::add(Filing::Answer answer) {
  if (answer.split.later.empty()) return filing_.file(answer);
  while (answers_.size() >= kMostLate) prepare_oldest(kAllParts);
  mark(answer.assets, true);
  answers_.push_back(std::move(answer));
  if (observer_.added) observer_.added();
}

void LateFiling::prepare_oldest(std::size_t most) {
  std::optional<Filing::Answer> answer(std::move(answers_.front()));
  answers_.pop_front();
  const OnExit ended([this, &answer] {
    if (!answer) return;
    mark(answer->assets, false);
    give_up(answer->assets);
    if (observer_.filed) observer_.filed(answer->assets);
  });
  if (filing_.prepare(*answer, most)) {
    answers_.push_front(std::move(*answer));
    answer.reset();
    return;
  }
  filing_.file(*answer);
}

bool LateFiling::step() {
  if (!answers_.empty()) prepare_oldest(kStep);
  return !answers_.empty();
}

void LateFiling::file_all() {
  while (!answers_.empty()) prepare_oldest(kAllParts);
}

}  // namespace quotecached::refill
