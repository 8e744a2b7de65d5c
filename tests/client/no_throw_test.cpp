// The core throws nothing: every throw of this program is counted while it is used.
#include <atomic>
#include <typeinfo>

#include <dlfcn.h>
#include <doctest/doctest.h>

#include "client/answering_server.hpp"
#include "quotecache/client.hpp"

namespace {

std::atomic<int>& thrown() {
  static std::atomic<int> count{0};
  return count;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the compiler's name
extern "C" [[noreturn]] void __cxa_throw(void* object, void* type, void (*destroy)(void*)) {
  using Throw = void (*)(void*, void*, void (*)(void*));
  ++thrown();
  const auto real = reinterpret_cast<Throw>(::dlsym(RTLD_NEXT, "__cxa_throw"));
  real(object, type, destroy);
  __builtin_unreachable();
}

namespace quotecache::test {

TEST_SUITE("client::Client") {
  TEST_CASE("nothing is thrown, whatever the daemon says") {
    const int before = thrown();
    try {
      throw 1;
    } catch (int) {
    }
    REQUIRE(thrown() == before + 1);  // it does count
    const std::vector<Reply> replies{{200, "<html>"},
                                     {200, "{\"quotes\":[{\"id\":\"x\"}]}"},
                                     {200, "", "", true},
                                     {400, "{\"code\":\"invalid\"}"},
                                     {401, "[1,"},
                                     {429, "{}", "Retry-After: soon\r\n"},
                                     {503, "{}", "Retry-After: 99999999999999999999\r\n"}};
    for (const auto& reply : replies) {
      const AnsweringServer server([&](const std::string&) { return reply; });
      ClientOptions options;
      options.servers = {server.address(), "unix:/nonexistent/socket"};
      options.shortest_pause = std::chrono::milliseconds(1);
      const int at_first = thrown();
      {
        const auto client = Client::make(options);
        std::atomic<int> states{0};
        StreamHandler handler{[](const Quote&) {}};
        handler.on_state = [&](const StreamState&) { ++states; };
        const auto subscription = client->subscribe({{Asset::id(1)}}, handler);
        CHECK_FALSE(client->quote(Asset::symbol("A,B")));
        CHECK_FALSE(client->quote(Asset::id(1)));
        CHECK_FALSE(client->async_quotes({{Asset::id(1)}}).get());
        (void)client->raw("/x");
        (void)client->raw("x");
        CHECK_FALSE(client->admin()->credits());
        CHECK_FALSE(client->admin(7));
        while (states == 0) std::this_thread::yield();
      }
      CHECK(thrown() == at_first);
    }
    ClientOptions wrong;
    wrong.servers = {"http://[::1", ""};
    CHECK_FALSE(Client::make(wrong));
  }
}

}  // namespace quotecache::test
