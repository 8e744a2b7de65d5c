#include "proxy/forwarding.hpp"

#include <string_view>
#include <utility>

#include "calling/call_policy.hpp"
#include "proxy/assemble.hpp"

namespace quotecached::proxy {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view kForward = "forward";  // the detail of Cache-Status

calling::FailurePtr not_found_failure() {
  static const auto kFailure = std::make_shared<const calling::Failure>(
      calling::Failure{404, 404, "Not Found", {}, false, RefusedBy(Refuser::Path)});
  return kFailure;
}

}  // namespace

calling::FailurePtr not_cached_failure() {
  static const auto kFailure = std::make_shared<const calling::Failure>(
      calling::Failure{504, 504, "Not in the cache.", {}, false, RefusedBy(Refuser::OnlyIfCached)});
  return kFailure;
}

Forwarding::Forwarding(const Proxy::Parts& parts,
                       const Options& options,
                       std::shared_ptr<ParameterInquiry> inquiry)
    : parts_(parts), options_(options), inquiry_(std::move(inquiry)) {}

asio::awaitable<Answer> Forwarding::forward(ClientRequest request, OpenRequestPtr open) {
  open->reason = MissReason::NotCached;
  const auto* endpoint = request.canonical.endpoint;
  auto call = forwarded_call(request);
  Answer answer;
  auto why = refusal(request, call);
  if (!why && !request.canonical.unlisted.empty()) {
    const auto until = Steady::now() + options_.patience;
    why = co_await inquiry_->refusal(&request.canonical, &open->waits, until);
  }
  if (why) {
    refuse(endpoint, *why, answer);
    co_return answer;
  }
  answer.detail = kForward;
  call.waits = std::make_shared<Waits>(Wait::None, Steady::now());
  open->waits.follow(call.waits, Steady::now());
  auto result = co_await parts_.refill.forward(std::move(call));
  pass_on(endpoint, result, answer);
  co_return answer;
}

// Why it is not passed on, whatever its parameters; null when it may be.
calling::FailurePtr Forwarding::refusal(const ClientRequest& request,
                                        const refill::ForwardedCall& call) const {
  if (request.canonical.endpoint == nullptr && !options_.forwards_unknown)
    return not_found_failure();
  if (request.only_if_cached) return not_cached_failure();
  const auto refused = parts_.clients.refusal(call.client, call.price.worst_case);
  if (!refused) return nullptr;
  return calling::failure_by_refusal(parts_.dialect, *refused, parts_.clock.now());
}

refill::ForwardedCall Forwarding::forwarded_call(ClientRequest& request) const {
  refill::ForwardedCall call;
  call.request.method = request.method == "POST" ? "POST" : "GET";
  call.request.body = std::move(request.body);
  call.request.content_type = std::move(request.content_type);
  call.client = std::move(request.client);
  call.tag = std::move(request.tag);
  const auto* endpoint = request.canonical.endpoint;
  if (endpoint == nullptr) {
    call.endpoint = "forward";
    call.request.target = request.canonical.forward_target;
    call.price = {{refill::kUnknownSteps}, {1}, {}, false};
  } else {
    const auto lane = refill::whole_lane(request.canonical);
    call.endpoint = endpoint->name;
    call.request.target = refill::call_target(*lane, {});
    call.price = parts_.refill.price_of(*lane, 1);
  }
  return call;
}

// The provider's answer as it came, but for what only concerns our key.
void Forwarding::pass_on(const catalog::Endpoint* endpoint,
                         calling::CallResult& result,
                         Answer& out) const {
  out.cost = result.charged;
  if (!result.response || result.reading.verdict == provider::Verdict::KeyRefused) {
    refuse(endpoint, *result.failure, out);
    if (result.response) out.provider_headers = std::move(result.response->kept_headers);
    return;
  }
  auto& response = *result.response;
  if (result.failure) out.retry_after = result.failure->retry_after;
  out.provider_headers = std::move(response.kept_headers);
  out.outcome = Outcome::Forwarded;
  out.http_status = response.http_status;
  out.content_type_storage.reserve(Answer::kHeapSize);
  out.content_type_storage = response.content_type;
  if (!out.content_type_storage.empty()) out.content_type = out.content_type_storage;
  out.body = std::move(response.body);
  out.body.reserve(Answer::kHeapSize);
  out.pieces.emplace_back(out.body);
}

void Forwarding::refuse(const catalog::Endpoint* endpoint,
                        const calling::Failure& failure,
                        Answer& out) const {
  assemble_failure({parts_.dialect, parts_.forms}, endpoint, failure, parts_.clock.now(), out);
}

}  // namespace quotecached::proxy
