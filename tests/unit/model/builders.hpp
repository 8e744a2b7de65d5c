// What tests of the model make often: right answers, calls, and a ledger that agrees with them.
#pragma once

#include <string>
#include <vector>

#include "model/account_rules.hpp"
#include "model/answer_rules.hpp"
#include "model/call_rules.hpp"
#include "model/upstream_answer.hpp"

namespace quotecached::model {

inline const World& small_world() {
  static const World world(30);
  return world;
}

inline Call good_call(std::uint32_t number, const Question& question, milliseconds arrived) {
  Call call;
  call.number = number;
  call.key = "account-0";
  call.question = question;
  call.arrived = arrived;
  call.ended = arrived + milliseconds(10);
  call.charged = charge_for(small_world(), question);
  return call;
}

// The answer to `question` that is made of that call's body, fresh and `age` old.
inline Seen answer_of(const Question& question, const Call& call, milliseconds age) {
  const long whole = static_cast<long>(age.count() / 1000);
  const auto left =
      std::chrono::floor<std::chrono::seconds>(std::chrono::seconds(60) - age).count();
  const RawAnswer raw{.status = 200,
                      .age = std::to_string(whole),
                      .cache_control = "private, max-age=60",
                      .cache_status = "quotecached; hit; ttl=" + std::to_string(left),
                      .warning = {},
                      .body = upstream_body(small_world(), call)};
  Seen seen = read_answer(question, raw);
  seen.sent = call.arrived + age;
  seen.received = seen.sent + milliseconds(10);
  return seen;
}

inline std::vector<Rule> rules_in(const Findings& findings) {
  std::vector<Rule> rules;
  for (const Finding& finding : findings) rules.push_back(finding.rule);
  return rules;
}

inline bool finds(const Findings& findings, Rule rule) {
  for (const Finding& finding : findings) {
    if (finding.rule == rule) return true;
  }
  return false;
}

}  // namespace quotecached::model
