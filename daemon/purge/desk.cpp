#include "purge/desk.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/iso_time.hpp"
#include "io/handoff.hpp"
#include "io/offload.hpp"
#include "purge/asset_names.hpp"
#include "purge/rule_rows.hpp"
#include "purge/rule_text.hpp"
#include "store/writer.hpp"

namespace quotecached::purge {
namespace {

// What other daemons have ordered is taken over beyond what is ordered here.
constexpr std::size_t kOthersShare = 4;

tl::unexpected<Error> too_many(std::size_t entries) {
  return fail(ErrorCode::Exhausted,
              fmt::format("{} entries would be purged: confirm with yes=true, or look first with "
                          "dry_run=true",
                          entries));
}

store::Writer::Job keeping(cache::PurgeRules rules,
                           std::vector<ReplacedRule> replaced,
                           TimePoint now) {
  return [rules = std::move(rules), replaced = std::move(replaced), now](
             SQLite::Database& database) { keep_rules(database, rules, replaced, now); };
}

}  // namespace

Desk::Desk(asio::any_io_executor loop, const Parts& parts, Options options, Log log)
    : loop_(std::move(loop)),
      parts_(parts),
      options_(std::move(options)),
      log_(std::move(log)),
      book_(options_.most_rules * kOthersShare),
      tasks_(loop_, log_) {
  if (!parts_.readers) return;
  const auto rules = load_rules(*parts_.readers, parts_.clock.now());
  if (!rules) {
    log_.error("purges_not_read", {{"error", rules.error().message}});
    return;
  }
  for (const auto& rule : *rules) (void)book_.add(rule);
  (void)parts_.memory.purge(book_.rules());
}

Desk::~Desk() = default;

Result<void> Desk::share(Exchange::Options options) {
  auto exchange = Exchange::make(
      loop_,
      std::move(options),
      book_,
      parts_.clock,
      [this](const cache::PurgeRules& rules) { return take_over(rules); },
      log_);
  if (!exchange) return std::move(exchange).failure();
  exchange_ = *std::move(exchange);
  exchange_->tell_all();
  return {};
}

// Puts what the book holds in force. Returns how many entries those that were added swept out of
// memory; what the others cover is gone already.
std::size_t Desk::hold(const cache::PurgeRules& added) {
  const auto swept = parts_.memory.purge(book_.rules(), added);
  if (!added.empty() && on_purged_) on_purged_();
  return swept;
}

// As long as our own tiers may hold a copy, however long theirs do.
bool Desk::take_over(const cache::PurgeRules& rules) {
  bool is_all = true;
  cache::PurgeRules added;
  const auto latest = parts_.clock.now() + kMostLead;
  // The later ones may make others needless, for which there might be no room.
  auto by_age = rules;
  std::ranges::sort(by_age, std::greater<>(), &cache::PurgeRule::before);
  for (auto& rule : by_age) {
    rule.before = std::min(rule.before, latest);
    rule.until = std::max(rule.until, rule.before + options_.longest_hold);
    const auto how = book_.add(rule);
    if (how == RuleBook::Added::Full) is_all = false;
    if (how == RuleBook::Added::Yes) added.push_back(std::move(rule));
  }
  if (added.empty()) return is_all;
  auto replaced = take_replaced();
  log_.info("purges_of_other_daemons", {{"rules", added.size()}, {"swept", hold(added)}});
  if (parts_.writer == nullptr) return is_all;
  auto job = keeping(std::move(added), std::move(replaced), parts_.clock.now());
  // Until it is written they are in Redis.
  if (!parts_.writer->submit(std::move(job))) log_.warn("purges_of_other_daemons_not_kept");
  return is_all;
}

asio::awaitable<void> Desk::begin(std::chrono::milliseconds limit) {
  if (!exchange_) co_return;
  auto talks = talk_on();
  tasks_.spawn("talk of purges", std::move(talks));
  (void)co_await has_talked_.wait_for(limit);
}

void Desk::tick() {
  const auto now = parts_.clock.now();
  const bool was_set_back = book_.bound(now + kMostLead);
  if (was_set_back) log_.warn("purges_end_now_clock_set_back");
  if (book_.expire(now) || was_set_back) (void)hold({});
}

asio::awaitable<void> Desk::talk_on() {
  asio::steady_timer timer(loop_);
  while (true) {
    (void)co_await exchange_->talk(Exchange::Talk::Brief);  // which has told the log of a failure
    has_talked_.set();
    timer.expires_after(options_.talk_every);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// What the names lead to, so that copies under ids are covered whatever their text tells.
asio::awaitable<void> Desk::resolve(cache::PurgePattern* pattern) {
  auto keys = alias_keys(parts_.catalogue, *pattern);
  for (const auto& key : keys) add_ids(parts_.chain.in_memory(key), *pattern);
  if (!keys.empty()) {
    const auto hits = co_await parts_.chain.lookup(std::move(keys));
    for (const auto& hit : hits) add_ids(hit.entry, *pattern);
    book_.add_ids(*pattern);
  }
  pattern->normalise();
}

// On a thread of the pool, which owns all it touches but memory.
struct Desk::Look {
  const cache::MemoryTier* memory;
  cache::PurgePattern pattern;
  TimePoint now;

  Seen operator()() const {
    Seen seen{pattern, {}};
    if (pattern.names_assets()) add_told(*memory, seen.pattern);
    seen.keys = covered_keys(*memory, seen.pattern, now);
    return seen;
  }
};

// That takes as long as memory is large. A purge does not depend on a pool whose disk hangs.
asio::awaitable<Desk::Seen> Desk::look(cache::PurgePattern pattern) {
  const Look look{&parts_.memory, std::move(pattern), parts_.clock.now()};
  if (parts_.pool != nullptr) {
    auto on_pool = look;
    auto seen = co_await io::offload(*parts_.pool, std::move(on_pool), options_.look_limit);
    if (seen) co_return *std::move(seen);
  }
  co_return look();
}

asio::awaitable<Result<Report>> Desk::purge(Order order) {
  auto ordered = pattern_of(order, parts_.catalogue, options_.tags);
  if (!ordered) co_return std::move(ordered).failure();
  co_await resolve(&*ordered);
  auto seen = co_await look(*std::move(ordered));
  Report report;
  report.is_dry = order.is_dry;
  report.quoted = seen.pattern.quoted;
  report.before = parts_.clock.now();
  Places places{parts_.memory, parts_.readers, parts_.pool};
  auto counted = seen.pattern;
  report.census = co_await count_entries(std::move(places),
                                         std::move(counted),
                                         std::move(seen.keys),
                                         report.before,
                                         options_.census_limit);
  if (order.is_dry) co_return report;
  if (report.census.entries > options_.most_unconfirmed && !order.is_confirmed)
    co_return too_many(report.census.entries);
  if (exchange_) (void)co_await exchange_->talk(Exchange::Talk::Full);  // how the others' clocks go
  const auto rule = add_rule(std::move(seen.pattern));
  if (!rule) co_return fail(rule.error().code, rule.error().message);
  report.before = rule->before;
  report.until = rule->until;
  report.swept = hold({*rule});
  const auto text = to_text(rule->pattern);
  // Before what gave way to it is withdrawn.
  if (exchange_) exchange_->tell(text);
  cache::PurgeRules kept{*rule};
  report.is_kept = co_await keep(std::move(kept));
  if (exchange_) co_await confirm(&report);
  log_.info("purged",
            {{"pattern", text.substr(0, 200)},
             {"entries", report.census.entries},
             {"kept", report.is_kept},
             {"lacking", report.confirmation.lacking.size()}});
  co_return report;
}

// Copies of a daemon whose clock is ahead look younger than they are.
Result<cache::PurgeRule> Desk::add_rule(cache::PurgePattern pattern) {
  const auto now = parts_.clock.now();
  book_.expire(now);
  const auto before = now + (exchange_ ? exchange_->lead_of_others() : milliseconds(0));
  cache::PurgeRule rule{std::move(pattern), before, before + options_.longest_hold};
  if (!book_.has_room_for(rule, options_.most_rules))
    return fail(ErrorCode::Exhausted,
                fmt::format("{} purges are held already, the first until {}: purge more at once "
                            "(endpoint, glob)",
                            book_.size(),
                            iso_time(book_.first_end())));
  (void)book_.add(rule);
  const auto held = book_.by_text().find(to_text(rule.pattern));
  return held == book_.by_text().end() ? rule : held->second;
}

asio::awaitable<bool> Desk::keep(cache::PurgeRules rules) {
  auto replaced = take_replaced();
  if (parts_.writer == nullptr) co_return false;
  const io::Handoff<void> handoff;
  auto done = [handoff](Result<void> end) { handoff.deliver(std::move(end)); };
  auto job = keeping(std::move(rules), std::move(replaced), parts_.clock.now());
  if (!parts_.writer->submit_urgent(std::move(job), std::move(done), store::Writer::Sync::Normal))
    co_return false;
  const auto written = co_await handoff.receive(options_.commit_limit);
  if (!written) log_.error("purge_not_kept", {{"error", written.error().message}});
  co_return written.has_value();
}

std::vector<ReplacedRule> Desk::take_replaced() {
  auto replaced = book_.take_replaced();
  if (exchange_) exchange_->withdraw(replaced);
  return replaced;
}

void Desk::keep_all() {
  if (parts_.writer == nullptr) return;
  auto job = keeping(book_.rules(), {}, parts_.clock.now());
  if (!parts_.writer->submit(std::move(job))) log_.warn("purges_not_kept_in_the_new_database");
}

asio::awaitable<void> Desk::confirm(Report* report) {
  auto confirmation = co_await exchange_->confirm(options_.confirm_limit);
  if (!confirmation) {
    report->others = Report::Others::NotTold;
    co_return;
  }
  report->confirmation = *std::move(confirmation);
  const auto& [by, lacking, is_worth_waiting] = report->confirmation;
  report->others = !lacking.empty() ? Report::Others::NotConfirmed
                   : by.empty()     ? Report::Others::None
                                    : Report::Others::Confirmed;
}

asio::awaitable<void> Desk::stop(std::chrono::milliseconds limit) {
  tasks_.cancel();
  co_await tasks_.join(limit);
  if (exchange_ && limit.count() > 0) co_await exchange_->leave();
}

}  // namespace quotecached::purge
