#include "model/bed.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <stdexcept>

#include "e2e/json_text.hpp"
#include "model/asker.hpp"
#include "support/wait.hpp"

namespace quotecached::model {

namespace {

using test::json_members;
using test::json_text;
using test::json_value;

constexpr std::size_t kAtOnce = 16;
const std::string kOperator = "boss-0123456789-abcdef";

std::string secret_of(const std::string& client) { return client + "-0123456789-abcdef"; }
std::string key_of(std::size_t daemon) { return "account-" + std::to_string(daemon); }

std::string tokens_file(const std::map<std::string, std::int64_t>& tokens) {
  std::string text = "[tokens.boss]\nsecret = \"" + kOperator + "\"\nadmin = true\n";
  for (const auto& [name, credits] : tokens) {
    text += "[tokens." + name + "]\nsecret = \"" + secret_of(name) +
            "\"\nrequests_per_minute = 0\n" + "credits_per_day = " + std::to_string(credits) + "\n";
  }
  return text;
}

// A pure function of the seed and the call's number.
KnowingUpstream::Plan plan_of_call(const BedPlan& plan, std::uint64_t seed, std::uint32_t call) {
  std::mt19937_64 random(seed * 1'000'003 + call);
  KnowingUpstream::Plan made;
  made.takes = milliseconds(below(random, 12));
  const auto draw = below(random, 100);
  if (draw < plan.failing_calls) {
    made.fate = static_cast<Fate>(1 + below(random, 4));
  } else if (draw < plan.failing_calls + plan.lying_calls) {
    made.fate = static_cast<Fate>(5 + below(random, kFates - 5));
  }
  made.lies_of_time = happens(random, plan.lying_times);
  return made;
}

std::int64_t number_of(std::string_view object, std::string_view name) {
  return std::strtoll(json_text(object, name).c_str(), nullptr, 10);
}

}  // namespace

Bed::Bed(const BedPlan& plan, std::uint64_t seed) : plan_(plan), world_(plan.assets) {
  if (plan_.has_redis) redis_.emplace();
  if (plan_.has_memcached) memcached_.emplace();
  upstream_ = std::make_unique<KnowingUpstream>(
      world_,
      [this] { return now(); },
      [&plan, seed](std::uint32_t call) { return plan_of_call(plan, seed, call); },
      [this](std::uint32_t call, bool lies) { return data_time(call, lies); });
  test::write_file(dir_ / "tokens.toml", tokens_file(plan_.tokens));
  for (std::size_t i = 0; i < plan_.daemons; ++i) {
    daemons_.push_back(
        std::make_unique<test::Daemon>(test::Daemon::Options{.base_url = upstream_->base_url(),
                                                             .sets = sets(),
                                                             .toml = {},
                                                             .env = {{"CMC_API_KEY", key_of(i)}}}));
  }
}

milliseconds Bed::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - start_);
}

std::string Bed::data_time(std::uint32_t call, bool lies) const {
  if (!plan_.has_ticks) return {};
  constexpr std::chrono::seconds late(50);
  constexpr std::array<std::chrono::hours, 3> ahead{
      std::chrono::hours(1), std::chrono::hours(24), std::chrono::hours(24 * 365 * 70)};
  const auto clock = std::chrono::system_clock::now() + clock_offset_.load();
  const auto true_time = std::chrono::floor<std::chrono::minutes>(clock - late);
  const auto told = lies ? true_time + ahead.at(call % ahead.size()) : true_time;
  const std::time_t seconds = std::chrono::system_clock::to_time_t(told);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.000Z", &parts);
  return text.data();
}

std::vector<std::string> Bed::sets() const {
  // No time-out of a tier may pass because the machine is busy: a copy that is late is bought
  // again.
  std::vector<std::string> sets{"tiers.sqlite.timeout=10s", "upstream.retry_delay=5ms"};
  if (redis_) {
    sets.push_back("tiers.redis.url=" + redis_->url());
    sets.emplace_back("tiers.redis.timeout=10s");
  }
  if (memcached_) {
    sets.push_back("tiers.memcached.servers=" + memcached_->address());
    sets.emplace_back("tiers.memcached.timeout=10s");
  }
  if (!plan_.tokens.empty()) {
    sets.emplace_back("auth.mode=tokens");
    sets.push_back("auth.tokens_file=" + (dir_ / "tokens.toml").string());
  }
  if (plan_.credits_per_day) {
    sets.push_back("credits.per_day=" + std::to_string(*plan_.credits_per_day));
    sets.emplace_back("credits.max_stretch=1");  // fresh is fresh, however little is left
  }
  if (!plan_.rides) sets.emplace_back("upstream.ride_along_bytes=0B");
  sets.insert(sets.end(), plan_.sets.begin(), plan_.sets.end());
  return sets;
}

std::string Bed::url_of(const Ask& ask) const {
  const std::string url = daemons_[ask.daemon]->url(target_of(ask.question));
  return ask.client.empty() ? url : url + "&CMC_PRO_API_KEY=" + secret_of(ask.client);
}

std::vector<Seen> Bed::ask(const std::vector<Ask>& asks) {
  std::vector<std::string> urls;
  for (const Ask& ask : asks) urls.push_back(url_of(ask));
  const auto sent = now();
  const auto answers = client_.get_all(urls, kAtOnce);
  const auto received = now();
  std::vector<Seen> all;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    const auto& answer = answers[i];
    Seen seen = read_answer(asks[i].question,
                            {.status = answer.status,
                             .age = answer.header("age"),
                             .cache_control = answer.header("cache-control"),
                             .cache_status = answer.header("cache-status"),
                             .warning = answer.header("warning"),
                             .left_out = answer.header("quotecached-left-out"),
                             .body = answer.body});
    seen.client = asks[i].client;
    seen.sent = sent;
    seen.received = received;
    all.push_back(std::move(seen));
  }
  return all;
}

std::vector<Seen> Bed::ask_and_kill(const std::vector<Ask>& asks,
                                    std::size_t daemon,
                                    milliseconds after) {
  milliseconds killed_at{0};
  std::thread killer([&] {
    std::this_thread::sleep_for(after);
    killed_at = now();
    daemons_[daemon]->kill9();
  });
  auto answers = ask(asks);
  killer.join();
  losses_.push_back(killed_at);
  clock_was_reset(daemon);
  return answers;
}

void Bed::restart(std::size_t daemon) {
  settle();
  losses_.push_back(now());
  daemons_[daemon]->sigterm();
  clock_was_reset(daemon);
}

void Bed::clock_was_reset(std::size_t daemon) {
  const auto offset = timeline_.offset();
  // Copies of that moment are of one time or the other, until both daemons have the same again.
  timeline_.reset(now() + milliseconds(1));  // what was answered before was answered before
  clock_offset_ = milliseconds(0);

  has_stepped_back_ = has_stepped_back_ || offset != milliseconds(0);
  daemons_[daemon]->start();
  const bool stays_reset = daemons_.size() == 1 && plan_.events.jump_back > 0;
  if (stays_reset || offset == milliseconds(0)) return;
  timeline_.jump(now(), offset);
  clock_offset_ = offset;
  move_clock(daemon, offset);
}

void Bed::move_clock(std::size_t daemon, milliseconds by) {
  const auto answer = order(daemon,
                            "POST",
                            "/admin/test/clock",
                            "{\"advance\":\"" + std::to_string(by.count()) + "ms\"}");
  if (answer.status != 200) throw std::runtime_error("clock: " + answer.body);
}

void Bed::jump(milliseconds by) {
  settle();
  timeline_.jump(now(), by);
  clock_offset_ = timeline_.offset();
  if (by < milliseconds(0)) has_stepped_back_ = true;
  for (std::size_t i = 0; i < daemons_.size(); ++i) move_clock(i, by);
}

void Bed::lose_copies(std::size_t what) {
  settle();
  losses_.push_back(now());
  for (std::size_t i = 0; i < daemons_.size(); ++i) order(i, "POST", "/admin/cache/clear-memory");
  if (redis_ && what % 2 == 0) redis_->flush();
  if (memcached_ && what % 3 == 0) memcached_->flush();
}

test::HttpResponse Bed::order(std::size_t daemon,
                              const std::string& method,
                              const std::string& target,
                              const std::string& body) {
  const test::HttpHeaders headers{"Authorization: Bearer " + kOperator};
  auto answer = daemons_[daemon]->request(method, target, body, headers);
  if (answer.status != 0) return answer;
  const std::string log = daemons_[daemon]->log();
  throw std::runtime_error(target + ": " + answer.error + "; the daemon's log ends with\n" +
                           log.substr(log.size() - std::min<std::size_t>(log.size(), 1000)));
}

bool Bed::is_settled(std::size_t daemon) {
  const auto credits = order(daemon, "GET", "/admin/credits").body;
  const auto requests = order(daemon, "GET", "/admin/requests").body;
  return json_text(credits, "holds") == "0" && json_text(requests, "in_progress") == "0";
}

void Bed::settle() {
  const auto is_quiet = [this] {
    if (upstream_->under_way() > 0) return false;
    for (std::size_t i = 0; i < daemons_.size(); ++i) {
      if (!is_settled(i)) return false;
    }
    return true;
  };
  // Twice: a refresh behind an answer may just be on its way.
  const auto is_quiet_twice = [&] {
    if (!is_quiet()) return false;
    std::this_thread::sleep_for(milliseconds(8));
    return is_quiet();
  };
  if (!test::wait_until(is_quiet_twice)) throw std::runtime_error("a daemon does not come to rest");
}

Ledger Bed::ledger(std::size_t daemon) {
  Ledger ledger;
  std::string cursor;
  do {
    const auto page = order(daemon, "GET", "/admin/credits/calls?limit=1000" + cursor).body;
    read_page(page, ledger);
    const auto next = json_text(page, "next");
    cursor = next.empty() || next == "null" ? std::string() : "&cursor=" + next;
  } while (!cursor.empty());
  const auto now_text = order(daemon, "GET", "/admin/credits").body;
  for (const auto& window : json_members(json_value(now_text, "windows"))) {
    if (json_text(window.value, "window") != "day" || has_stepped_back_) continue;
    ledger.today = json_text(window.value, "starts_at").substr(0, 10);
    ledger.spent_today = number_of(window.value, "spent");
  }
  return ledger;
}

std::vector<Spent> Bed::budgets(std::size_t daemon) {
  std::vector<Spent> all;
  const auto credits = order(daemon, "GET", "/admin/credits").body;
  for (const auto& client : json_members(json_value(credits, "clients"))) {
    for (const auto& window : json_members(json_value(client.value, "windows"))) {
      if (json_text(window.value, "window") != "day") continue;
      Spent spent;
      spent.client = json_text(client.value, "client");
      spent.day = json_text(window.value, "ends_at").substr(0, 10);
      spent.cap = number_of(window.value, "cap");
      spent.in_ledger = number_of(window.value, "spent");
      all.push_back(std::move(spent));
    }
  }
  return all;
}

void Bed::read_page(const std::string& page, Ledger& ledger) {
  for (const auto& row : json_members(json_value(page, "calls"))) {
    BookedCall call;
    call.day = json_text(row.value, "at").substr(0, 10);
    call.client = json_text(row.value, "client");
    call.cause = json_text(row.value, "cause");
    if (call.cause == "probe") continue;  // free, and of no price
    call.state = json_text(row.value, "state");
    call.credits = number_of(row.value, "credits");
    ledger.calls.push_back(std::move(call));
  }
}

std::vector<Call> Bed::calls_of(std::size_t daemon) const {
  auto calls = upstream_->calls();
  std::erase_if(calls, [&](const Call& call) { return call.key != key_of(daemon); });
  return calls;
}

}  // namespace quotecached::model
