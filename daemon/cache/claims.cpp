#include "cache/claims.hpp"

#include <utility>

#include "base/hash.hpp"
#include "base/random.hpp"
#include "redis/connection.hpp"

namespace quotecached::cache {
namespace {

using Steady = std::chrono::steady_clock;

// Takes the claim where nobody else has it; says 1, or 0 where another daemon has it.
constexpr const char* kClaim =
    "local owner=redis.call('get',KEYS[1]) "
    "if owner and owner~=ARGV[1] then return 0 end "
    "redis.call('set',KEYS[1],ARGV[1],'px',ARGV[2]) return 1";

// Ends our claim, or shortens it to ARGV[2] milliseconds; somebody else's is left alone.
constexpr const char* kSettle =
    "if redis.call('get',KEYS[1])~=ARGV[1] then return 0 end "
    "if ARGV[2]=='0' then return redis.call('del',KEYS[1]) end "
    "return redis.call('pexpire',KEYS[1],ARGV[2])";

std::string claim_key(const std::string& key) { return "qc1-claim:" + hash128_hex(key); }

}  // namespace

Result<std::unique_ptr<Claims>> Claims::make(asio::any_io_executor loop, Options options) {
  redis::Connection::Options wanted;
  wanted.connect_timeout = options.connect_timeout;
  auto connection =
      redis::Connection::make(std::move(loop), options.url, options.password, std::move(wanted));
  if (!connection) return std::move(connection).failure();
  return std::unique_ptr<Claims>(new Claims(std::move(options), std::move(*connection)));
}

Claims::Claims(Options options, std::unique_ptr<redis::Connection> connection)
    : options_(std::move(options)),
      connection_(std::move(connection)),
      breaker_(std::make_shared<Breaker>(options_.breaker)),
      owner_(random128_hex()) {}

Claims::~Claims() = default;

asio::awaitable<std::vector<bool>> Claims::claim(std::vector<std::string> keys) {
  std::vector<bool> ours(keys.size(), true);
  const auto breaker = breaker_;
  auto attempt = breaker->allow(Steady::now());
  if (!attempt) co_return ours;
  const auto life = std::to_string(options_.life.count());
  std::vector<redis::Connection::Command> commands;
  commands.reserve(keys.size());
  for (const auto& key : keys) {
    commands.push_back({"EVAL", kClaim, "1", claim_key(key), owner_, life});
  }
  const auto replies = co_await connection_->run(std::move(commands), options_.timeout);
  if (!replies) {
    attempt->failed(Steady::now());
    co_return ours;
  }
  attempt->succeeded();
  for (std::size_t i = 0; i < replies->size(); ++i) {
    const auto& reply = (*replies)[i];
    ours[i] = reply.kind != redis::Reply::Kind::Integer || reply.integer != 0;
  }
  co_return ours;
}

asio::awaitable<void> Claims::release(std::vector<std::string> keys, bool went_well) {
  if (keys.empty()) co_return;
  const auto breaker = breaker_;
  auto attempt = breaker->allow(Steady::now());
  if (!attempt) co_return;
  const auto left = std::to_string(went_well ? options_.afterlife.count() : 0);
  std::vector<redis::Connection::Command> commands;
  commands.reserve(keys.size());
  for (const auto& key : keys) {
    commands.push_back({"EVAL", kSettle, "1", claim_key(key), owner_, left});
  }
  const auto replies = co_await connection_->run(std::move(commands), options_.timeout);
  if (replies) {
    attempt->succeeded();
  } else {
    attempt->failed(Steady::now());
  }
}

}  // namespace quotecached::cache
