#include "refill/popularity_set.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "pacing/ask_count.hpp"

namespace quotecached::refill {
namespace {

using redis::Reply;

// A day of the scores is the half-life of the asks.
constexpr double kDay = 86'400;
static_assert(pacing::AskCount::kHalfLife == std::chrono::seconds(86'400));

// Nobody asks 2^40 times a day: who scores so high came to it otherwise. Also in kMerge.
constexpr double kMostDaysAhead = 40;

// KEYS: the mark, the set. ARGV: the batch's number, how, then asks and member by turns.
// Says 1 when it has the batch now, 0 when those before it are not known. The set keeps the 10,000
// most asked, and lasts a week after the last batch, the mark a day. Time and set are read and
// written in one go; an error (not a sorted set) comes before anything is written.
constexpr const char* kMerge =
    "local number=tonumber(ARGV[1]) "
    "local mark=tonumber(redis.call('get',KEYS[1]) or 0) or -1 "
    "if mark>=number then return 1 end "
    "if mark~=number-1 then return 0 end "
    "local time=redis.call('time') "
    "local now=(time[1]+time[2]/1000000)/86400 "
    "local function log2(x) return math.log(x)/math.log(2) end "
    "for i=3,#ARGV,2 do "
    "local score=now+log2(tonumber(ARGV[i])) "
    "local held=tonumber(redis.call('zscore',KEYS[2],ARGV[i+1])) "
    "if held and held<=now+40 then "
    "local high,low=math.max(held,score),math.min(held,score) "
    "score=high "
    "if ARGV[2]=='add' then score=high+log2(1+2^(low-high)) end "
    "end "
    "redis.call('zadd',KEYS[2],string.format('%.17g',score),ARGV[i+1]) "
    "end "
    "redis.call('zremrangebyscore',KEYS[2],'('..string.format('%.17g',now+40),'+inf') "
    "redis.call('zremrangebyrank',KEYS[2],0,-10001) "
    "redis.call('expire',KEYS[2],604800) "
    "redis.call('set',KEYS[1],ARGV[1],'ex',86400) "
    "return 1";

template <class Number>
std::optional<Number> number_in(const Reply& reply) {
  Number number{};
  const char* const end = reply.text.data() + reply.text.size();
  const auto read = std::from_chars(reply.text.data(), end, number);
  if (reply.kind != Reply::Kind::Text || read.ec != std::errc() || read.ptr != end)
    return std::nullopt;
  return number;
}

tl::unexpected<Error> off_script(const Reply& reply) {
  const bool is_error = reply.kind == Reply::Kind::Failure;
  return fail(ErrorCode::Unavailable, is_error ? reply.text : "redis answered something else");
}

// The server's time in days.
std::optional<double> read_day(const Reply& time) {
  if (time.kind != Reply::Kind::Array || time.elements.size() != 2) return std::nullopt;
  const auto seconds = number_in<std::int64_t>(time.elements[0]);
  const auto micros = number_in<std::int64_t>(time.elements[1]);
  if (!seconds || !micros) return std::nullopt;
  return (static_cast<double>(*seconds) + static_cast<double>(*micros) / 1e6) / kDay;
}

}  // namespace

redis::Command merge_command(const FleetAsks::Batch& batch, const std::string& mark) {
  redis::Command words{"EVAL", kMerge, "2", mark, kPopularityKey, std::to_string(batch.number)};
  words.emplace_back(batch.how == FleetAsks::How::Add ? "add" : "raise");
  for (const auto& [target, asks] : batch.asks) {
    words.push_back(fmt::format("{}", asks));
    words.push_back(target);
  }
  return words;
}

Result<Merged> read_merge(const Reply& reply) {
  if (reply.kind != Reply::Kind::Integer) return off_script(reply);
  return reply.integer == 1 ? Merged::Yes : Merged::Unknown;
}

std::vector<redis::Command> read_commands(std::size_t most) {
  std::vector<redis::Command> commands{{"ZCARD", kPopularityKey}};
  if (most == 0) return commands;
  commands.push_back({"TIME"});
  commands.push_back({"ZREVRANGE", kPopularityKey, "0", std::to_string(most - 1), "WITHSCORES"});
  return commands;
}

Result<Popularity> read_popularity(std::span<const Reply> replies) {
  Popularity popularity;
  if (replies[0].kind != Reply::Kind::Integer) return off_script(replies[0]);
  popularity.members = replies[0].integer;
  if (replies.size() == 1) return popularity;
  const auto day = read_day(replies[1]);
  if (!day) return off_script(replies[1]);
  const Reply& list = replies[2];
  if (list.kind != Reply::Kind::Array || list.elements.size() % 2 != 0) return off_script(list);
  for (std::size_t at = 0; at < list.elements.size(); at += 2) {
    const auto score = number_in<double>(list.elements[at + 1]);
    if (!score || !std::isfinite(*score) || *score - *day > kMostDaysAhead) {
      ++popularity.senseless;
      continue;
    }
    popularity.asks.push_back({list.elements[at].text, std::exp2(*score - *day)});
  }
  return popularity;
}

}  // namespace quotecached::refill
