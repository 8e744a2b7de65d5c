#include "proxy/open_requests.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace quotecached::proxy {
namespace {

constexpr std::size_t kLongestTarget = 500;
constexpr std::string_view kMore = "...";

std::string cut(std::string target) {
  if (target.size() <= kLongestTarget) return target;
  target.resize(kLongestTarget - kMore.size());
  return target.append(kMore);
}

std::chrono::milliseconds milliseconds_between(Waits::Time from, Waits::Time to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::max(to - from, Waits::Time::duration(0)));
}

OpenRequests::Row row_of(const OpenRequest& request, Waits::Time now) {
  const auto current = request.waits.current();
  return {.id = request.id,
          .target = request.target,
          .client = request.client,
          .request_id = id_of(request.tag),
          .trace_id = trace_id_of(request.tag),
          .reason = request.reason.load(std::memory_order_relaxed),
          .age = milliseconds_between(request.since, now),
          .waits_for = current.what,
          .waited = milliseconds_between(current.since, now)};
}

}  // namespace

OpenRequestPtr OpenRequests::begin(
    std::string target, std::string client, Time since, Time now, RequestTagPtr tag) {
  auto request = std::make_shared<OpenRequest>(
      cut(std::move(target)), std::move(client), std::move(tag), since);
  request->waits.begin(Wait::None, now);
  const MutexLock lock(mutex_);
  ++in_progress_;
  request->id = ++last_id_;
  if (listed_.size() < options_.most) listed_.emplace(request->id, request);
  return request;
}

void OpenRequests::end(const OpenRequest& request, Time now) {
  const auto reason = static_cast<std::size_t>(request.reason.load(std::memory_order_relaxed));
  misses_[reason].fetch_add(1, std::memory_order_relaxed);
  {
    const MutexLock lock(mutex_);
    --in_progress_;
    listed_.erase(request.id);
  }
  const auto slow = slow_.load(std::memory_order_relaxed);
  const bool is_slow = slow.count() > 0 && now - request.since > slow;
  if (is_slow) tell_slow(request, now);
}

void OpenRequests::tell_slow(const OpenRequest& request, Time now) const {
  log_.warn("slow_request",
            {{"target", request.target},
             {"client", request.client},
             {"took_ms", milliseconds_between(request.since, now).count()},
             {"waits", to_text(request.waits.spent(now))},
             {"reason", to_string(request.reason.load(std::memory_order_relaxed))},
             {"request_id", id_of(request.tag)},
             {"trace_id", trace_id_of(request.tag)}});
}

OpenRequests::List OpenRequests::list(std::size_t most, Time now) const {
  List list;
  const MutexLock lock(mutex_);
  list.in_progress = in_progress_;
  for (const auto& [id, request] : listed_) {
    if (list.rows.size() == most) break;
    list.rows.push_back(row_of(*request, now));
  }
  return list;
}

std::uint64_t OpenRequests::misses(MissReason reason) const noexcept {
  return misses_[static_cast<std::size_t>(reason)].load(std::memory_order_relaxed);
}

}  // namespace quotecached::proxy
