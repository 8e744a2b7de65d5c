#include "cache/redis_tier.hpp"

#include <utility>

#include "cache/held_until.hpp"
#include "redis/connection.hpp"

namespace quotecached::cache {
namespace {

using Command = redis::Connection::Command;
using Replies = std::vector<redis::Reply>;

// Compares and sets, as which_wins.hpp says: files ARGV[1] for ARGV[2] milliseconds, unless the key
// holds a copy that was fetched after ARGV[3] and does not claim to be from after ARGV[4] (the
// future). When a copy was fetched stands in its first 19 bytes (see codec.hpp). Says 1 when filed.
constexpr const char* kStore =
    "local head=redis.pcall('getrange',KEYS[1],0,18) "
    "if type(head)=='string' and #head==19 and head:byte(1)==199 and head:byte(2)==1 then "
    "local held=0 "
    "for i=19,12,-1 do held=held*256+head:byte(i) end "
    "if held>tonumber(ARGV[3]) and held<=tonumber(ARGV[4]) then return 0 end "
    "end "
    "redis.call('set',KEYS[1],ARGV[1],'px',ARGV[2]) return 1";
static_assert(kStoredHead == 19);

std::string digits(TimePoint time) { return std::to_string(time.time_since_epoch().count()); }

Command command_of(std::string_view verb, std::vector<std::string> keys) {
  Command command;
  command.reserve(keys.size() + 1);
  command.emplace_back(verb);
  for (std::string& key : keys) command.push_back(std::move(key));
  return command;
}

milliseconds hold_time(const RedisTier::Options& options,
                       std::string_view key,
                       const Entry& entry,
                       TimePoint now) {
  return time_to_hold(entry, cap_of(key, options.cap, options.fresh_times.get()), now);
}

// An error that Redis answered with is a failure of the tier, like a lost connection.
Result<Replies> without_failures(Result<Replies> replies) {
  if (!replies) return replies;
  for (redis::Reply& reply : *replies) {
    if (reply.kind == redis::Reply::Kind::Failure) {
      return fail(ErrorCode::Unavailable, std::move(reply.text));
    }
  }
  return replies;
}

}  // namespace

Result<std::unique_ptr<RedisTier>> RedisTier::make(asio::any_io_executor loop, Options options) {
  redis::Connection::Options wanted;
  wanted.connect_timeout = options.connect_timeout;
  wanted.max_reply = options.max_reply;
  auto connection =
      redis::Connection::make(std::move(loop), options.url, options.password, std::move(wanted));
  if (!connection) return std::move(connection).failure();
  return std::unique_ptr<RedisTier>(new RedisTier(std::move(options), std::move(*connection)));
}

RedisTier::RedisTier(Options options, std::unique_ptr<redis::Connection> connection)
    : options_(std::move(options)), connection_(std::move(connection)) {}

RedisTier::~RedisTier() = default;

asio::awaitable<Result<Found>> RedisTier::lookup(std::vector<std::string> keys, TimePoint now) {
  Found found;
  found.entries.resize(keys.size());
  if (keys.empty()) co_return found;
  std::vector<Command> commands;
  commands.push_back(command_of("MGET", keys));
  auto answer = co_await connection_->run(std::move(commands), options_.timeout);
  auto replies = without_failures(std::move(answer));
  if (!replies) co_return std::move(replies).failure("redis lookup");
  const redis::Reply& values = replies->front();
  if (values.kind != redis::Reply::Kind::Array || values.elements.size() != keys.size()) {
    co_return fail(ErrorCode::Unavailable, "redis lookup: MGET answered with something else");
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const redis::Reply& value = values.elements[i];
    if (value.kind != redis::Reply::Kind::Text) continue;
    auto entry = decode(value.text, keys[i], options_.codec);
    if (!entry) {
      ++found.undecodable;
    } else if (hold_time(options_, keys[i], **entry, now) > milliseconds(0)) {
      found.entries[i] = std::move(*entry);
    }
  }
  co_return found;
}

asio::awaitable<Result<void>> RedisTier::store(std::vector<Item> items, TimePoint now) {
  std::vector<Command> commands;
  commands.reserve(items.size());
  for (Item& item : items) {
    const milliseconds ttl = hold_time(options_, item.key, *item.entry, now);
    if (ttl <= milliseconds(0)) continue;
    std::string value = encode(*item.entry, item.key, options_.codec);
    Command command = command_of("EVAL", {kStore, "1"});
    command.push_back(std::move(item.key));
    command.push_back(std::move(value));
    command.push_back(std::to_string(ttl.count()));
    command.push_back(digits(item.entry->fetched_at));
    command.push_back(digits(now + kClockTolerance));
    commands.push_back(std::move(command));
  }
  if (commands.empty()) co_return Result<void>();
  auto answer = co_await connection_->run(std::move(commands), options_.timeout);
  auto replies = without_failures(std::move(answer));
  if (!replies) co_return std::move(replies).failure("redis store");
  co_return Result<void>();
}

asio::awaitable<Result<void>> RedisTier::remove(std::vector<std::string> keys) {
  if (keys.empty()) co_return Result<void>();
  std::vector<Command> commands;
  commands.push_back(command_of("DEL", std::move(keys)));
  auto answer = co_await connection_->run(std::move(commands), options_.timeout);
  auto replies = without_failures(std::move(answer));
  if (!replies) co_return std::move(replies).failure("redis remove");
  co_return Result<void>();
}

asio::awaitable<Result<void>> RedisTier::probe() {
  std::vector<Command> commands;
  commands.push_back(command_of("PING", {}));
  auto answer = co_await connection_->run(std::move(commands), options_.timeout);
  auto replies = without_failures(std::move(answer));
  if (!replies) co_return std::move(replies).failure("redis probe");
  co_return Result<void>();
}

}  // namespace quotecached::cache
