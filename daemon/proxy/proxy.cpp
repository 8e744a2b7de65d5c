#include "proxy/proxy.hpp"

#include <string>
#include <unordered_set>
#include <utility>

#include "io/task_group.hpp"
#include "proxy/assemble.hpp"
#include "proxy/gather.hpp"

namespace quotecached::proxy {
namespace {

using Steady = std::chrono::steady_clock;

// Detail words of Cache-Status besides the names of lower tiers.
constexpr std::string_view kMemory = "memory";
constexpr std::string_view kUpstream = "upstream";
constexpr std::string_view kForward = "forward";

constexpr std::size_t kMaxRefreshing = 10000;  // keys being refreshed behind answers

bool is_cached(const catalog::Request& request) {
  return request.endpoint != nullptr && request.endpoint->mode != catalog::CacheMode::Never;
}

Assembled assemble(const catalog::Request& request, TimePoint now, Credits cost, Answer& out) {
  if (request.kind != catalog::KeyKind::None) return assemble_assets(request, now, cost, out);
  assemble_whole(now, cost, out);
  return Assembled::Done;
}

}  // namespace

struct Proxy::State {
  State(asio::any_io_executor loop,
        cache::MemoryTier& memory_tier,
        cache::Chain& lower_tiers,
        refill::Refill& refiller,
        const Options& proxy_options,
        const Clock& wall_clock,
        Log event_log)
      : memory(memory_tier),
        chain(lower_tiers),
        refill(refiller),
        options(proxy_options),
        clock(wall_clock),
        tasks(std::move(loop), std::move(event_log)) {}

  // Any thread.
  bool find_in_memory(const catalog::Request& request, TimePoint now, Answer& out) const;

  // The engine's loop only.
  void look_in_memory(Gather& gather) const;
  asio::awaitable<std::string_view> look_below(Gather* gather);
  asio::awaitable<Credits> fetch(const catalog::Request* request,
                                 Gather* gather,
                                 Steady::time_point deadline);
  std::vector<refill::Wanted> want(const catalog::Request& request, const Gather& gather);
  asio::awaitable<Answer> serve_cached(std::shared_ptr<State> self, catalog::Request request);
  asio::awaitable<Answer> forward(ClientRequest request);
  bool compose(const catalog::Request& request,
               const Gather& gather,
               Credits cost,
               Answer& out) const;
  std::vector<std::string> claim_refresh(const catalog::Request& request, const Gather& gather);
  asio::awaitable<void> refresh_behind(std::shared_ptr<State> self,
                                       catalog::Request request,
                                       std::vector<std::string> claimed);

  cache::MemoryTier& memory;
  cache::Chain& chain;
  refill::Refill& refill;
  const Options options;
  const Clock& clock;
  io::TaskGroup tasks;                         // refreshes behind answers
  std::unordered_set<std::string> refreshing;  // keys being refreshed behind an answer
};

Proxy::Proxy(asio::any_io_executor loop,
             cache::MemoryTier& memory,
             cache::Chain& chain,
             refill::Refill& refill,
             Options options,
             const Clock& clock,
             Log log)
    : state_(std::make_shared<State>(
          std::move(loop), memory, chain, refill, options, clock, std::move(log))) {}

bool Proxy::try_answer(const catalog::Request& request, Answer& out) const {
  if (!is_cached(request)) return false;
  const auto now = state_->clock.now();
  out.clear();
  if (!state_->find_in_memory(request, now, out)) {
    out.clear();
    return false;
  }
  out.outcome = Outcome::Hit;
  out.detail = kMemory;
  if (assemble(request, now, Credits{0}, out) == Assembled::Done) return true;
  out.clear();
  return false;
}

// All of the request's entries, fresh, into out.owners; false at the first that is not.
bool Proxy::State::find_in_memory(const catalog::Request& request,
                                  TimePoint now,
                                  Answer& out) const {
  thread_local std::string key;
  const bool is_whole = request.kind == catalog::KeyKind::None;
  const auto converts = is_whole ? 1 : request.converts.size();
  const auto count = is_whole ? 1 : request.assets.size() * converts;
  for (std::size_t i = 0; i < count; ++i) {
    key.clear();
    if (is_whole) {
      catalog::append_whole_key(key, request);
    } else {
      catalog::append_key(key, request, i / converts, i % converts);
    }
    auto entry = memory.lookup(key);
    if (!entry || !cache::is_fresh(*entry, now)) return false;
    out.owners.push_back(std::move(entry));
  }
  return true;
}

asio::awaitable<Answer> Proxy::serve(ClientRequest request) {
  const auto state = state_;
  if (!is_cached(request.canonical) || request.method == "POST") {
    co_return co_await state->forward(std::move(request));
  }
  co_return co_await state->serve_cached(state, std::move(request.canonical));
}

asio::awaitable<void> Proxy::stop(std::chrono::milliseconds limit) {
  const auto state = state_;
  state->tasks.cancel();
  co_await state->tasks.join(limit);
}

void Proxy::refuse(const catalog::Endpoint* endpoint,
                   const catalog::Refusal& refusal,
                   Answer& out) const {
  out.clear();
  assemble_error(
      endpoint, refusal.http_status, refusal.error_code, refusal.message, state_->clock.now(), out);
}

// The life of a request that memory alone could not answer: memory -> lower tiers -> upstream, left
// as soon as what was gathered may be shown.
asio::awaitable<Answer> Proxy::State::serve_cached(std::shared_ptr<State> self,
                                                   catalog::Request request) {
  const auto deadline = Steady::now() + options.deadline;
  Gather gather(request);
  Answer answer;
  answer.detail = kMemory;
  look_in_memory(gather);
  if (gather.patience() == Patience::None && compose(request, gather, Credits{0}, answer)) {
    auto claimed = claim_refresh(request, gather);
    if (!claimed.empty()) {
      auto behind = refresh_behind(self, std::move(request), std::move(claimed));
      tasks.spawn("refresh behind", std::move(behind));
    }
    co_return answer;
  }
  answer.detail = co_await look_below(&gather);
  Credits cost;
  if (!gather.stale().empty()) cost += co_await fetch(&request, &gather, deadline);
  if (gather.outcome() == Outcome::Miss || gather.outcome() == Outcome::Partial)
    answer.detail = kUpstream;
  if (compose(request, gather, cost, answer)) co_return answer;
  // Copies of different calls that do not fit together: one call brings all of them.
  gather.forget();
  cost += co_await fetch(&request, &gather, deadline);
  answer.detail = kUpstream;
  if (!compose(request, gather, cost, answer)) {
    assemble_error(request.endpoint,
                   502,
                   502,
                   "The provider's answers do not fit together.",
                   clock.now(),
                   answer);
  }
  co_return answer;
}

// False when the copies cannot be joined; everything else makes an answer, an error at worst.
bool Proxy::State::compose(const catalog::Request& request,
                           const Gather& gather,
                           Credits cost,
                           Answer& out) const {
  const auto now = clock.now();
  const auto detail = out.detail;
  out.clear();
  out.detail = detail;
  out.cost = cost;
  if (!gather.is_complete()) {
    const auto failure = gather.failure();
    assemble_error(
        request.endpoint, failure->http_status, failure->error_code, failure->message, now, out);
    out.retry_after = failure->retry_after;
    return true;
  }
  out.outcome = gather.outcome();
  gather.hand_over(out);
  return assemble(request, now, cost, out) == Assembled::Done;
}

void Proxy::State::look_in_memory(Gather& gather) const {
  const auto now = clock.now();
  for (const auto at : gather.stale()) {
    if (const auto entry = memory.lookup(gather.slots()[at].key)) gather.offer(at, entry, now);
  }
}

// Asks the lower tiers for what is not fresh; returns the word for the lowest that had something.
asio::awaitable<std::string_view> Proxy::State::look_below(Gather* gather) {
  const auto positions = gather->stale();
  std::vector<std::string> keys;
  keys.reserve(positions.size());
  for (const auto at : positions) keys.push_back(gather->slots()[at].key);
  const auto hits = co_await chain.lookup(std::move(keys));
  const auto now = clock.now();
  std::string_view detail = kMemory;
  std::size_t lowest = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (!hits[i].entry) continue;
    gather->offer(positions[i], hits[i].entry, now);
    if (detail != kMemory && hits[i].tier <= lowest) continue;
    lowest = hits[i].tier;
    detail = chain.tier_name(lowest);
  }
  // A fetch that ended meanwhile is in memory, perhaps not yet below: it must not be made again.
  look_in_memory(*gather);
  co_return detail;
}

std::vector<refill::Wanted> Proxy::State::want(const catalog::Request& request,
                                               const Gather& gather) {
  const auto missing = gather.missing();
  if (request.kind == catalog::KeyKind::None) {
    return {refill.want_whole(request, missing.front().has_fallback, refill::Priority::Foreground)};
  }
  return refill.want(request, missing, refill::Priority::Foreground);
}

// Fetches what is not fresh and waits for it as long as the copies at hand allow. Returns what this
// request is charged.
asio::awaitable<Credits> Proxy::State::fetch(const catalog::Request* request,
                                             Gather* gather,
                                             Steady::time_point deadline) {
  const auto positions = gather->stale();
  const auto wanted = want(*request, *gather);
  // Those without a copy first: what waits for them need not be waited for again.
  for (const auto level : {Standing::Missing, Standing::StaleIfError}) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      auto& pending = *wanted[i].pending;
      if (pending.settled.is_set() || gather->slots()[positions[i]].standing != level) continue;
      // Patience counts from the start of the fetch: who joins a call that hangs does not wait
      // again.
      const auto until =
          level == Standing::Missing ? deadline : pending.started + options.stale_patience;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
      if (left.count() > 0) co_await pending.settled.wait_for(left);
    }
  }
  Credits cost;
  const auto now = clock.now();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& pending = *wanted[i].pending;
    if (!pending.settled.is_set()) continue;
    if (wanted[i].started_it) cost += pending.cost;
    gather->take(positions[i], pending, now);
  }
  co_return cost;
}

// The keys that nobody is refreshing yet; none while the upstream is known to fail.
std::vector<std::string> Proxy::State::claim_refresh(const catalog::Request& request,
                                                     const Gather& gather) {
  std::vector<std::string> claimed;
  if (refill.is_held_off(request)) return claimed;
  for (const auto at : gather.stale()) {
    const auto& key = gather.slots()[at].key;
    if (refreshing.size() < kMaxRefreshing && refreshing.insert(key).second) claimed.push_back(key);
  }
  return claimed;
}

// Another daemon may have refreshed a shared tier already, so the chain is asked before upstream.
asio::awaitable<void> Proxy::State::refresh_behind(std::shared_ptr<State> self,
                                                   catalog::Request request,
                                                   std::vector<std::string> claimed) {
  // However this ends, the keys may be refreshed again.
  struct Unclaim {
    State& state;
    const std::vector<std::string>& keys;
    ~Unclaim() {
      for (const auto& key : keys) state.refreshing.erase(key);
    }
  };
  const Unclaim unclaim{*self, claimed};
  Gather gather(request);
  look_in_memory(gather);
  co_await look_below(&gather);
  const auto deadline = Steady::now() + options.deadline;
  if (!gather.stale().empty()) co_await fetch(&request, &gather, deadline);
}

asio::awaitable<Answer> Proxy::State::forward(ClientRequest request) {
  const auto* endpoint = request.canonical.endpoint;
  Answer answer;
  if (endpoint == nullptr && !options.forward_unknown) {
    assemble_error(nullptr, 404, 404, "Not Found", clock.now(), answer);
    co_return answer;
  }
  upstream::Request call;
  call.method = request.method == "POST" ? "POST" : "GET";
  call.body = std::move(request.body);
  call.content_type = std::move(request.content_type);
  std::string name = "forward";
  Credits worst_case{1};
  if (endpoint == nullptr) {
    call.target = request.canonical.forward_target;
  } else {
    const auto lane = refill::whole_lane(request.canonical);
    name = endpoint->name;
    call.target = refill::call_target(lane, {});
    worst_case = refill::worst_case(lane, 1);
  }
  auto result = co_await refill.forward(std::move(call), std::move(name), worst_case);
  answer.detail = kForward;
  answer.cost = result.charged;
  const bool is_passed_on =
      result.response && result.response->verdict != upstream::Verdict::KeyRefused;
  if (!is_passed_on) {
    const auto& failure = *result.failure;
    assemble_error(
        endpoint, failure.http_status, failure.error_code, failure.message, clock.now(), answer);
    answer.retry_after = failure.retry_after;
    co_return answer;
  }
  answer.outcome = Outcome::Forwarded;
  answer.http_status = result.response->http_status;
  answer.content_type_storage.reserve(Answer::kHeapSize);
  answer.content_type_storage = result.response->content_type;
  if (!answer.content_type_storage.empty()) answer.content_type = answer.content_type_storage;
  answer.body = std::move(result.response->body);
  answer.body.reserve(Answer::kHeapSize);
  answer.pieces.emplace_back(answer.body);
  co_return answer;
}

}  // namespace quotecached::proxy
