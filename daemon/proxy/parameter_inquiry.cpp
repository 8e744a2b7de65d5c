#include "proxy/parameter_inquiry.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/on_exit.hpp"
#include "calling/call_policy.hpp"
#include "io/event.hpp"

namespace quotecached::proxy {
namespace {

using provider::ParameterVerdict;
using Steady = std::chrono::steady_clock;

constexpr unsigned kBadRequest = 400;

// After a question that was charged, and after one that may have been.
constexpr std::chrono::hours kChargedRest{24};
constexpr std::chrono::minutes kLostRest{10};

calling::FailurePtr not_allowed(std::string_view parameter) {
  auto refusal = catalog::not_allowed(parameter);
  return std::make_shared<const calling::Failure>(calling::Failure{refusal.http_status,
                                                                   refusal.error_code,
                                                                   std::move(refusal.message),
                                                                   {},
                                                                   false,
                                                                   RefusedBy(Refuser::Parameters)});
}

calling::FailurePtr not_yet_known(std::string_view parameter, std::chrono::seconds wait) {
  return std::make_shared<const calling::Failure>(
      calling::Failure{503,
                       503,
                       fmt::format("It is not known yet whether \"{}\" is allowed.", parameter),
                       wait,
                       false,
                       RefusedBy(Refuser::Parameters)});
}

}  // namespace

struct ParameterInquiry::Question {
  Question(const catalog::Endpoint* asked_at, std::string name)
      : endpoint(asked_at),
        parameter(std::move(name)),
        waits(std::make_shared<Waits>(Wait::None, Steady::now())),
        failure(not_yet_known(parameter, std::chrono::seconds(1))) {}

  const catalog::Endpoint* endpoint;
  const std::string parameter;
  const WaitsPtr waits;
  io::Event is_over;
  calling::FailurePtr failure;  // for all who wait for it; null when the parameter is known
};

ParameterInquiry::ParameterInquiry(asio::any_io_executor loop,
                                   refill::Refill& refill,
                                   const provider::Dialect& dialect,
                                   Log log)
    : refill_(refill), dialect_(dialect), log_(log), tasks_(std::move(loop), std::move(log)) {}

ParameterInquiry::~ParameterInquiry() = default;

asio::awaitable<calling::FailurePtr> ParameterInquiry::refusal(const catalog::Request* request,
                                                               Waits* waits,
                                                               Time until) {
  for (const auto name : request->unlisted) {
    auto failure = co_await refusal_of(request->endpoint, std::string(name), waits, until);
    if (failure) co_return failure;
  }
  co_return nullptr;
}

asio::awaitable<void> ParameterInquiry::stop(std::chrono::milliseconds limit) {
  tasks_.cancel();
  co_await tasks_.join(limit);
}

asio::awaitable<calling::FailurePtr> ParameterInquiry::refusal_of(const catalog::Endpoint* endpoint,
                                                                  std::string parameter,
                                                                  Waits* waits,
                                                                  Time until) {
  while (true) {
    const auto now = Steady::now();
    const auto said = table_.find(endpoint->name, parameter, now);
    if (said == ParameterVerdict::Known) co_return nullptr;
    if (said) co_return not_allowed(parameter);
    const auto rest = table_.rests(endpoint->name, now);
    if (rest.count() > 0) co_return not_yet_known(parameter, rest);
    const auto question = join_or_ask(endpoint, parameter);
    if (!question) co_return not_yet_known(parameter, table_.until_question(now));
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
    bool is_over = question->is_over.is_set();
    if (!is_over && left.count() > 0) {
      waits->follow(question->waits, Steady::now());
      is_over = co_await question->is_over.wait_for(left);
      waits->begin(Wait::None, Steady::now());
    }
    if (!is_over) co_return not_yet_known(parameter, std::chrono::seconds(1));
    if (question->parameter == parameter) co_return question->failure;
  }
}

// The question that this endpoint is being asked, perhaps about another parameter; null when no
// further one may be asked now.
std::shared_ptr<ParameterInquiry::Question> ParameterInquiry::join_or_ask(
    const catalog::Endpoint* endpoint, const std::string& parameter) {
  if (const auto open = open_.find(endpoint); open != open_.end()) return open->second;
  auto free = catalog::free_question(*endpoint, parameter);
  if (!free || !table_.take_question(Steady::now())) return nullptr;
  const auto question = std::make_shared<Question>(endpoint, parameter);
  open_.emplace(endpoint, question);
  auto task = ask(shared_from_this(), question, std::move(*free));
  if (!tasks_.spawn("parameter", std::move(task))) {
    open_.erase(endpoint);
    question->is_over.set();
  }
  return question;
}

asio::awaitable<void> ParameterInquiry::ask(std::shared_ptr<ParameterInquiry> self,
                                            std::shared_ptr<Question> question,
                                            catalog::FreeQuestion free) {
  const OnExit over([&self, &question] {
    self->open_.erase(question->endpoint);
    question->is_over.set();
  });
  refill::ForwardedCall call;
  call.request.target = std::move(free.target);
  call.endpoint = question->endpoint->name;
  call.price = {free.if_answered, free.if_answered, {}, false};
  call.lane = "question:" + question->endpoint->name;
  call.may_retry = false;  // each takes a place in the plan's minute
  call.waits = question->waits;
  const auto result = co_await self->refill_.forward(std::move(call));
  question->failure = self->take_answer(*question, result);
}

calling::FailurePtr ParameterInquiry::take_answer(const Question& question,
                                                  const calling::CallResult& result) {
  const auto& endpoint = question.endpoint->name;
  const auto& parameter = question.parameter;
  const bool was_asked = result.response || result.attempt != calling::Evidence::Nothing;
  if (!was_asked) table_.give_back_question();
  if (!result.failure || result.charged.count > 0) note_charge(question, result);
  if (!result.failure) return not_allowed(parameter);
  const bool is_refused =
      result.response && result.reading.verdict == provider::Verdict::BadRequest;
  if (!is_refused) return result.failure;
  const auto verdict = dialect_.judge_parameter(result.reading, parameter);
  // Not about any parameter: of an endpoint that the plan does not have, say.
  const auto status = calling::status_of_refusal(result.response->http_status, result.reading);
  const bool is_of_endpoint = status != kBadRequest;
  if (verdict == ParameterVerdict::Unsaid && is_of_endpoint) return result.failure;
  table_.note(endpoint, parameter, verdict, Steady::now());
  if (verdict == ParameterVerdict::Unsaid) {
    // What it says instead is about the question, which the client did not ask.
    log_.warn("unlisted_parameter_in_doubt",
              {{"endpoint", endpoint}, {"error", result.reading.error_message}});
  } else {
    const bool is_known = verdict == ParameterVerdict::Known;
    log_.info(is_known ? "unlisted_parameter_known" : "unlisted_parameter_unknown",
              {{"endpoint", endpoint}, {"parameter", parameter}});
  }
  return verdict == ParameterVerdict::Known ? nullptr : not_allowed(parameter);
}

// Questions were to cost nothing.
void ParameterInquiry::note_charge(const Question& question, const calling::CallResult& result) {
  const auto& endpoint = question.endpoint->name;
  const bool is_lost = !result.response || !result.reading.charge.is_told;
  const std::chrono::minutes rest = is_lost ? kLostRest : kChargedRest;
  table_.rest(endpoint, Steady::now() + rest);
  log_.warn(is_lost ? "parameter_question_lost" : "parameter_question_charged",
            {{"endpoint", endpoint},
             {"booked", result.charged.count},
             {"not_asked_for_minutes", rest.count()}});
}

}  // namespace quotecached::proxy
