// Refill and what its clients may spend: every attempt is held and borne by those it is made for.
#include <doctest/doctest.h>

#include "base/request_tag.hpp"
#include "refill_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using test::Bed;
using test::good;
using test::kQuotes;
using test::Reply;

namespace {

std::int64_t spent_today(Bed& bed, const std::string& client) {
  for (const auto& use : bed.clients.uses()) {
    if (use.client == client)
      return use.uses[static_cast<std::size_t>(ledger::WindowKind::Day)].spent;
  }
  return -1;
}

// May have been billed, and is worth another attempt.
Reply lost(const std::string& /*target*/) { return {.http_status = 504, .body = ""}; }

Refill::Options quick() {
  Refill::Options options;
  options.caller.retry_delay = 1ms;
  return options;
}

// Knows the ids of up to three digits.
Reply answer_by_short_ids(const std::string& target) {
  std::string body(test::kGood);
  for (const auto& id : test::ids_of(target)) {
    if (id.size() > 3) continue;
    if (body.back() == '}') body += ',';
    body += test::quote_of(id, id);
  }
  return Reply{.body = body + "}}"};
}

}  // namespace

TEST_SUITE("refill::Refill clients") {
  TEST_CASE("a token's budget holds for attempts after the first") {
    for (const std::int64_t cap : {1, 2}) {
      CAPTURE(cap);
      Bed bed(lost, quick(), nullptr, test::unrecorded(), {{"a", {{cap}, {}}}});
      const auto wanted = bed.want(kQuotes + "1", "a");
      bed.settle(wanted);
      CHECK(wanted.front()->failure->http_status == 502);
      CHECK(static_cast<std::int64_t>(bed.upstream.calls().size()) == cap);
      CHECK(spent_today(bed, "a") == cap);
      CHECK(bed.book.totals().credits == cap);
      CHECK(wanted.front()->cost.count == cap);
    }
  }

  TEST_CASE("riders bear their part of a call, in sum what it cost") {
    const auto script = [](const std::string& target) {
      Reply reply = good(target);
      const std::string one = R"("credit_count":1)";
      reply.body.replace(reply.body.find(one), one.size(), R"("credit_count":4)");
      return reply;
    };
    Bed bed(script, quick(), nullptr, test::unrecorded(), {{"a", {{9}, {}}}, {"b", {{9}, {}}}});
    auto first = bed.want(kQuotes + "1", "a");
    auto rider = bed.want(kQuotes + "2,3,4", "b");
    bed.settle(first);
    bed.settle(rider);
    CHECK(bed.upstream.calls().size() == 1);
    CHECK(spent_today(bed, "a") == 1);
    CHECK(spent_today(bed, "b") == 3);
    CHECK(first.front()->cost.count == 1);
    CHECK(rider.front()->cost.count == 3);
  }

  TEST_CASE("whose budget is spent does not keep a shared call from its next attempt") {
    int calls = 0;
    const auto script = [&calls](const std::string& target) {
      return ++calls == 1 ? lost(target) : good(target);
    };
    Bed bed(script, quick(), nullptr, test::unrecorded(), {{"poor", {{1}, {}}}});
    const auto poor = bed.want(kQuotes + "1", "poor");
    const auto rich = bed.want(kQuotes + "2", "rich");
    bed.settle(poor);
    bed.settle(rich);
    CHECK(rich.front()->entry);
    CHECK(poor.front()->entry);  // it rides along
    CHECK(spent_today(bed, "poor") == 1);
    CHECK(rich.front()->cost.count == 1);
  }

  TEST_CASE("a client's spent budget says nothing of the lane") {
    Bed bed(good, quick(), nullptr, test::unrecorded(), {{"poor", {{1}, {}}}});
    bed.settle(bed.want(kQuotes + "1", "poor"));
    const auto refused = bed.want(kQuotes + "2", "poor", true);
    bed.settle(refused);
    REQUIRE(refused.front()->failure);
    CHECK(refused.front()->failure->http_status == 429);
    const auto other = bed.want(kQuotes + "3", "rich", true);
    bed.settle(other);
    CHECK(other.front()->entry);
  }

  TEST_CASE("a flood of names that nobody knows is paid for once a window, a real coin is served") {
    // Ids of 1000 and more are not known; one of the others is real.
    auto options = quick();
    options.junk = {.free_names = 10, .half_life = 1h, .widest = 400ms};
    Bed bed(answer_by_short_ids, options);
    bed.settle(bed.want(kQuotes + "1", "good"));
    const auto began = std::chrono::steady_clock::now();
    std::vector<PendingPtr> junk;
    for (int i = 0; i < 200; ++i) {
      auto one = bed.want(kQuotes + std::to_string(1000 + i), "bad");
      if (i < 20) bed.settle(one);  // each by itself, as long as that is so
      junk.insert(junk.end(), one.begin(), one.end());
    }
    const auto fresh = bed.want(kQuotes + "77", "bad");  // a real one that nobody knew
    bed.settle(fresh);
    CHECK(fresh.front()->entry);
    CHECK_FALSE(fresh.front()->entry->is_negative);
    bed.settle(junk);
    for (const auto& one : junk) CHECK(one->entry);
    const auto took = std::chrono::steady_clock::now() - began;
    // 10 are free, then a window for each 10 more, at most as many as time has passed.
    CHECK(bed.upstream.calls().size() < 30);
    CHECK(took > 0s);
    const auto other = bed.want(kQuotes + "78", "good");
    bed.settle(other);
    CHECK(other.front()->entry);
  }

  TEST_CASE("in open mode a real coin does not wait behind the dead names of others") {
    auto options = quick();
    options.junk = {.free_names = 10, .half_life = 1h, .widest = 700ms, .longest_wait = 800ms};
    Bed bed(answer_by_short_ids, options);
    const auto dead = [](int from, int count) {
      std::string target = kQuotes;
      for (int i = from; i < from + count; ++i)
        target += (i == from ? "" : ",") + std::to_string(i);
      return target;
    };
    bed.settle(bed.want(dead(1000, 100)));  // from here on the gate is as narrow as it gets
    const auto calls = bed.upstream.calls().size();
    const std::int64_t credits = bed.book.totals().credits;
    const auto began = std::chrono::steady_clock::now();
    // Asks of 900 names each, in the lanes of three currencies, and one of a name that is real.
    std::vector<PendingPtr> junk;
    for (const std::string convert : {"USD", "EUR", "GBP"}) {
      for (auto& one : bed.want(dead(2000, 900) + "&convert=" + convert)) junk.push_back(one);
    }
    const auto real = bed.want(kQuotes + "77");
    bed.settle(real);
    const auto took = std::chrono::steady_clock::now() - began;
    CHECK(took < 3 * 700ms);
    REQUIRE(real.front()->entry);
    CHECK_FALSE(real.front()->entry->is_negative);
    bed.settle(junk);
    const auto windows = (std::chrono::steady_clock::now() - began) / 700ms + 1;
    MESSAGE("2,700 dead names: ",
            bed.upstream.calls().size() - calls,
            " calls, ",
            bed.book.totals().credits - credits,
            " credits, the real coin after ",
            took / 1ms,
            " ms");
    // One call a window, for whoever asks.
    CHECK(static_cast<std::int64_t>(bed.upstream.calls().size() - calls) <= windows);
    CHECK(bed.book.totals().credits - credits <= windows);
    for (const auto& one : junk) CHECK((one->entry || one->failure->http_status == 503));
  }

  TEST_CASE("names that wait ride along with a call of their lane") {
    auto options = quick();
    options.junk = {.free_names = 2, .half_life = 1h, .widest = 1h, .longest_wait = 1h};
    Bed bed(answer_by_short_ids, options);
    for (const int id : {1, 1000, 1001, 1002, 1003}) {
      auto one = bed.want(kQuotes + std::to_string(id), "bad");
      if (id < 1003) bed.settle(one);
    }
    const auto calls = bed.upstream.calls().size();
    const auto waiting = bed.want(kQuotes + "77", "bad");
    bed.loop.poll();
    CHECK_FALSE(waiting.front()->resolved.is_set());
    CHECK(waiting.front()->waits);                // for its request to follow
    bed.settle(bed.want(kQuotes + "1", "good"));  // a copy of it is not looked for here
    bed.settle(waiting);
    CHECK(waiting.front()->entry);
    CHECK(bed.upstream.calls().size() == calls + 1);
  }

  TEST_CASE("each attempt of a call goes on with the trace of the request that caused it") {
    const std::string trace(32, 'a');
    int asked = 0;
    Bed bed(
        [&asked](const std::string& target) { return ++asked == 1 ? lost(target) : good(target); },
        quick());
    const auto tag_of = [](std::string id, std::string trace_id) {
      return std::make_shared<const RequestTag>(
          RequestTag{std::move(id), TraceParent{std::move(trace_id), true}});
    };
    bed.tag = tag_of("r-1", trace);
    auto wanted = bed.want(kQuotes + "1");
    bed.tag = tag_of("r-2", std::string(32, 'b'));
    for (auto& one : bed.want(kQuotes + "1,2")) wanted.push_back(std::move(one));
    bed.settle(wanted);
    REQUIRE(bed.upstream.heads().size() == 2);
    std::vector<std::string> parents;
    for (const auto& head : bed.upstream.heads()) {
      CAPTURE(head);
      const auto at = head.find("traceparent: 00-" + trace + "-");
      REQUIRE(at != std::string::npos);
      parents.push_back(head.substr(at + 13, 55));
      CHECK(parse_traceparent(parents.back()) == TraceParent{trace, true});
    }
    CHECK(parents[0] != parents[1]);
    bed.tag = nullptr;
    bed.settle(bed.want(kQuotes + "3"));
    CHECK(bed.upstream.heads().back().find("traceparent") == std::string::npos);
  }
}
