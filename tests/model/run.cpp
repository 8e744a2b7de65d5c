#include "model/run.hpp"

#include <utility>

#include "model/answer_rules.hpp"
#include "model/asker.hpp"
#include "model/bed.hpp"
#include "model/call_rules.hpp"

namespace quotecached::model {

namespace {

using std::chrono::seconds;

class Run {
 public:
  Run(const BedPlan& plan, std::uint64_t seed)
      : plan_(plan), random_(seed), bed_(plan, seed), credits_in_answers_(plan.daemons) {
    for (const auto& [name, credits] : plan.tokens) clients_.push_back(name);
  }

  Report take(std::size_t asks) {
    while (report_.asks < asks) round();
    bed_.settle();
    finish();
    return std::move(report_);
  }

 private:
  void round() {
    something_happens();
    const auto asks = next_asks();
    const bool is_kill = happens(random_, plan_.events.kill);
    const auto daemon = below(random_, plan_.daemons);
    const auto after = milliseconds(below(random_, 20));
    judge(asks, is_kill ? bed_.ask_and_kill(asks, daemon, after) : bed_.ask(asks));
  }

  void something_happens() {
    const Events& events = plan_.events;
    if (happens(random_, events.jump_forward)) {
      // Within freshness, over its end, far beyond.
      const auto size = below(random_, 10);
      const auto most = size < 6 ? 40 : size < 9 ? 150 : 7200;
      bed_.jump(seconds(1 + static_cast<int>(below(random_, static_cast<std::size_t>(most)))));
    }
    if (happens(random_, events.jump_back))
      bed_.jump(-seconds(1 + static_cast<int>(below(random_, happens(random_, 50) ? 30 : 900))));
    if (happens(random_, events.next_day)) bed_.jump(std::chrono::hours(24));
    if (happens(random_, events.lose_copies)) bed_.lose_copies(below(random_, 6));
    if (happens(random_, events.restart)) bed_.restart(below(random_, plan_.daemons));
  }

  // Every third time all ask the same.
  std::vector<Ask> next_asks() {
    std::vector<Ask> asks;
    const auto count = 8 + below(random_, 40);
    const bool is_same = happens(random_, 33);
    Question question = random_question(bed_.world(), random_);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0 && !is_same) question = random_question(bed_.world(), random_);
      Ask ask{question, below(random_, plan_.daemons)};
      if (!clients_.empty()) ask.client = clients_[below(random_, clients_.size())];
      asks.push_back(std::move(ask));
    }
    return asks;
  }

  void judge(const std::vector<Ask>& asks, const std::vector<Seen>& answers) {
    const auto clock = bed_.timeline().clock_at(answers.front().sent);
    const auto calls = bed_.upstream().take_ended();
    Told told = told_;
    for (const Call& call : calls) told.add_lapses(call, clock);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const Seen& seen = answers[i];
      count(seen);
      credits_in_answers_[asks[i].daemon] += seen.credits;
      spent_by_client_[seen.client] += seen.credits;
      if (!may_be_refused(seen))
        add({{Rule::Refused,
              target_of(seen.question) + " got " + std::to_string(seen.status) + ", " +
                  seen.headers}});
      add(check_identity(bed_.world(), told, clock, seen));
      add(check_age(bed_.timeline(), age_rules(), seen));
    }
    for (const Call& call : calls) told_.add(call, clock);
    if (!clients_.empty()) judge_budgets();
  }

  void count(const Seen& seen) {
    ++report_.asks;
    report_.prices += seen.prices.size();
    if (seen.status == 200) ++report_.answered;
    if (seen.says_stale) ++report_.stale;
  }

  void judge_budgets() {
    for (std::size_t i = 0; i < plan_.daemons; ++i) {
      auto budgets = bed_.budgets(i);
      if (!budgets.empty() && budgets.front().day != std::exchange(day_, budgets.front().day))
        spent_by_client_.clear();
      for (Spent& spent : budgets) spent.in_answers = spent_by_client_[spent.client];
      add(check_budgets(budgets));
    }
  }

  // With a tick copies end as the data turns over, which is learned from a few answers: a little
  // later, or much sooner.
  [[nodiscard]] AgeRules age_rules() const {
    AgeRules rules;
    if (plan_.has_ticks) rules.fresh += seconds(20);
    return rules;
  }
  [[nodiscard]] CallRules call_rules() const {
    CallRules rules{.losses = bed_.losses(), .forgets = plan_.forgets, .rides = plan_.rides};
    if (plan_.has_ticks) rules.holds_for = seconds(1);
    return rules;
  }

  [[nodiscard]] bool may_be_refused(const Seen& seen) const {
    const bool is_over_budget = !plan_.tokens.empty() && seen.status == 429;
    const bool has_troubles =
        plan_.failing_calls > 0 || plan_.lying_calls > 0 || plan_.events.kill > 0;
    return seen.status == 200 || is_over_budget || has_troubles;
  }

  void finish() {
    const auto calls = bed_.upstream().calls();
    report_.calls = calls.size();
    for (const Call& call : calls) report_.credits += call.charged;
    for (const auto& strange : bed_.upstream().strange()) add({{Rule::Refused, strange}});
    add(check_calls(calls, bed_.timeline(), call_rules()));
    const AccountRules rules{.is_killed = plan_.events.kill > 0,
                             .credits_per_day = plan_.credits_per_day};
    for (const auto& [rule, why] : plan_.known) report_.known[rule] += 0;
    for (std::size_t i = 0; i < plan_.daemons; ++i) {
      const auto ledger = bed_.ledger(i);
      add(check_accounts(bed_.calls_of(i), ledger, rules));
      if (!rules.is_killed) add(check_answers(credits_in_answers_[i], ledger));
    }
  }

  void add(const Findings& findings) {
    for (const Finding& finding : findings) {
      const bool is_known = plan_.known.contains(finding.rule);
      auto& count = (is_known ? report_.known : report_.wrong)[finding.rule];
      if (count++ < 3) {
        report_.examples += std::string(is_known ? "known: " : "WRONG: ") +
                            std::string(to_text(finding.rule)) + ": " + finding.text + "\n";
      }
    }
  }

  const BedPlan& plan_;
  std::mt19937_64 random_;
  Bed bed_;
  std::vector<std::string> clients_;
  std::vector<std::int64_t> credits_in_answers_;         // by daemon
  std::map<std::string, std::int64_t> spent_by_client_;  // as their answers said, this day
  std::string day_;
  Told told_;
  Report report_;
};

}  // namespace

std::string Report::text() const {
  std::string text = std::to_string(asks) + " asks, " + std::to_string(answered) +
                     " answered with " + std::to_string(prices) + " prices, " +
                     std::to_string(stale) + " stale; " + std::to_string(calls) + " calls, " +
                     std::to_string(credits) + " credits";
  for (const auto& [rule, count] : known) {
    text += "\n" + std::to_string(count) + " x known: " + std::string(to_text(rule)) +
            (count == 0 ? " (not found: is it mended?)" : "");
  }
  for (const auto& [rule, count] : wrong)
    text += "\n" + std::to_string(count) + " x WRONG: " + std::string(to_text(rule));
  return text + (examples.empty() ? "" : "\n" + examples);
}

Report run(const BedPlan& plan, std::size_t asks, std::uint64_t seed) {
  return Run(plan, seed).take(asks);
}

}  // namespace quotecached::model
