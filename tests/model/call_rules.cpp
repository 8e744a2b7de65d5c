#include "model/call_rules.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace quotecached::model {

namespace {

std::string about(const std::string& thing, const Call& first, const Call& second) {
  const auto words = [](const Call& call) {
    return "call " + std::to_string(call.number) + " of " + call.key + " (" +
           std::to_string(call.arrived.count()) + " to " + std::to_string(call.ended.count()) +
           " ms, fate " + std::to_string(static_cast<int>(call.fate)) + ")";
  };
  return thing + ": " + words(first) + " " + target_of(first.question) + ", then " + words(second) +
         " " + target_of(second.question);
}

bool has_loss_between(const CallRules& rules, const Call& first, const Call& second) {
  return std::ranges::any_of(
      rules.losses, [&](milliseconds at) { return at >= first.arrived && at <= second.arrived; });
}

bool is_bought_again(const Call& first,
                     const Call& second,
                     const Timeline& timeline,
                     const CallRules& rules) {
  if (rules.forgets || first.fate != Fate::Good) return false;
  const auto was = timeline.clock_when_asked(first.arrived);
  const auto is = timeline.clock_when_asked(second.arrived);
  const bool may_have_stepped_back = is.earliest < was.latest;
  return !may_have_stepped_back && is.latest - was.earliest < rules.holds_for;
}

}  // namespace

Findings check_calls(std::span<const Call> calls,
                     const Timeline& timeline,
                     const CallRules& rules) {
  Findings findings;
  std::map<std::string, const Call*> last;  // that asked for it
  for (const Call& call : calls) {
    const auto things = things_in(call.question);
    Findings again;
    for (const auto& thing : things) {
      const Call*& before = last[thing];
      const Call* const first = std::exchange(before, &call);
      if (first == nullptr || has_loss_between(rules, *first, call)) continue;
      const bool is_doubled = call.arrived < first->ended;
      if (!is_doubled && !is_bought_again(*first, call, timeline, rules)) continue;
      auto& found = is_doubled ? findings : again;
      const Rule rule = is_doubled ? Rule::DoubledCall : Rule::BoughtAgain;
      found.push_back({rule, about(thing, *first, call)});
    }
    if (rules.rides && again.size() < things.size()) continue;  // it was made for the others
    findings.insert(findings.end(), again.begin(), again.end());
  }
  return findings;
}

}  // namespace quotecached::model
