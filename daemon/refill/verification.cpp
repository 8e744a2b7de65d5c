#include "refill/verification.hpp"

#include <string>
#include <utility>

#include "base/on_exit.hpp"

namespace quotecached::refill {

using Steady = std::chrono::steady_clock;

void Verification::doubt(std::shared_ptr<LoneCalls> calls) {
  if (is_running_ || Steady::now() < not_before_) return;
  auto task = run(this, std::move(calls));
  is_running_ = true;  // first: a probe that is refused at once has ended when spawn() returns
  if (!tasks_.spawn("verification", std::move(task))) is_running_ = false;
}

asio::awaitable<void> Verification::run(Verification* self, std::shared_ptr<LoneCalls> calls) {
  const OnExit ended([self] {
    self->is_running_ = false;
    self->not_before_ = Steady::now() + self->rest_;
  });
  const auto usage = self->dialect_.usage_call();
  upstream::Request request;
  request.target = usage.target;
  const auto result =
      co_await LoneCalls::probe(calls, std::move(request), std::string(usage.endpoint));
  const bool is_told =
      result.attempt != calling::Evidence::Good && result.attempt != calling::Evidence::Nothing;
  if (is_told) self->caller_.confirm_outage();
}

}  // namespace quotecached::refill
