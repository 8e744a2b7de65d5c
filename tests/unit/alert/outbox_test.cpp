#include "alert/outbox.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include "alert/notifier.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::alert;

namespace {

// Fails as often as it is told to, and records what it was asked to deliver.
class FakeSink final : public Sink {
 public:
  struct Record {
    std::vector<std::string> tries;
    std::vector<std::chrono::steady_clock::time_point> at;
    int failures = 0;  // to come
    int throws = 0;
    std::chrono::milliseconds takes{0};
  };
  explicit FakeSink(Record& record) : record_(record) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "fake"; }

  asio::awaitable<Result<void>> deliver(std::shared_ptr<const Message> message) override {
    record_.tries.push_back(message->id);
    record_.at.push_back(std::chrono::steady_clock::now());
    if (record_.takes > 0ms) {
      asio::steady_timer timer(co_await asio::this_coro::executor, record_.takes);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (record_.throws-- > 0) throw std::runtime_error("bug");
    if (record_.failures-- > 0) co_return fail(ErrorCode::Unavailable, "down");
    co_return Result<void>();
  }

 private:
  Record& record_;
};

struct Bed {
  explicit Bed(Outbox::Options options)
      : tasks(loop.get_executor(), Log()),
        outbox(std::make_unique<FakeSink>(record), options, tasks, Log()) {}

  void put(std::string id) {
    Message message;
    message.id = std::move(id);
    outbox.put(std::make_shared<const Message>(std::move(message)));
  }
  // Until all is delivered or given up.
  void run() {
    loop.restart();
    loop.run_for(10s);
    REQUIRE(loop.stopped());
  }

  asio::io_context loop;
  FakeSink::Record record;
  io::TaskGroup tasks;
  Outbox outbox;
};

Outbox::Options quick() {
  Outbox::Options options;
  options.first_pause = 1ms;
  options.last_pause = 4ms;
  return options;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_SUITE("alert::Outbox") {
  TEST_CASE("messages are delivered in order, once each") {
    Bed bed(quick());
    bed.put("a");
    bed.put("b");
    CHECK(bed.record.tries.empty());  // put() does not deliver by itself
    bed.run();
    bed.put("c");
    bed.run();
    CHECK(bed.record.tries == Ids{"a", "b", "c"});
    CHECK(bed.outbox.counts().sent == 3);
    CHECK(bed.outbox.counts().queued == 0);
  }

  TEST_CASE("a failed message is tried again before the next, and nothing is lost") {
    Bed bed(quick());
    bed.record.failures = 3;
    bed.put("a");
    bed.put("b");
    bed.run();
    CHECK(bed.record.tries == Ids{"a", "a", "a", "a", "b"});
    CHECK(bed.outbox.counts().failed == 3);
    CHECK(bed.outbox.counts().sent == 2);
    CHECK(bed.outbox.counts().dropped == 0);
  }

  TEST_CASE("pauses double up to the last") {
    Outbox::Options options;
    options.first_pause = 20ms;
    options.last_pause = 50ms;
    Bed bed(options);
    bed.record.failures = 4;
    bed.put("a");
    bed.run();
    const auto& at = bed.record.at;
    REQUIRE(at.size() == 5);
    CHECK(at[1] - at[0] >= 20ms);
    CHECK(at[2] - at[1] >= 40ms);
    CHECK(at[3] - at[2] >= 50ms);
    CHECK(at[4] - at[3] >= 50ms);
  }

  TEST_CASE("what fails too often makes room for the next") {
    Outbox::Options options = quick();
    options.max_tries = 3;
    Bed bed(options);
    bed.record.failures = 3;
    bed.put("a");
    bed.put("b");
    bed.run();
    CHECK(bed.record.tries == Ids{"a", "a", "a", "b"});
    CHECK(bed.outbox.counts().dropped == 1);
    CHECK(bed.outbox.counts().sent == 1);
  }

  TEST_CASE("a command is tried once") {
    Bed bed(once(quick()));
    bed.record.failures = 1;
    bed.put("a");
    bed.run();
    CHECK(bed.record.tries == Ids{"a"});
    CHECK(bed.outbox.counts().dropped == 1);
  }

  TEST_CASE("a full queue drops the oldest that waits") {
    Outbox::Options options = quick();
    options.max_queued = 3;
    Bed bed(options);
    bed.record.takes = 5ms;
    for (const char* id : {"a", "b", "c", "d", "e"}) bed.put(id);
    CHECK(bed.outbox.counts().queued == 3);
    CHECK(bed.outbox.counts().dropped == 2);
    bed.run();
    CHECK(bed.record.tries == Ids{"a", "d", "e"});
  }

  TEST_CASE("a sink that throws is used again for the next message") {
    Bed bed(quick());
    bed.record.throws = 1;
    bed.put("a");
    bed.run();
    CHECK(bed.tasks.failed() == 1);
    bed.put("b");
    bed.run();
    CHECK(bed.record.tries == Ids{"a", "a", "b"});
  }
}
