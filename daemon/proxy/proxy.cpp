#include "proxy/proxy.hpp"

#include <string>
#include <utility>

#include "proxy/assemble.hpp"
#include "proxy/life.hpp"

namespace quotecached::proxy {
namespace {

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

}  // namespace

Proxy::Proxy(asio::any_io_executor loop, Parts parts, Options options, Log log)
    : parts_(parts),
      life_(std::make_shared<Life>(std::move(loop), parts, options, std::move(log))) {}

bool Proxy::try_answer(const catalog::Request& request, Answer& out) const {
  if (!is_cached(request)) return false;
  const auto now = parts_.clock.now();
  out.clear();
  if (find_in_memory(parts_.memory, request, now, out)) {
    out.outcome = Outcome::Hit;
    out.detail = kFromMemory;
    if (assemble(request, now, Credits{0}, out) == Assembled::Done) return true;
  }
  out.clear();
  return false;
}

asio::awaitable<Answer> Proxy::serve(ClientRequest request) {
  const auto life = life_;
  if (!is_cached(request.canonical) || request.method == "POST") {
    co_return co_await life->forward(std::move(request));
  }
  co_return co_await life->serve(life, std::move(request));
}

asio::awaitable<void> Proxy::stop(std::chrono::milliseconds limit) {
  const auto life = life_;
  co_await life->stop(limit);
}

void Proxy::refuse(const catalog::Endpoint* endpoint,
                   const catalog::Refusal& refusal,
                   Answer& out) const {
  out.clear();
  assemble_error(
      endpoint, refusal.http_status, refusal.error_code, refusal.message, parts_.clock.now(), out);
}

}  // namespace quotecached::proxy
