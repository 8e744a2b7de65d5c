#include "http/engine_call.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "http/session.hpp"
#include "routing/response.hpp"

namespace quotecached::http {
namespace {

struct EngineCall {
  std::shared_ptr<asio::io_context> home;
  std::shared_ptr<Session> session;
  SessionContext* context;  // used at home only
  proxy::ClientRequest request;
  RequestTagPtr tag;     // of what is answered later
  ByteShare body_share;  // of what the request brought
  WaitingRoom::Place place;
  proxy::Answer answer;
};

std::shared_ptr<EngineCall> make_call(SessionContext& context, std::shared_ptr<Session> session) {
  auto call = std::make_shared<EngineCall>();
  call->home = context.loop;
  call->session = std::move(session);
  call->context = &context;
  return call;
}

asio::awaitable<void> serve(proxy::Proxy* proxy, std::shared_ptr<EngineCall> call) {
  call->place.started(std::chrono::steady_clock::now());
  auto answer = co_await proxy->serve(std::move(call->request));
  call->answer = std::move(answer);
}

asio::awaitable<void> serve_later(routing::Work work, std::shared_ptr<EngineCall> call) {
  call->place.started(std::chrono::steady_clock::now());
  auto answer = co_await work(call->tag);
  call->answer = std::move(answer);
}

void fail_call(EngineCall& call, const std::exception_ptr& failure) {
  call.context->connections.engine_failures.fetch_add(1, std::memory_order_relaxed);
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    call.context->log.error("request_failed", {{"error", e.what()}});
  } catch (...) {
    call.context->log.error("request_failed", {{"error", "unknown exception"}});
  }
  routing::fill_problem(call.answer, 500);
}

struct DeliverAnswer {
  std::shared_ptr<EngineCall> call;

  void operator()(std::exception_ptr failure) {
    // Not through the call: what waits in a loop must not keep that loop.
    const auto home = std::move(call->home);
    asio::post(*home, [call = std::move(call), failure = std::move(failure)] {
      if (failure) fail_call(*call, failure);
      call->place.leave();  // what the client asked for behind this one may take it
      call->session->deliver(std::move(call->answer));
    });
  }
};

}  // namespace

void ask_proxy(SessionContext& context,
               std::shared_ptr<Session> session,
               proxy::ClientRequest request,
               ByteShare body_share,
               WaitingRoom::Place place) {
  auto call = make_call(context, std::move(session));
  call->request = std::move(request);
  call->body_share = std::move(body_share);
  call->place = std::move(place);
  auto task = serve(&context.router.proxy(), call);
  asio::co_spawn(context.engine, std::move(task), DeliverAnswer{std::move(call)});
}

void ask_later(SessionContext& context,
               std::shared_ptr<Session> session,
               routing::Work work,
               RequestTagPtr tag,
               ByteShare body_share,
               WaitingRoom::Place place) {
  auto call = make_call(context, std::move(session));
  call->tag = std::move(tag);
  call->body_share = std::move(body_share);
  call->place = std::move(place);
  auto task = serve_later(std::move(work), call);
  asio::co_spawn(context.engine, std::move(task), DeliverAnswer{std::move(call)});
}

}  // namespace quotecached::http
