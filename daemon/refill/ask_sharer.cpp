#include "refill/ask_sharer.hpp"

#include <utility>

#include "base/random.hpp"
#include "redis/connection.hpp"

namespace quotecached::refill {
namespace {

// Far more than the members that are read take.
constexpr Bytes kMostReply = mebibytes(4);

// A clock that stepped back does not put it off.
bool has_passed(std::chrono::minutes span, TimePoint since, TimePoint now) noexcept {
  return now < since || now - since >= span;
}

}  // namespace

Result<std::unique_ptr<AskSharer>> AskSharer::make(asio::any_io_executor loop,
                                                   Options options,
                                                   Renewals& renewals,
                                                   const catalog::Catalogue& catalogue,
                                                   Log log) {
  redis::Connection::Options wanted;
  wanted.connect_timeout = options.connect_timeout;
  wanted.max_reply = kMostReply;
  auto connection =
      redis::Connection::make(std::move(loop), options.url, options.password, std::move(wanted));
  if (!connection) return std::move(connection).failure();
  return std::unique_ptr<AskSharer>(new AskSharer(
      std::move(options), renewals, catalogue, std::move(log), std::move(*connection)));
}

AskSharer::AskSharer(Options options,
                     Renewals& renewals,
                     const catalog::Catalogue& catalogue,
                     Log log,
                     std::unique_ptr<redis::Connection> connection)
    : options_(std::move(options)),
      renewals_(renewals),
      catalogue_(catalogue),
      log_(std::move(log)),
      connection_(std::move(connection)),
      asks_(options_.asks) {}

AskSharer::~AskSharer() = default;

bool AskSharer::is_due(TimePoint now) const noexcept {
  return has_passed(options_.tell_every, exchanged_at_, now);
}

asio::awaitable<Result<void>> AskSharer::exchange(TimePoint now) {
  exchanged_at_ = now;
  asks_.note(renewals_.take_untold(), now);
  if (mark_.empty()) begin_anew(now);
  auto how = co_await talk(now);
  totals_.waiting = asks_.waiting();
  tell_of(how);
  co_return how;
}

asio::awaitable<Result<void>> AskSharer::talk(TimePoint now) {
  const bool learns = options_.learns && has_passed(options_.learn_every, learned_at_, now);
  // Once more where Redis does not know this daemon (any more).
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const auto batches = asks_.batches(now);
    std::vector<redis::Command> commands;
    for (const auto& batch : batches) commands.push_back(merge_command(batch, mark_));
    for (auto& command : read_commands(learns ? options_.most_learned : 0))
      commands.push_back(std::move(command));
    auto replies = co_await connection_->run(std::move(commands), options_.timeout);
    if (!replies) co_return std::move(replies).failure();
    const std::span<const redis::Reply> all(*replies);
    auto merged = take_merges(batches, all);
    if (!merged) co_return std::move(merged).failure();
    if (*merged == Merged::Yes) co_return take_popularity(all.subspan(batches.size()), now);
    asks_.note(renewals_.take_untold(), now);
    begin_anew(now);
  }
  co_return fail(ErrorCode::Unavailable, "redis forgets what it is told");
}

void AskSharer::begin_anew(TimePoint now) {
  mark_ = "qc1-popularity:" + random128_hex();
  std::vector<TargetAsks> all;
  for (auto& kept : renewals_.kept(now - pacing::AskCount::kIdleAfter)) {
    if (kept.is_name) continue;
    const pacing::AskCount count(kept.asks, kept.last);
    all.push_back({std::move(kept.target), count.left(now)});
  }
  asks_.begin_anew(all, now);
}

Result<Merged> AskSharer::take_merges(const std::vector<FleetAsks::Batch>& batches,
                                      std::span<const redis::Reply> replies) {
  for (std::size_t i = 0; i < batches.size(); ++i) {
    auto merged = read_merge(replies[i]);
    if (!merged || *merged == Merged::Unknown) return merged;
    asks_.arrived(batches[i].number);
  }
  return Merged::Yes;
}

Result<void> AskSharer::take_popularity(std::span<const redis::Reply> replies, TimePoint now) {
  auto popularity = read_popularity(replies);
  if (!popularity) return std::move(popularity).failure();
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  totals_.merged_at = second.time_since_epoch().count();
  totals_.members = popularity->members;
  if (replies.size() == 1) return {};
  learned_at_ = now;
  const auto unknown = renewals_.learn(popularity->asks, catalogue_, now);
  const bool has_odd = popularity->senseless + unknown > 0;
  if (has_odd && !has_odd_) {
    log_.warn("popularity_members_passed_over",
              {{"unknown", unknown}, {"senseless_scores", popularity->senseless}});
  }
  has_odd_ = has_odd;
  return {};
}

void AskSharer::tell_of(const Result<void>& how) {
  if (how && is_failing_) log_.info("popularity_is_shared_again");
  if (!how && !is_failing_) log_.warn("popularity_not_shared", {{"error", how.error().message}});
  is_failing_ = !how;
}

}  // namespace quotecached::refill
