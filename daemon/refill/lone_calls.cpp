#include "refill/lone_calls.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/on_exit.hpp"
#include "io/event.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

// Nobody waits for the answer; the upstream's own limits end such a call long before.
constexpr std::chrono::hours kProbeLimit{4};

constexpr std::chrono::minutes kPathRest{1};

// As it is held off: no lane or key is named so.
std::string path_of(const std::string& target) {
  return "forward:" + target.substr(0, target.find('?'));
}

bool closes_path(provider::Verdict verdict) {
  switch (verdict) {
    case provider::Verdict::KeyRefused:
    case provider::Verdict::MinuteLimit:
    case provider::Verdict::DayLimit:
    case provider::Verdict::MonthLimit: return true;
    default: return false;
  }
}

// As it is told to those who hear it while the path rests.
calling::FailurePtr resting(calling::Failure failure) {
  failure.retry_after = std::max<std::chrono::seconds>(failure.retry_after, kPathRest);
  return std::make_shared<const calling::Failure>(std::move(failure));
}

}  // namespace

struct LoneCalls::Running {
  io::Event done;
  std::optional<calling::CallResult> result;
};

asio::awaitable<calling::CallResult> LoneCalls::forward(std::shared_ptr<LoneCalls> self,
                                                        ForwardedCall asked) {
  if (self->running_ >= self->caller_.allowed_calls()) {
    calling::CallResult refused;
    refused.failure = calling::failure_when_full();
    co_return refused;
  }
  const std::string path = path_of(asked.request.target);
  if (auto failure = self->hold_offs_.held(path, false, Steady::now())) {
    calling::CallResult refused;
    refused.failure = std::move(failure);
    co_return refused;
  }
  calling::Call call;
  call.waits = std::move(asked.waits);
  call.lane = asked.lane.empty() ? "forward:" + asked.client : std::move(asked.lane);
  call.may_retry = asked.may_retry && asked.request.method == "GET";
  call.request = std::move(asked.request);
  call.intent.endpoint = std::move(asked.endpoint);
  call.intent.cause = credit::Cause::Forward;
  call.payers.push_back({asked.client, 1});
  call.intent.client = std::move(asked.client);
  call.intent.tag = std::move(asked.tag);
  call.intent.worst_case = asked.price.worst_case;
  call.intent.predicted = asked.price.predicted;
  call.intent.is_exact = asked.price.is_exact;
  const auto limit = self->patience_;
  auto result = co_await make(self, std::move(call), limit);
  if (result.response && closes_path(result.reading.verdict)) {
    result.failure = resting(*result.failure);
    const auto until = Steady::now() + kPathRest;
    self->hold_offs_.hold(path, HoldOffs::Binds::Everyone, result.failure, until);
  }
  co_return result;
}

asio::awaitable<calling::CallResult> LoneCalls::probe(std::shared_ptr<LoneCalls> self,
                                                      upstream::Request request,
                                                      std::string endpoint) {
  calling::Call call;
  call.may_retry = false;
  call.request = std::move(request);
  call.intent.endpoint = std::move(endpoint);
  call.intent.cause = credit::Cause::Probe;
  co_return co_await make(std::move(self), std::move(call), kProbeLimit);
}

asio::awaitable<calling::CallResult> LoneCalls::make(std::shared_ptr<LoneCalls> self,
                                                     calling::Call call,
                                                     std::chrono::milliseconds limit) {
  const Credits worst_case = call.intent.worst_case;
  call.intent.deadline = Steady::now() + self->patience_;
  const auto running = std::make_shared<Running>();
  auto task = carry_out(self, std::move(call), running);
  const bool is_started = !self->is_stopping_ && self->tasks_.spawn("forward", std::move(task));
  if (is_started) (void)co_await running->done.wait_for(limit);
  if (running->result) co_return std::move(*running->result);
  calling::CallResult late;
  late.failure = is_started ? calling::failure_of(Error{ErrorCode::Timeout, "forward"})
                            : calling::failure_when_full();
  if (is_started) late.charged = worst_case;
  co_return late;
}

asio::awaitable<void> LoneCalls::carry_out(std::shared_ptr<LoneCalls> self,
                                           calling::Call call,
                                           std::shared_ptr<Running> running) {
  ++self->running_;
  const OnExit ended([&self, &running] {
    --self->running_;
    running->done.set();
  });
  running->result = co_await self->caller_.call(std::move(call));
}

}  // namespace quotecached::refill
