// Claims of two daemons on one real Redis.
#include "cache/claims.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "support/redis_server.hpp"

using namespace std::chrono_literals;
using namespace quotecached;

namespace {

// Runs one coroutine to the end; its own loop would outlive what the claims hold otherwise.
void run(boost::asio::io_context& loop, boost::asio::awaitable<void> task) {
  std::exception_ptr failure;
  bool is_done = false;
  boost::asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& e) {
    failure = e;
    is_done = true;
  });
  loop.restart();
  while (!is_done && loop.run_one_for(10s) > 0) {
  }
  REQUIRE(is_done);
  if (failure) std::rethrow_exception(failure);
}

std::unique_ptr<cache::Claims> claims_on(boost::asio::io_context& loop,
                                         const std::string& url,
                                         std::chrono::milliseconds life = 20s) {
  cache::Claims::Options options;
  options.url = url;
  options.timeout = 1s;
  options.life = life;
  auto claims = cache::Claims::make(loop.get_executor(), std::move(options));
  REQUIRE(claims);
  return std::move(*claims);
}

using Keys = std::vector<std::string>;
using Ours = std::vector<bool>;

boost::asio::awaitable<void> claim(cache::Claims* claims, Keys keys, Ours* ours) {
  *ours = co_await claims->claim(std::move(keys));
}

boost::asio::awaitable<void> settle(cache::Claims* claims, Keys keys, bool went_well) {
  co_await claims->release(std::move(keys), went_well);
}

}  // namespace

TEST_SUITE("cache::Claims") {
  TEST_CASE("of two daemons one gets each key, and the other after a failure") {
    test::RedisServer redis;
    boost::asio::io_context loop;
    const auto first = claims_on(loop, redis.url());
    const auto second = claims_on(loop, redis.url());
    Ours ours;
    run(loop, claim(first.get(), {"a", "b"}, &ours));
    CHECK(ours == Ours{true, true});
    run(loop, claim(second.get(), {"b", "c"}, &ours));
    CHECK(ours == Ours{false, true});

    SUBCASE("a fetch that failed gives the other its turn at once") {
      run(loop, settle(first.get(), {"a", "b"}, false));
      run(loop, claim(second.get(), {"b"}, &ours));
      CHECK(ours == Ours{true});
    }
    SUBCASE("one that went well keeps it until its copies are written") {
      run(loop, settle(first.get(), {"b"}, true));
      run(loop, claim(second.get(), {"b"}, &ours));
      CHECK(ours == Ours{false});
      const auto left =
          std::stoi(redis.run({"PTTL", redis.run({"KEYS", "qc1-claim:*"}).substr(0, 42)}));
      CHECK(left <= 20000);
    }
    SUBCASE("one's own claim is no obstacle") {
      run(loop, settle(first.get(), {"b"}, true));
      run(loop, claim(first.get(), {"b"}, &ours));
      CHECK(ours == Ours{true});
    }
    SUBCASE("nobody ends another's claim") {
      run(loop, settle(second.get(), {"a"}, false));
      run(loop, claim(second.get(), {"a"}, &ours));
      CHECK(ours == Ours{false});
    }
  }

  TEST_CASE("a claim ends by itself") {
    test::RedisServer redis;
    boost::asio::io_context loop;
    const auto first = claims_on(loop, redis.url(), 50ms);
    const auto second = claims_on(loop, redis.url());
    Ours ours;
    run(loop, claim(first.get(), {"a"}, &ours));
    REQUIRE(ours == Ours{true});
    CHECK(test::wait_until([&] {
      run(loop, claim(second.get(), {"a"}, &ours));
      return ours == Ours{true};
    }));
  }

  TEST_CASE("without Redis everyone fetches for himself, and does not wait for it again") {
    test::RedisServer redis;
    boost::asio::io_context loop;
    const auto claims = claims_on(loop, redis.url());
    redis.kill9();
    Ours ours;
    run(loop, claim(claims.get(), {"a"}, &ours));
    CHECK(ours == Ours{true});
    redis.start();
    CHECK(test::wait_until([&] {
      run(loop, claim(claims.get(), {"a"}, &ours));
      return !redis.run({"KEYS", "qc1-claim:*"}).empty();
    }));
  }
}
