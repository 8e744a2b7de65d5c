#include "usage/redis_counters.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/on_exit.hpp"
#include "base/random.hpp"
#include "redis/connection.hpp"
#include "usage/rollup_period.hpp"

namespace quotecached::usage {
namespace {

using Steady = std::chrono::steady_clock;

// Adds a batch, unless the mark (KEYS[1]) says that it has been added. ARGV: the batch's number and
// the mark's life, then for each further key a field, an increment, and the key's life in seconds
// (0: for good). Says which of these could not be added, "0,3" for the first and the fourth.
constexpr const char* kAdd =
    "local mark=redis.call('get',KEYS[1]) "
    "local number=ARGV[1]..':' "
    "if mark and string.sub(mark,1,#number)==number then return string.sub(mark,#number+1) end "
    "local refused={} "
    "for i=2,#KEYS do "
    "local a=3*i-3 "
    "local added=redis.pcall('hincrby',KEYS[i],ARGV[a],ARGV[a+1]) "
    "if type(added)=='table' then refused[#refused+1]=i-2 "
    "elseif ARGV[a+2]~='0' then redis.call('expire',KEYS[i],ARGV[a+2]) end "
    "end "
    "local list=table.concat(refused,',') "
    "redis.call('set',KEYS[1],number..list,'ex',ARGV[2]) "
    "return list";

// For as long a batch whose answer got lost may be sent again.
constexpr std::string_view kMarkLife = "691200";

UsageCounts sum_of(const std::vector<UsageRow>& rows) {
  UsageCounts sum;
  for (const auto& row : rows) sum += row.counts;
  return sum;
}

Result<std::string> list_of(Result<std::vector<redis::Reply>> replies) {
  if (!replies) return std::move(replies).failure();
  auto& reply = replies->front();
  if (reply.kind == redis::Reply::Kind::Text) return std::move(reply.text);
  return fail(ErrorCode::Unavailable, "redis: " + reply.text);
}

}  // namespace

Result<std::unique_ptr<RedisCounters>> RedisCounters::make(asio::any_io_executor loop,
                                                           Options options,
                                                           Requests requests,
                                                           Log log) {
  redis::Connection::Options wanted;
  wanted.connect_timeout = options.connect_timeout;
  auto connection =
      redis::Connection::make(std::move(loop), options.url, options.password, std::move(wanted));
  if (!connection) return std::move(connection).failure();
  return std::unique_ptr<RedisCounters>(new RedisCounters(
      std::move(options), std::move(requests), std::move(log), std::move(*connection)));
}

RedisCounters::RedisCounters(Options options,
                             Requests requests,
                             Log log,
                             std::unique_ptr<redis::Connection> connection)
    : options_(std::move(options)),
      requests_(std::move(requests)),
      log_(std::move(log)),
      connection_(std::move(connection)),
      breaker_(options_.breaker),
      mark_("qc1-usage:" + random128_hex()) {}

RedisCounters::~RedisCounters() = default;

void RedisCounters::note(const credit::CallRecord& call) {
  const auto credits = call.outcome.charge.credits.count;
  add("cache_metrics", "calls", 1);
  add("cache_metrics", "credits", credits);
  const auto day = std::chrono::floor<std::chrono::days>(call.started);
  const auto key = fmt::format("daily_credits:{:%Y-%m-%d}", day);
  const TimePoint until = day + std::chrono::days(1) + options_.keep_days;
  add(key, "total", credits, until);
  add(key, call.intent.endpoint, credits, until);
}

void RedisCounters::add(std::string key, std::string_view field, std::int64_t by, TimePoint until) {
  if (by == 0) return;
  auto& count = counts_[{std::move(key), std::string(field)}];
  count.by += by;
  count.until = until;
}

// Credits are those of all calls, whoever caused them.
void RedisCounters::collect() {
  const auto sum = sum_of(requests_());
  auto news = sum;
  news -= seen_;
  seen_ = sum;
  for (const auto& [name, count] : kUsageColumns)
    if (count != &UsageCounts::credits) add("cache_metrics", name, news.*count);
  for (std::size_t i = 0; i < kTiers.size(); ++i)
    add("cache_metrics", fmt::format("hits_{}", kTiers[i].name), news.hits[i]);
  add("cache_metrics", "hits", news.all_hits());
}

asio::awaitable<void> RedisCounters::serve(const Clock* clock) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  boost::system::error_code error;
  while (true) {
    timer.expires_after(options_.every);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const auto sent = co_await send(clock->now());
    if (!sent) log_.debug("counters_not_sent", {{"error", sent.error().message}});
  }
}

asio::awaitable<Result<void>> RedisCounters::send(TimePoint now) {
  collect();
  if (is_sending_) co_return fail(ErrorCode::Unavailable, "being sent already");
  Result<void> sent;
  if (!flight_.empty()) sent = co_await send_flight(now);
  if (!sent || counts_.empty()) co_return sent;
  flight_ = std::exchange(counts_, {});
  ++number_;
  sent = co_await send_flight(now);
  co_return sent;
}

asio::awaitable<Result<void>> RedisCounters::send_flight(TimePoint now) {
  auto attempt = breaker_.allow(Steady::now());
  if (!attempt) co_return fail(ErrorCode::Unavailable, "redis rests");
  is_sending_ = true;
  const OnExit ended([this] { is_sending_ = false; });
  std::vector<Command> commands{command(now)};
  auto replies = co_await connection_->run(std::move(commands), options_.timeout);
  auto refused = list_of(std::move(replies));
  if (refused) {
    if (attempt->succeeded()) log_.info("counters_reach_redis_again");
  } else if (attempt->failed(Steady::now())) {
    log_.warn("counters_wait_for_redis", {{"error", refused.error().message}});
  }
  if (!refused) co_return std::move(refused).failure();
  take_back(*refused);
  co_return Result<void>();
}

RedisCounters::Command RedisCounters::command(TimePoint now) const {
  Command words{"EVAL", kAdd, std::to_string(flight_.size() + 1), mark_};
  for (const auto& [counter, count] : flight_) words.push_back(counter.key);
  words.push_back(std::to_string(number_));
  words.emplace_back(kMarkLife);
  for (const auto& [counter, count] : flight_) {
    const auto life = std::chrono::ceil<std::chrono::seconds>(count.until - now).count();
    words.push_back(counter.field);
    words.push_back(std::to_string(count.by));
    words.push_back(std::to_string(count.until == TimePoint() ? 0 : std::max(life, 1L)));
  }
  return words;
}

void RedisCounters::take_back(std::string_view refused) {
  auto flight = std::exchange(flight_, {});
  if (refused.empty()) return;
  std::vector<Counts::const_iterator> places;
  for (auto it = flight.cbegin(); it != flight.cend(); ++it) places.push_back(it);
  const char* at = refused.data();
  const char* const end = at + refused.size();
  for (std::size_t number = 0; at < end; ++at) {
    at = std::from_chars(at, end, number).ptr;
    if (number >= places.size()) return;
    const auto& [counter, count] = *places[number];
    add(counter.key, counter.field, count.by, count.until);
  }
}

}  // namespace quotecached::usage
