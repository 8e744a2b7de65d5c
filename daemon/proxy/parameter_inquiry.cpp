#include "proxy/parameter_inquiry.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/on_exit.hpp"
#include "io/event.hpp"

namespace quotecached::proxy {
namespace {

using provider::ParameterVerdict;

calling::FailurePtr not_allowed(std::string_view parameter) {
  auto refusal = catalog::not_allowed(parameter);
  return std::make_shared<const calling::Failure>(
      calling::Failure{refusal.http_status, refusal.error_code, std::move(refusal.message), {}});
}

calling::FailurePtr not_yet_known(std::string_view parameter, std::chrono::seconds wait) {
  return std::make_shared<const calling::Failure>(calling::Failure{
      503, 503, fmt::format("It is not known yet whether \"{}\" is allowed.", parameter), wait});
}

}  // namespace

struct ParameterInquiry::Question {
  io::Event is_over;
  calling::FailurePtr failure;  // for all who wait for it; null when the parameter is known
};

ParameterInquiry::ParameterInquiry(refill::Refill& refill,
                                   const provider::Dialect& dialect,
                                   std::chrono::milliseconds patience,
                                   Log log)
    : refill_(refill), dialect_(dialect), patience_(patience), log_(std::move(log)) {}

ParameterInquiry::~ParameterInquiry() = default;

asio::awaitable<calling::FailurePtr> ParameterInquiry::refusal(const catalog::Request* request,
                                                               Waits* waits) {
  for (const auto name : request->unlisted) {
    const auto said = table_.find(request->endpoint->name, name, Steady::now());
    if (said == ParameterVerdict::Known) continue;
    if (said || answering_.contains(request->endpoint)) co_return not_allowed(name);
    Subject subject{request->endpoint, std::string(name)};
    auto failure = co_await refusal_of(std::move(subject), waits);
    if (failure) co_return failure;
  }
  co_return nullptr;
}

// Asks, or waits for somebody who does.
asio::awaitable<calling::FailurePtr> ParameterInquiry::refusal_of(Subject subject, Waits* waits) {
  auto free = catalog::free_question(*subject.endpoint, subject.parameter);
  if (!free) co_return not_allowed(subject.parameter);
  if (const auto it = open_.find(free->target); it != open_.end()) {
    const auto question = it->second;
    waits->begin(Wait::Call, Steady::now());
    const bool is_over = co_await question->is_over.wait_for(patience_);
    waits->begin(Wait::None, Steady::now());
    if (is_over) co_return question->failure;
    co_return not_yet_known(subject.parameter, std::chrono::seconds(1));
  }
  const auto now = Steady::now();
  if (!table_.take_question(now)) co_return not_yet_known(subject.parameter, table_.rests(now));
  const auto question = std::make_shared<Question>();
  open_.emplace(free->target, question);
  const OnExit over([this, target = free->target, question] {
    open_.erase(target);
    question->is_over.set();
  });
  // Should this be cancelled.
  question->failure = not_yet_known(subject.parameter, std::chrono::seconds(1));
  question->failure = co_await ask(std::move(*free), std::move(subject), waits);
  co_return question->failure;
}

asio::awaitable<calling::FailurePtr> ParameterInquiry::ask(catalog::FreeQuestion free,
                                                           Subject subject,
                                                           Waits* waits) {
  refill::ForwardedCall call;
  call.request.target = std::move(free.target);
  call.endpoint = subject.endpoint->name;
  call.price.worst_case = free.if_answered;
  call.waits = std::make_shared<Waits>(Wait::None, Steady::now());
  waits->follow(call.waits, Steady::now());
  const auto result = co_await refill_.forward(std::move(call));
  waits->begin(Wait::None, Steady::now());
  co_return take_answer(*subject.endpoint, subject.parameter, result);
}

calling::FailurePtr ParameterInquiry::take_answer(const catalog::Endpoint& endpoint,
                                                  const std::string& parameter,
                                                  const calling::CallResult& result) {
  if (!result.failure) {
    answering_.insert(&endpoint);
    log_.warn("a question about a parameter was answered with data: no more are asked there",
              {{"endpoint", endpoint.name}, {"credits", result.charged.count}});
    return not_allowed(parameter);
  }
  const auto verdict = result.response ? dialect_.judge_parameter(result.reading, parameter)
                                       : ParameterVerdict::Unsaid;
  if (verdict == ParameterVerdict::Unsaid) return result.failure;
  const bool is_known = verdict == ParameterVerdict::Known;
  table_.note(endpoint.name, parameter, verdict, Steady::now());
  log_.info(is_known ? "the provider knows a parameter that the catalogue does not list"
                     : "the provider does not know a parameter",
            {{"endpoint", endpoint.name}, {"parameter", parameter}});
  return is_known ? nullptr : not_allowed(parameter);
}

}  // namespace quotecached::proxy
