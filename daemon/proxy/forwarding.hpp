// Passes on what is not cached: paths that are not in the catalogue, endpoints in mode never, POST.
//
// Shared by the coroutines it runs; used on the engine's loop only.
#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "calling/failure.hpp"
#include "proxy/open_requests.hpp"
#include "proxy/parameter_inquiry.hpp"
#include "proxy/proxy.hpp"

namespace quotecached::proxy {

// For who wants nothing but what is cached.
[[nodiscard]] calling::FailurePtr not_cached_failure();

class Forwarding {
 public:
  // `forwards_unknown`: paths that are not in the catalogue too.
  Forwarding(const Proxy::Parts& parts,
             bool forwards_unknown,
             std::shared_ptr<ParameterInquiry> inquiry);

  // Must live until it returns. `open` is told what the request waits for.
  asio::awaitable<Answer> forward(ClientRequest request, OpenRequestPtr open);

 private:
  asio::awaitable<calling::FailurePtr> refusal_to_forward(const ClientRequest* asked, Waits* waits);
  refill::ForwardedCall forwarded_call(ClientRequest& request) const;
  void pass_on(const catalog::Endpoint* endpoint, calling::CallResult& result, Answer& out) const;
  void refuse(const catalog::Endpoint* endpoint,
              const calling::Failure& failure,
              Answer& out) const;

  const Proxy::Parts parts_;
  const bool forwards_unknown_;
  const std::shared_ptr<ParameterInquiry> inquiry_;
};

}  // namespace quotecached::proxy
