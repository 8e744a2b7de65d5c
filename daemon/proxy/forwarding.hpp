// Passes on what is not cached: paths that are not in the catalogue, endpoints in mode never, POST.
//
// Shared by the coroutines it runs; used on the engine's loop only.
#pragma once

#include <chrono>
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
  struct Options {
    bool forwards_unknown = true;               // paths that are not in the catalogue too
    std::chrono::milliseconds patience{20000};  // to learn whether parameters are known
  };

  Forwarding(const Proxy::Parts& parts,
             const Options& options,
             std::shared_ptr<ParameterInquiry> inquiry);

  // Must live until it returns. `open` is told what the request waits for.
  asio::awaitable<Answer> forward(ClientRequest request, OpenRequestPtr open);

 private:
  [[nodiscard]] calling::FailurePtr refusal(const ClientRequest& request,
                                            const refill::ForwardedCall& call) const;
  refill::ForwardedCall forwarded_call(ClientRequest& request) const;
  void pass_on(const catalog::Endpoint* endpoint, calling::CallResult& result, Answer& out) const;
  void refuse(const catalog::Endpoint* endpoint,
              const calling::Failure& failure,
              Answer& out) const;

  const Proxy::Parts parts_;
  const Options options_;
  const std::shared_ptr<ParameterInquiry> inquiry_;
};

}  // namespace quotecached::proxy
