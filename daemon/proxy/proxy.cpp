#include "proxy/proxy.hpp"

#include <string>
#include <utility>

#include "base/hash.hpp"
#include "base/on_exit.hpp"
#include "base/redacted.hpp"
#include "proxy/assemble.hpp"
#include "proxy/forwarding.hpp"
#include "proxy/life.hpp"
#include "proxy/open_requests.hpp"
#include "proxy/parameter_inquiry.hpp"

namespace quotecached::proxy {
namespace {

using Steady = std::chrono::steady_clock;

bool is_cached(const catalog::Request& request) {
  return request.endpoint != nullptr && request.endpoint->mode != catalog::CacheMode::Never;
}

// All of the request's entries, fresh, into out.owners; false at the first that is not.
bool find_in_memory(const cache::MemoryTier& memory,
                    const catalog::Request& request,
                    TimePoint now,
                    Answer& out) {
  thread_local std::string key;
  const bool is_whole = request.kind == catalog::KeyKind::None;
  const auto converts = is_whole ? 1 : request.converts.size();
  const auto count = is_whole ? 1 : request.assets.size() * converts;
  // A large answer is moved away to be written, and its buffers with it.
  out.owners.reserve(count);
  out.asked.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    key.clear();
    if (is_whole) {
      catalog::append_whole_key(key, request);
    } else {
      catalog::append_key(key, request, i / converts, i % converts);
    }
    const auto hash = hash64(key);
    auto entry = memory.lookup(key, hash);
    if (!entry || !cache::is_fresh(*entry, now)) return false;
    out.owners.push_back(std::move(entry));
    out.asked.push_back(hash);
  }
  return true;
}

}  // namespace

Proxy::Proxy(asio::any_io_executor loop, Parts parts, Options options, Log log)
    : parts_(parts),
      inquiry_(std::make_shared<ParameterInquiry>(loop, parts.refill, parts.dialect, log)),
      life_(std::make_shared<Life>(std::move(loop), parts, options, inquiry_, log)),
      forwarding_(std::make_shared<Forwarding>(
          parts, Forwarding::Options{options.forward_unknown, options.request_deadline}, inquiry_)),
      open_(std::make_shared<OpenRequests>(OpenRequests::Options{.slow = options.slow_request},
                                           std::move(log))) {}

bool Proxy::try_answer(const catalog::Request& request, Answer& out) const {
  if (!is_cached(request)) return false;
  const auto now = parts_.clock.now();
  out.clear();
  if (find_in_memory(parts_.memory, request, now, out)) {
    out.outcome = Outcome::Hit;
    out.detail = kFromMemory;
    if (assemble({parts_.dialect, parts_.forms}, request, now, Credits{0}, out) == Assembled::Done)
      return true;
  }
  out.clear();
  return false;
}

asio::awaitable<Answer> Proxy::serve(ClientRequest request) {
  const auto life = life_;
  const auto forwarding = forwarding_;
  const auto requests = open_;
  auto open = requests->begin(redacted(catalog::whole_target(request.canonical)),
                              request.client,
                              request.handed_over,
                              Steady::now(),
                              request.tag);
  const OnExit ended([requests, open] { requests->end(*open, Steady::now()); });
  Answer answer;
  if (!is_cached(request.canonical) || request.method == "POST") {
    answer = co_await forwarding->forward(std::move(request), open);
  } else {
    answer = co_await life->serve(life, std::move(request), open);
  }
  // Who waited for a call of others does not learn their names.
  if (answer.refused_by.token != open->client) answer.refused_by.token.clear();
  co_return answer;
}

void Proxy::file_all() { parts_.refill.file_all(); }

bool Proxy::is_idle() const noexcept { return life_->is_idle(); }

asio::awaitable<bool> Proxy::settle(std::chrono::milliseconds limit) {
  return life_->settle(limit);
}
const PageCounters& Proxy::page_counters() const noexcept { return life_->page_counters(); }

const NameCounters& Proxy::name_counters() const noexcept { return life_->name_counters(); }

asio::awaitable<void> Proxy::stop(std::chrono::milliseconds limit) {
  const auto life = life_;
  const auto inquiry = inquiry_;
  co_await inquiry->stop(limit);
  co_await life->stop(limit);
}

void Proxy::refuse(const catalog::Endpoint* endpoint,
                   const provider::Refusal& refusal,
                   Answer& out) const {
  out.clear();
  assemble_error({parts_.dialect, parts_.forms}, endpoint, refusal, parts_.clock.now(), out);
}

}  // namespace quotecached::proxy
