// Finds out whether the provider knows the parameters of a request that the catalogue does not
// list.
//
// Each is asked about once, whatever the number of requests, by a call that costs nothing; what was
// said is kept for a while. Owned by Life and used on the engine's loop only.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/log.hpp"
#include "base/waits.hpp"
#include "calling/failure.hpp"
#include "catalog/endpoint.hpp"
#include "catalog/free_question.hpp"
#include "catalog/request.hpp"
#include "provider/dialect.hpp"
#include "proxy/parameter_table.hpp"
#include "refill/refill.hpp"

namespace quotecached::proxy {

namespace asio = boost::asio;

class ParameterInquiry {
 public:
  // Refill and dialect must outlive it. `patience`: how long a request waits for the answer to
  // another's question.
  ParameterInquiry(refill::Refill& refill,
                   const provider::Dialect& dialect,
                   std::chrono::milliseconds patience,
                   Log log);
  ~ParameterInquiry();

  // Why the request may not be made; null when the provider knows all of its parameters. Both must
  // live until it returns.
  asio::awaitable<calling::FailurePtr> refusal(const catalog::Request* request, Waits* waits);

 private:
  struct Question;  // that is being asked
  using Steady = std::chrono::steady_clock;

  struct Subject {
    const catalog::Endpoint* endpoint;
    std::string parameter;
  };

  asio::awaitable<calling::FailurePtr> refusal_of(Subject subject, Waits* waits);
  asio::awaitable<calling::FailurePtr> ask(catalog::FreeQuestion free,
                                           Subject subject,
                                           Waits* waits);
  calling::FailurePtr take_answer(const catalog::Endpoint& endpoint,
                                  const std::string& parameter,
                                  const calling::CallResult& result);

  refill::Refill& refill_;
  const provider::Dialect& dialect_;
  const std::chrono::milliseconds patience_;
  Log log_;
  ParameterTable table_{{}};
  std::map<std::string, std::shared_ptr<Question>> open_;  // by the target that asks
  std::set<const catalog::Endpoint*> answering_;  // that answer a question with data, for money
};

}  // namespace quotecached::proxy
