#include "cache/memcached_connection.hpp"

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace quotecached::cache {
namespace {

// Keys of one command: more than that are asked for in turn, so that neither side waits for the
// other to read.
constexpr std::size_t kMaxLine = 16 * 1024;

// From 30 days up memcached takes the number for a point in time.
std::time_t expiration(std::chrono::seconds ttl) {
  constexpr auto kLongestRelative = std::chrono::hours(24 * 30);
  if (ttl < kLongestRelative) return static_cast<std::time_t>(ttl.count());
  return std::time(nullptr) + static_cast<std::time_t>(ttl.count());
}

}  // namespace

// The reply to the command that was sent, as `take` finds it in what comes.
template <class T>
Result<T> MemcachedConnection::await(Result<std::optional<T>> (MemcachedReplies::*take)()) {
  while (true) {
    auto taken = (replies_.*take)();
    if (!taken) return std::move(taken).failure();
    if (*taken) return std::move(**taken);
    if (std::chrono::steady_clock::now() >= end_)
      return fail(ErrorCode::Timeout, "memcached takes too long over a reply");
    const auto bytes = socket_.receive(timeout_);
    if (!bytes) return tl::unexpected(bytes.error());
    replies_.feed(*bytes);
  }
}

Result<void> MemcachedConnection::get(const std::vector<std::string>& keys, const Take& take) {
  auto begin = keys.begin();
  while (begin != keys.end()) {
    std::string line = "gets";
    auto end = begin;
    while (end != keys.end() && line.size() < kMaxLine) line.append(" ").append(*end++);
    const std::vector<std::string> asked(begin, end);
    auto got = get_some(asked, std::move(line), take);
    if (!got) return got;
    begin = end;
  }
  return {};
}

Result<void> MemcachedConnection::get_some(const std::vector<std::string>& keys,
                                           std::string line,
                                           const Take& take) {
  line += "\r\n";
  begin();
  auto sent = socket_.send(line, timeout_);
  if (!sent) return sent;
  // A server that follows the script sends each at most once.
  for (std::size_t values = 0; values <= keys.size(); ++values) {
    auto reply = await(&MemcachedReplies::take_value);
    if (!reply) return std::move(reply).failure();
    if (reply->is_end) return {};
    if (std::ranges::find(keys, reply->held.key) == keys.end()) break;
    take(std::move(reply->held));
  }
  return fail(ErrorCode::Unavailable, "memcached sent values that were not asked for");
}

Result<StoreReply> MemcachedConnection::store(const MemcachedOffer& offer) {
  std::string command;
  command.reserve(offer.key.size() + offer.bytes.size() + 100);
  fmt::format_to(std::back_inserter(command),
                 "{} {} 0 {} {}",
                 offer.cas ? "cas" : "add",
                 offer.key,
                 expiration(offer.ttl),
                 offer.bytes.size());
  if (offer.cas) fmt::format_to(std::back_inserter(command), " {}", *offer.cas);
  command.append("\r\n").append(offer.bytes).append("\r\n");
  begin();
  auto sent = socket_.send(command, timeout_);
  if (!sent) return std::move(sent).failure();
  return await(&MemcachedReplies::take_stored);
}

Result<void> MemcachedConnection::remove(std::string_view key) {
  const std::string command = fmt::format("delete {}\r\n", key);
  begin();
  auto sent = socket_.send(command, timeout_);
  if (!sent) return sent;
  return await(&MemcachedReplies::take_deleted).outcome();
}

}  // namespace quotecached::cache
