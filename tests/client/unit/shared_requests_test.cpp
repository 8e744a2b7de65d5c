#include "src/shared_requests.hpp"

#include <chrono>
#include <future>

#include <doctest/doctest.h>

namespace quotecache::test {
namespace {

SteadyTime in_a_while() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

}  // namespace

TEST_SUITE("client::SharedRequests") {
  TEST_CASE("the first of a key leads, all others get what it got") {
    SharedRequests requests;
    auto first = requests.join("a");
    REQUIRE(first.lead);
    CHECK(requests.join("b").lead);
    const auto second = requests.join("a");
    REQUIRE_FALSE(second.lead);
    CHECK(SharedRequests::wait(*second.request, {}).error().code == ErrorCode::Timeout);
    auto waiting = std::async(std::launch::async,
                              [&] { return SharedRequests::wait(*second.request, in_a_while()); });
    first.lead->complete(Error{ErrorCode::RateLimited, "why"});
    CHECK(waiting.get().error().code == ErrorCode::RateLimited);
    CHECK(SharedRequests::outcome(*second.request).error().message == "why");
    CHECK(requests.join("a").lead);  // nobody joins what is complete
  }

  TEST_CASE("a lead that ends without an answer completes the request all the same") {
    SharedRequests requests;
    std::shared_ptr<SharedRequests::Request> request;
    {
      const auto first = requests.join("a");
      request = requests.join("a").request;
    }
    const auto outcome = SharedRequests::wait(*request, in_a_while());
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().message == "out of memory");
    CHECK(requests.join("a").lead);
  }

  TEST_CASE("a task is posted when the request is complete, or at once if it is") {
    auto loop = Loop::make(1);
    REQUIRE(loop);
    SharedRequests requests;
    auto first = requests.join("a");
    const auto request = requests.join("a").request;
    for (const bool is_before : {true, false}) {
      std::promise<bool> done;
      Loop::Tasks task(1, [&] { done.set_value(Loop::is_on_any()); });
      SharedRequests::when_complete(*request, **loop, std::move(task));
      if (is_before) first.lead->complete(Quotes{});
      CHECK(done.get_future().get());
    }
  }
}

}  // namespace quotecache::test
