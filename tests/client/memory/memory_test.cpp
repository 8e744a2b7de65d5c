// Every call where memory ends, at every place where it may end: an Error or the answer, nothing
// thrown, nobody left waiting, and the client goes on.
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include <doctest/doctest.h>

#include "client/memory/answering_process.hpp"
#include "client/memory/failing_memory.hpp"
#include "quotecache/client.hpp"

namespace quotecache::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr long kMostAllocations = 20'000;  // of one call

// Begun before there are threads, and used by all tests.
AnsweringProcess& server() {
  static AnsweringProcess process;
  return process;
}

ClientOptions options_of_test() {
  ClientOptions options;
  options.servers = {server().address(), server().address()};  // a stream goes to the other at once
  options.timeout = seconds(60);
  options.attempt_timeout = seconds(60);
  options.retries = 0;
  options.shortest_pause = milliseconds(1);
  return options;
}

Client make_client() {
  auto client = Client::make(options_of_test());
  REQUIRE(client);
  return *std::move(client);
}

Ask one_asset() { return {{Asset::slug("a-slug-that-is-rather-long")}}; }

Ask held_asset() { return {{Asset::slug("held")}}; }

// Goes in two requests.
Ask cut_ask() {
  Ask ask = one_asset();
  ask.converts.clear();
  for (int at = 0; at < 130; ++at) ask.converts.push_back("X" + std::to_string(at));
  return ask;
}

enum class End { Good, OutOfMemory, Other };

End end_of(const Error& error) {
  const bool is_memory = error.code == ErrorCode::Unavailable && error.message == "out of memory";
  return is_memory ? End::OutOfMemory : End::Other;
}

template <class T>
End end_of(const Result<T>& result) {
  return result ? End::Good : end_of(result.error());
}

// Of a call that is ready to be made.
using Call = std::function<End()>;
using MakeCall = std::function<Call(Client&)>;

// The call with the first allocation failing, then with the second, ... until none is left to fail.
void fail_each(const char* name, const MakeCall& make, bool stays_short, End wanted = End::Good) {
  CAPTURE(name);
  CAPTURE(stays_short);
  Client client = make_client();
  for (long nth = 1;; ++nth) {
    CAPTURE(nth);
    REQUIRE(nth < kMostAllocations);
    const Call call = make(client);
    FailingMemory memory(nth, stays_short);
    const End end = call();
    const bool has_failed = memory.end();
    if (!has_failed) {
      CHECK(end == wanted);
      CHECK(nth > 1);  // it does count
      return;
    }
    REQUIRE((end == wanted || end == End::OutOfMemory));
    REQUIRE(client.quote(Asset::id(1)));
  }
}

void fail_each(const char* name, const MakeCall& make, End wanted = End::Good) {
  fail_each(name, make, false, wanted);
  fail_each(name, make, true, wanted);
}

// An asynchronous call by callback, waited for.
End end_of_async(const Client& client, Ask&& ask, std::atomic<int>& ended) {
  std::function<void(Result<Quotes>)> callback = [&ended](Result<Quotes> result) {
    ended = result ? 1 : end_of(result.error()) == End::OutOfMemory ? 2 : 3;
  };
  client.async_quotes(std::move(ask), std::move(callback));
  while (ended == 0) std::this_thread::yield();
  return ended == 1 ? End::Good : ended == 2 ? End::OutOfMemory : End::Other;
}

// A subscription that lives until it told something, or ended for want of memory.
End end_of_subscription(const Client& client, Ask&& ask, std::atomic<int>& told) {
  StreamHandler handler;
  handler.on_quote = [&told](const Quote&) { told = 1; };
  handler.on_gone = [](const Gone&) {};
  handler.on_lists = [](const auto&, const auto&) {};
  handler.on_state = [&told](const StreamState& state) {
    if (state.kind == StreamState::Kind::Ended && told == 0)
      told = end_of(state.error) == End::OutOfMemory ? 2 : 3;
  };
  const auto subscription = client.subscribe(std::move(ask), std::move(handler));
  if (!subscription) return end_of(subscription.error());
  while (told == 0) std::this_thread::yield();
  return told == 1 ? End::Good : told == 2 ? End::OutOfMemory : End::Other;
}

}  // namespace

TEST_SUITE("client::Client") {
  TEST_CASE("memory that ends in a call that blocks makes it fail, and nothing else") {
    fail_each("make", [](Client&) -> Call {
      return [options = options_of_test()] { return end_of(Client::make(options)); };
    });
    fail_each("quote", [](Client& client) -> Call {
      return [&, asset = Asset::slug("a-slug-that-is-rather-long")] {
        return end_of(client.quote(asset, "A-CURRENCY-THAT-IS-LONG"));
      };
    });
    fail_each("quotes", [](Client& client) -> Call {
      return [&, ask = one_asset()] { return end_of(client.quotes(ask)); };
    });
    fail_each("quotes of a span", [](Client& client) -> Call {
      return [&, ask = one_asset()] { return end_of(client.quotes(ask.assets, ask.converts)); };
    });
    fail_each("raw", [](Client& client) -> Call {
      return [&, path = std::string("/quotes?a=1")] { return end_of(client.raw(path)); };
    });
    fail_each(
        "raw, refused",
        [](Client& client) -> Call {
          return [&, path = std::string("/nothing-that-there-is")] {
            return end_of(client.raw(path));
          };
        },
        End::Other);
    fail_each("admin",
              [](Client& client) -> Call { return [&] { return end_of(client.admin()); }; });
  }

  TEST_CASE("memory that ends where an ask is cut, on any thread") {
    const MakeCall make = [](Client& client) -> Call {
      return [&, ask = cut_ask()] { return end_of(client.quotes(ask)); };
    };
    fail_each("cut ask", make);
  }

  TEST_CASE("memory that ends in an asynchronous call: its callback is called all the same") {
    for (const bool is_cut : {false, true}) {
      fail_each("callback", [is_cut](Client& client) -> Call {
        auto ask = std::make_shared<Ask>(is_cut ? cut_ask() : one_asset());
        auto ended = std::make_shared<std::atomic<int>>(0);
        return [&client, ask, ended] { return end_of_async(client, std::move(*ask), *ended); };
      });
      fail_each("future", [is_cut](Client& client) -> Call {
        auto ask = std::make_shared<Ask>(is_cut ? cut_ask() : one_asset());
        return [&client, ask] {
          auto future = client.async_quotes(std::move(*ask));
          return future.valid() ? end_of(future.get()) : End::OutOfMemory;
        };
      });
    }
  }

  TEST_CASE("memory that ends in a subscription: it comes back, or says that it ended") {
    fail_each("subscribe", [](Client& client) -> Call {
      auto ask = std::make_shared<Ask>(one_asset());
      auto told = std::make_shared<std::atomic<int>>(0);
      return [&client, ask, told] { return end_of_subscription(client, std::move(*ask), *told); };
    });
  }

  TEST_CASE("a request whose lead has no memory is complete for all who joined it") {
    for (const bool is_async : {false, true}) {
      CAPTURE(is_async);
      const Client client = make_client();
      for (long nth = 1, has_failed = 1; has_failed != 0; ++nth) {
        CAPTURE(nth);
        REQUIRE(nth < kMostAllocations);
        server().set_holding(true);
        const int held = server().held();
        std::atomic<bool> is_lead_back{false};
        std::atomic<int> begun{0};
        std::atomic<int> well{0};
        const auto follow = [&] {
          const SparedThread spared;
          while (server().held() == held && !is_lead_back) std::this_thread::yield();
          ++begun;
          const auto end = end_of(client.quotes(held_asset()));
          well += end != End::Other ? 1 : 0;
        };
        std::thread follower(follow);
        std::thread opener([&] {
          const SparedThread spared;
          while (begun == 0) std::this_thread::yield();
          server().set_holding(false);
        });
        Ask ask = held_asset();
        std::atomic<int> ended{0};
        FailingMemory memory(nth);
        const auto end =
            is_async ? end_of_async(client, std::move(ask), ended) : end_of(client.quotes(ask));
        is_lead_back = true;
        follower.join();
        opener.join();
        has_failed = memory.end() ? 1 : 0;
        CHECK(end != End::Other);
        CHECK(well == 1);
      }
    }
  }
}

TEST_SUITE("client::AdminClient") {
  TEST_CASE("memory that ends in an operator's call makes it fail, and nothing else") {
    const auto each = [](const char* name, auto call, End wanted) {
      fail_each(
          name,
          [&call](Client& client) -> Call {
            auto admin = client.admin();
            REQUIRE(admin);
            auto shared = std::make_shared<AdminClient>(*std::move(admin));
            return [shared, &call] { return end_of(call(*shared)); };
          },
          wanted);
    };
    const std::string name = "a name that is long enough";
    WarmOrder warm;
    warm.assets = {"1", "2"};
    PurgeOrder purge;
    purge.assets = {name};
    ExplainQuery explain;
    explain.asset = name;
    each("credits", [](auto& admin) { return admin.credits(); }, End::Good);
    each("report", [](auto& admin) { return admin.report({}); }, End::Good);
    each("calls", [](auto& admin) { return admin.calls({}); }, End::Good);
    each("alerts", [](auto& admin) { return admin.alerts({}); }, End::Good);
    each("warm", [&](auto& admin) { return admin.warm(warm); }, End::Other);
    each("warm_runs", [](auto& admin) { return admin.warm_runs(); }, End::Other);
    each("purge", [&](auto& admin) { return admin.purge(purge); }, End::Other);
    each("stats", [](auto& admin) { return admin.stats(); }, End::Other);
    each("explain", [&](auto& admin) { return admin.explain(explain); }, End::Other);
    each(
        "set_spend_mode",
        [](auto& admin) { return admin.set_spend_mode(SpendMode::Normal, seconds(60)); },
        End::Other);
  }
}

}  // namespace quotecache::test
