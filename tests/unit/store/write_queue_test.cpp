// Which jobs wait, which are refused, and which a transaction gets.
#include "store/write_queue.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::store;

namespace {

const auto kNow = WriteQueue::Time{};  // it does not wait

struct Desk {
  explicit Desk(const Writer::Options& options = {}) : queue(options) {}

  WriteQueue queue;
  std::string ran;

  [[nodiscard]] QueuedJob job(const std::string& name, Bytes weight = {}) {
    return {{}, [this, name](Result<void>) { ran += name + " "; }, weight};
  }
  // The names of the jobs of the next transaction.
  std::string next() {
    std::vector<QueuedJob> group;
    ran.clear();
    if (!queue.take(group, kNow)) return "ended";
    for (const auto& one : group) one.done({});
    return ran;
  }
};

}  // namespace

TEST_SUITE("store::WriteQueue") {
  TEST_CASE("urgent jobs go first, in transactions of their own") {
    Desk desk;
    CHECK(desk.queue.push(desk.job("a")));
    CHECK(desk.queue.push_urgent(desk.job("u")));
    CHECK(desk.queue.push(desk.job("b")));
    CHECK(desk.queue.push_urgent(desk.job("v")));
    CHECK(desk.queue.stats().jobs == 4);
    CHECK(desk.next() == "u v ");
    CHECK(desk.next() == "a b ");
    CHECK(desk.next().empty());
  }

  TEST_CASE("ordinary jobs have their turn after sixteen urgent ones in a row") {
    Writer::Options options;
    options.max_group = 1;
    Desk desk(options);
    CHECK(desk.queue.push(desk.job("a")));
    std::string order;
    for (int i = 0; i < 18; ++i) {
      CHECK(desk.queue.push_urgent(desk.job("u")));
      order += desk.next();
    }
    std::string expected;
    for (int i = 0; i < 16; ++i) expected += "u ";
    CHECK(order == expected + "a u ");
  }

  TEST_CASE("each lane has its bound") {
    Writer::Options options;
    options.max_queued_jobs = 2;
    options.max_queued_urgent = 1;
    options.max_queued_bytes = Bytes{100};
    Desk desk(options);
    CHECK(desk.queue.push(desk.job("heavier than all", Bytes{500})));
    CHECK_FALSE(desk.queue.push(desk.job("light", Bytes{1})));
    CHECK(desk.next() == "heavier than all ");
    CHECK(desk.queue.stats().bytes.count == 0);
    CHECK(desk.queue.push(desk.job("a", Bytes{60})));
    CHECK_FALSE(desk.queue.push(desk.job("b", Bytes{60})));
    CHECK(desk.queue.push(desk.job("c", Bytes{40})));
    CHECK_FALSE(desk.queue.push(desk.job("d")));
    CHECK(desk.queue.push_urgent(desk.job("u")));
    CHECK_FALSE(desk.queue.push_urgent(desk.job("v")));
    CHECK(desk.queue.stats().bytes.count == 100);
    CHECK(desk.queue.stats().refused == 4);
  }

  TEST_CASE("what waits at the end is still given out, and nothing is taken in") {
    Desk desk;
    CHECK(desk.queue.push(desk.job("a")));
    desk.queue.end();
    CHECK(desk.queue.has_ended());
    CHECK_FALSE(desk.queue.push(desk.job("b")));
    CHECK_FALSE(desk.queue.push_urgent(desk.job("u")));
    CHECK(desk.next() == "a ");
    CHECK(desk.next() == "ended");
  }

  TEST_CASE("all that wait can be taken at once, urgent ones first") {
    Desk desk;
    CHECK(desk.queue.push(desk.job("a", Bytes{7})));
    CHECK(desk.queue.push_urgent(desk.job("u")));
    for (const auto& one : desk.queue.take_all()) one.done({});
    CHECK(desk.ran == "u a ");
    CHECK(desk.queue.stats().jobs == 0);
    CHECK(desk.queue.stats().bytes.count == 0);
  }
}
