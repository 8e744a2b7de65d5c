// How Filing files an answer: first what somebody waits for, later the rest, all of it at one
// moment.
#include <algorithm>
#include <memory>
#include <utility>

#include "catalog/request.hpp"
#include "refill/filing.hpp"

namespace quotecached::refill {
namespace {

calling::FailurePtr malformed_part() {
  static const auto kFailure = std::make_shared<const calling::Failure>(
      calling::Failure{502,
                       502,
                       "The provider's answer was malformed for the asset.",
                       std::chrono::seconds(0),
                       true});
  return kFailure;
}

}  // namespace

bool Filing::take_part(const Answer& answer,
                       const SplitEntry& part,
                       std::vector<cache::Item>& items) {
  const auto& asset = answer.assets[part.asset];
  Pending& pending = *asset.pendings[part.convert];
  const auto copy = copy_of(pending, part.entry->fetched_at);
  const auto held = still_named(*answer.lane, part, asset.name, copy);
  const bool is_own = is_doubted(pending.key, *part.entry, part.is_flawed, held);
  // Prices that are lost say nothing against whose they are; assets that are missing do.
  if (!is_own) add_aliases(part.aliases, items);
  const bool is_any_doubted = add_by_id(part, items);
  if (is_own || is_any_doubted) {
    withhold(pending, Claim::Flawed);
    return false;
  }
  items.push_back({pending.key, part.entry});
  return true;
}

void Filing::resolve_part(const Answer& answer, const SplitEntry& part) {
  const auto& asset = answer.assets[part.asset];
  parts_.junk.note_real(to_string(answer.lane->parts().kind), asset.name);
  for (const auto& one : part.by_id) parts_.junk.note_real(to_string(catalog::KeyKind::Id), one.id);
  resolve(*asset.pendings[part.convert], part.entry, nullptr);
}

void Filing::answer(Answer& answer) {
  const Split& split = answer.split;
  answer.items.reserve(split.entries.size());
  for (const auto& part : split.entries) {
    if (take_part(answer, part, answer.items)) resolve_part(answer, part);
  }
  note_flaws(answer);
  end_absent(answer, false);
}

// What was wrong with the answer since it was last told.
void Filing::note_flaws(Answer& answer) {
  auto& split = answer.split;
  parts_.counters.flawed_prices += std::exchange(split.flawed_prices, 0);
  parts_.counters.refused_fragments += std::exchange(split.refused, {}).size();
  for (const auto& reason : std::exchange(split.reasons, {})) {
    log_.warn("part_of_an_upstream_answer_refused",
              {{"endpoint", answer.lane->endpoint().name}, {"reason", reason}});
  }
}

bool Filing::prepare(Answer& answer, std::size_t most) {
  auto& split = answer.split;
  const auto end = std::min(split.later.size(), answer.prepared + most);
  for (; answer.prepared < end; ++answer.prepared) {
    const auto asset = split.later[answer.prepared];
    const auto& name = answer.assets[asset].name;
    for (auto& made : cut_later(*answer.lane, name, options_.times, asset, split)) {
      if (take_part(answer, made, answer.rode)) answer.riders.push_back(std::move(made));
    }
  }
  return answer.prepared < split.later.size();
}

void Filing::file(Answer& answer) {
  note_flaws(answer);
  parts_.chain.fill(std::move(answer.items), std::move(answer.rode));
  for (const auto& part : answer.riders) resolve_part(answer, part);
  end_absent(answer, true);
}

// Nobody may be left waiting. It was paid for, and would be again by everyone who asks.
void Filing::end_absent(const Answer& answer, bool waits) {
  const auto is_meant = [&](std::size_t asset) {
    return waits == (!answer.can_wait.empty() && answer.can_wait[asset]);
  };
  for (const auto absent : answer.split.absent) {
    if (is_meant(absent)) take_absent(*answer.lane, answer.asked_at, answer.assets[absent]);
  }
  for (std::size_t asset = 0; asset < answer.assets.size(); ++asset) {
    if (is_meant(asset)) doubt(answer.assets[asset], malformed_part(), HoldOffs::Binds::Everyone);
  }
}

}  // namespace quotecached::refill
