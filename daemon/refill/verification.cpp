#include "refill/verification.hpp"

#include <string>
#include <utility>

#include "base/on_exit.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

constexpr unsigned kForbidden = 403;

}  // namespace

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
  // A page that is not about the question itself, as that of a provider without such a path is.
  const bool is_barred =
      result.attempt == calling::Evidence::Page && result.response->http_status == kForbidden;
  const bool has_failed =
      result.attempt == calling::Evidence::Failure || result.attempt == calling::Evidence::Network;
  if (is_barred || has_failed) self->caller_.confirm_outage();
}

}  // namespace quotecached::refill
