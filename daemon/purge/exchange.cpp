#include "purge/exchange.hpp"

#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/on_exit.hpp"
#include "purge/rule_text.hpp"
#include "redis/connection.hpp"

namespace quotecached::purge {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kToldAtOnce = 50;
constexpr milliseconds kAskAgain{20};

}  // namespace

Result<std::unique_ptr<Exchange>> Exchange::make(asio::any_io_executor loop,
                                                 Options options,
                                                 const RuleBook& book,
                                                 const Clock& clock,
                                                 TakeOver take_over,
                                                 Log log) {
  redis::Connection::Options wanted;
  wanted.connect_timeout = options.connect_timeout;
  auto connection =
      redis::Connection::make(std::move(loop), options.url, options.password, std::move(wanted));
  if (!connection) return std::move(connection).failure();
  return std::unique_ptr<Exchange>(new Exchange(std::move(options),
                                                *std::move(connection),
                                                book,
                                                clock,
                                                std::move(take_over),
                                                std::move(log)));
}

Exchange::Exchange(Options options,
                   std::unique_ptr<redis::Connection> connection,
                   const RuleBook& book,
                   const Clock& clock,
                   TakeOver take_over,
                   Log log)
    : options_(std::move(options)),
      connection_(std::move(connection)),
      book_(book),
      clock_(clock),
      take_over_(std::move(take_over)),
      log_(std::move(log)) {}

Exchange::~Exchange() = default;

void Exchange::tell_all() {
  for (const auto& [text, rule] : book_.by_text()) untold_.insert(text);
}

// Taken out before they are told: what is ordered anew meanwhile is told once more.
std::set<std::string> Exchange::take_untold() {
  std::set<std::string> texts;
  while (!untold_.empty() && texts.size() < kToldAtOnce)
    texts.insert(untold_.extract(untold_.begin()));
  return texts;
}

// Not before those that they gave way to are told. Taken out like these: two talks may be under
// way.
std::vector<ReplacedRule> Exchange::take_withdrawn() {
  if (!untold_.empty() || telling_ > 0) return {};
  return std::exchange(withdrawn_, {});
}

// A rule that has ended meanwhile need not be told.
cache::PurgeRules Exchange::rules_of(const std::set<std::string>& texts) const {
  cache::PurgeRules rules;
  for (const auto& text : texts) {
    const auto found = book_.by_text().find(text);
    if (found != book_.by_text().end()) rules.push_back(found->second);
  }
  return rules;
}

asio::awaitable<Result<Heard>> Exchange::talk(Talk how) {
  auto heard = co_await exchange(how);
  // Until all is told, and nobody waits for our word that we have heard it.
  while (heard && (!untold_.empty() || !heard->rules.empty())) heard = co_await exchange(how);
  if (heard) co_await withdraw_replaced();
  note(heard);
  co_return heard;
}

// Should it fail, those that gave way are in Redis for longer: they do no harm.
asio::awaitable<void> Exchange::withdraw_replaced() {
  auto withdrawn = take_withdrawn();
  if (withdrawn.empty()) co_return;
  std::vector<redis::Command> commands;
  commands.push_back(withdraw_command(withdrawn));
  const auto replies = co_await connection_->run(std::move(commands), options_.timeout);
  if (!replies) withdraw(withdrawn);
}

asio::awaitable<Result<Heard>> Exchange::exchange(Talk how) {
  auto told = take_untold();
  Saying saying{options_.name, epoch_, heard_, ahead_at_most_, rules_of(told), how == Talk::Brief};
  std::vector<redis::Command> commands;
  const auto sent_at = clock_.now();
  commands.push_back(tell_command(saying, sent_at));
  if (!told.empty()) ++telling_;
  const OnExit has_told([this, is_telling = !told.empty()] {
    if (is_telling) --telling_;
  });
  const auto replies = co_await connection_->run(std::move(commands), options_.timeout);
  const auto now = clock_.now();
  auto heard = replies ? read_heard(replies->front(), now)
                       : Result<Heard>(fail(replies.error().code, replies.error().message));
  if (!heard) {
    untold_.merge(told);
    co_return heard;
  }
  ahead_at_least_ = sent_at - heard->redis_time;
  ahead_at_most_ = now - heard->redis_time;
  if (!epoch_.empty() && heard->epoch != epoch_) tell_all();
  // What cannot be taken over is not said to be.
  if (heard->unknown > 0 || !take_over_(heard->rules))
    co_return fail(ErrorCode::Unavailable, "purges of other daemons could not be taken over");
  epoch_ = heard->epoch;
  heard_ = heard->count;
  if (!heard->neighbours.empty()) last_ = *heard;
  co_return heard;
}

asio::awaitable<Result<Confirmation>> Exchange::confirm(std::chrono::milliseconds limit) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  const auto deadline = Steady::now() + limit;
  auto heard = co_await talk(Talk::Full);
  if (!heard) co_return std::move(heard).failure();
  const auto count = heard->count;
  auto confirmation = confirmation_of(*heard, options_.name, count);
  while (confirmation.is_worth_waiting && Steady::now() < deadline) {
    pause.expires_after(kAskAgain);
    co_await pause.async_wait(asio::use_awaitable);
    heard = co_await talk(Talk::Full);
    // It was told; who has heard it cannot be known any more.
    if (!heard) break;
    confirmation = confirmation_of(*heard, options_.name, count);
  }
  co_return confirmation;
}

milliseconds Exchange::lead_of_others() const {
  return purge::lead_of_others(last_, options_.name, ahead_at_least_);
}

asio::awaitable<void> Exchange::leave() {
  std::vector<redis::Command> commands;
  commands.push_back(leave_command(options_.name));
  (void)co_await connection_->run(std::move(commands), options_.timeout);
}

void Exchange::note(const Result<Heard>& how) {
  if (how && is_failing_) log_.info("purges_are_shared_again");
  if (!how && !is_failing_) log_.warn("purges_not_shared", {{"error", how.error().message}});
  is_failing_ = !how;
}

}  // namespace quotecached::purge
