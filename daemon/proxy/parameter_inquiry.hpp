// Finds out whether the provider knows the parameters of a request that the catalogue does not
// list.
//
// Each is asked about once, whatever the number of requests, by a call that costs nothing; what was
// said is kept for a while. Shared by the coroutines it runs; used on the engine's loop only.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/log.hpp"
#include "base/waits.hpp"
#include "calling/failure.hpp"
#include "catalog/endpoint.hpp"
#include "catalog/free_question.hpp"
#include "catalog/request.hpp"
#include "io/task_group.hpp"
#include "provider/dialect.hpp"
#include "proxy/parameter_table.hpp"
#include "refill/refill.hpp"

namespace quotecached::proxy {

namespace asio = boost::asio;

class ParameterInquiry : public std::enable_shared_from_this<ParameterInquiry> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Refill and dialect must outlive it.
  ParameterInquiry(asio::any_io_executor loop,
                   refill::Refill& refill,
                   const provider::Dialect& dialect,
                   Log log);
  ~ParameterInquiry();

  // Why the request may not be made; null when the provider knows all of its parameters. What is
  // not known by `until` is 503, and goes on being asked. Must live until it returns, as must the
  // arguments. Requires: the request has parameters that are not listed.
  asio::awaitable<calling::FailurePtr> refusal(const catalog::Request* request,
                                               Waits* waits,
                                               Time until);

  // Ends the questions that are being asked.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  struct Question;  // that is being asked

  asio::awaitable<calling::FailurePtr> refusal_of(const catalog::Endpoint* endpoint,
                                                  std::string parameter,
                                                  Waits* waits,
                                                  Time until);
  std::shared_ptr<Question> join_or_ask(const catalog::Endpoint* endpoint,
                                        const std::string& parameter);
  static asio::awaitable<void> ask(std::shared_ptr<ParameterInquiry> self,
                                   std::shared_ptr<Question> question,
                                   catalog::FreeQuestion free);
  calling::FailurePtr take_answer(const Question& question, const calling::CallResult& result);
  void note_charge(const Question& question, const calling::CallResult& result);

  refill::Refill& refill_;
  const provider::Dialect& dialect_;
  Log log_;
  io::TaskGroup tasks_;
  ParameterTable table_{{}};
  // One at a time for each endpoint: the first tells what questions cost there.
  std::map<const catalog::Endpoint*, std::shared_ptr<Question>> open_;
};

}  // namespace quotecached::proxy
