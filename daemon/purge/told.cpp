#include "purge/told.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "purge/rule_text.hpp"

namespace quotecached::purge {
namespace {

// ARGV: our name, the epoch that we know, how far we have heard in it, how far our clock is ahead,
// "brief" or "full"; then for each rule to be told its text, the moment before which it purges, and
// for how many milliseconds it holds. Fields of the hash: "e" the epoch, "n" the count; "r:<text>"
// "<number> <before> <end>"; "d:<name>" "<heard> <time> <ahead>".
constexpr const char* kTell =
    "local t=redis.call('time') "
    "local now=t[1]*1000+math.floor(t[2]/1000) "
    "local whole=function(x) return string.format('%.0f',x) end "
    "local n=tonumber(redis.call('hget',KEYS[1],'n') or '0') "
    "local epoch=redis.call('hget',KEYS[1],'e') "
    "if not epoch then epoch=ARGV[1]..' '..whole(now) redis.call('hset',KEYS[1],'e',epoch) end "
    "local heard=tonumber(ARGV[3]) "
    "if ARGV[2]~=epoch then heard=0 end "
    "redis.call('hset',KEYS[1],'d:'..ARGV[1],whole(heard)..' '..whole(now)..' '..ARGV[4]) "
    "if ARGV[5]=='brief' and heard==n and #ARGV==5 then "
    "return {whole(n),whole(now),{},{},epoch} end "
    "for i=6,#ARGV,3 do "
    "local field='r:'..ARGV[i] "
    "local held=redis.call('hget',KEYS[1],field) "
    "local before,gone=ARGV[i+1],now+tonumber(ARGV[i+2]) "
    "local known=false "
    "if held then "
    "local b,g=string.match(held,'^%d+ (-?%d+) (%d+)$') "
    "if b then "
    "known=tonumber(b)>=tonumber(before) "
    "if known then before=b end "
    "gone=math.max(gone,tonumber(g)) "
    "end end "
    "if not known then "
    "n=n+1 "
    "redis.call('hset',KEYS[1],'n',whole(n)) "
    "redis.call('hset',KEYS[1],field,whole(n)..' '..before..' '..whole(gone)) "
    "end end "
    "local all=redis.call('hgetall',KEYS[1]) "
    "local rules,daemons={},{} "
    "for i=1,#all,2 do "
    "local mark,rest=string.sub(all[i],1,2),string.sub(all[i],3) "
    "if mark=='r:' then "
    "local number,before,gone=string.match(all[i+1],'^(%d+) (-?%d+) (%d+)$') "
    "if not number or tonumber(gone)<=now then redis.call('hdel',KEYS[1],all[i]) "
    "elseif tonumber(number)>heard then "
    "rules[#rules+1]=rest rules[#rules+1]=before rules[#rules+1]=whole(gone-now) end "
    "elseif mark=='d:' then "
    "local h,at,ahead=string.match(all[i+1],'^(%d+) (%d+) (-?%d+)$') "
    "if not h or tonumber(at)<now-300000 then redis.call('hdel',KEYS[1],all[i]) "
    "else daemons[#daemons+1]=rest daemons[#daemons+1]=h "
    "daemons[#daemons+1]=whole(now-at) daemons[#daemons+1]=ahead end "
    "end end "
    "return {whole(n),whole(now),daemons,rules,epoch}";

// ARGV: of each rule its text, and the moment up to which it is not needed.
constexpr const char* kWithdraw =
    "for i=1,#ARGV,2 do "
    "local field='r:'..ARGV[i] "
    "local held=redis.call('hget',KEYS[1],field) "
    "local before=held and string.match(held,'^%d+ (-?%d+) %d+$') "
    "if before and tonumber(before)<=tonumber(ARGV[i+1]) then redis.call('hdel',KEYS[1],field) end "
    "end";

using redis::Reply;

std::string digits(milliseconds::rep number) { return std::to_string(number); }

std::optional<std::int64_t> number_in(const Reply& reply) {
  std::int64_t number = 0;
  const auto* const end = reply.text.data() + reply.text.size();
  const auto read = std::from_chars(reply.text.data(), end, number);
  if (reply.kind != Reply::Kind::Text || read.ec != std::errc() || read.ptr != end)
    return std::nullopt;
  return number;
}

tl::unexpected<Error> no_reply(const Reply& reply) {
  return fail(
      ErrorCode::Unavailable,
      reply.kind == Reply::Kind::Failure ? reply.text : "redis answered with something else");
}

// How many of the elements belong together.
constexpr std::size_t kOfNeighbour = 4;
constexpr std::size_t kOfRule = 3;

std::optional<Neighbour> neighbour_in(std::span<const Reply> parts) {
  const auto heard = number_in(parts[1]);
  const auto silent = number_in(parts[2]);
  const auto ahead = number_in(parts[3]);
  if (!heard || !silent || !ahead) return std::nullopt;
  return Neighbour{parts[0].text, *heard, milliseconds(*silent), milliseconds(*ahead)};
}

}  // namespace

redis::Command tell_command(const Saying& saying, TimePoint now) {
  redis::Command command{"EVAL",
                         kTell,
                         "1",
                         std::string(kToldKey),
                         saying.name,
                         saying.epoch,
                         digits(saying.heard),
                         digits(saying.ahead.count()),
                         saying.is_brief ? "brief" : "full"};
  for (const auto& rule : saying.rules) {
    command.push_back(to_text(rule.pattern));
    command.push_back(digits(rule.before.time_since_epoch().count()));
    command.push_back(digits(std::max(rule.until - now, milliseconds(1)).count()));
  }
  return command;
}

Result<Heard> read_heard(const Reply& reply, TimePoint now) {
  if (reply.kind != Reply::Kind::Array || reply.elements.size() != 5) return no_reply(reply);
  const auto count = number_in(reply.elements[0]);
  const auto time = number_in(reply.elements[1]);
  if (!count || !time) return no_reply(reply);
  Heard heard;
  heard.count = *count;
  heard.epoch = reply.elements[4].text;
  heard.redis_time = TimePoint(milliseconds(*time));
  const std::span<const Reply> daemons(reply.elements[2].elements);
  for (std::size_t i = 0; i + kOfNeighbour <= daemons.size(); i += kOfNeighbour) {
    auto neighbour = neighbour_in(daemons.subspan(i, kOfNeighbour));
    if (!neighbour) return no_reply(reply);
    heard.neighbours.push_back(*std::move(neighbour));
  }
  const std::span<const Reply> rules(reply.elements[3].elements);
  for (std::size_t i = 0; i + kOfRule <= rules.size(); i += kOfRule) {
    const auto before = number_in(rules[i + 1]);
    const auto life = number_in(rules[i + 2]);
    if (!before || !life) return no_reply(reply);
    auto pattern = parse_pattern(rules[i].text);
    if (pattern) {
      heard.rules.push_back(
          {*std::move(pattern), TimePoint(milliseconds(*before)), now + milliseconds(*life)});
    } else {
      ++heard.unknown;
    }
  }
  return heard;
}

redis::Command withdraw_command(const std::vector<ReplacedRule>& rules) {
  redis::Command command{"EVAL", kWithdraw, "1", std::string(kToldKey)};
  for (const auto& rule : rules) {
    command.push_back(rule.text);
    command.push_back(digits(rule.before.time_since_epoch().count()));
  }
  return command;
}

redis::Command leave_command(const std::string& name) {
  return {"HDEL", std::string(kToldKey), "d:" + name};
}

Confirmation confirmation_of(const Heard& heard, std::string_view self, std::int64_t count) {
  Confirmation confirmation;
  for (const auto& one : heard.neighbours) {
    if (one.name == self) continue;
    const bool has_all = one.heard >= count;
    (has_all ? confirmation.by : confirmation.lacking).push_back(one.name);
    if (!has_all && one.silent < kSilence) confirmation.is_worth_waiting = true;
  }
  std::ranges::sort(confirmation.by);
  std::ranges::sort(confirmation.lacking);
  return confirmation;
}

milliseconds lead_of_others(const Heard& heard, std::string_view self, milliseconds ahead) {
  milliseconds lead{0};
  for (const auto& one : heard.neighbours) {
    const auto by = one.ahead - ahead;
    if (one.name != self && by <= kMostLead) lead = std::max(lead, by);
  }
  return lead;
}

}  // namespace quotecached::purge
