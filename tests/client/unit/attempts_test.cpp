// Which daemon is asked, when, and how often again.
#include "src/attempts.hpp"

#include <doctest/doctest.h>

#include "src/stream_rows.hpp"

namespace quotecache::test {
namespace {

using Kind = Attempts::Step::Kind;
using std::chrono::seconds;

constexpr double kHalf = 0.5;

struct Bed {
  explicit Bed(std::size_t count) : daemons(count, options.shortest_pause, options.longest_pause) {}
  Attempts call() { return {options, daemons, budget, now + options.timeout}; }
  Attempts::Step next(Attempts& attempts) { return attempts.next(now, kHalf); }
  void fail(Attempts& attempts, ErrorCode code, std::optional<seconds> retry_after = std::nullopt) {
    attempts.failed({code, "x", code == ErrorCode::Protocol ? 0 : 503, retry_after}, now, kHalf);
  }

  ClientOptions options;
  Daemons daemons;
  RetryBudget budget;
  SteadyTime now{seconds(1'000)};
};

}  // namespace

TEST_SUITE("client::Attempts") {
  TEST_CASE("each daemon at once, the last with all the time, then a pause and all anew") {
    Bed bed(2);
    auto call = bed.call();
    auto step = bed.next(call);
    CHECK(step.kind == Kind::Try);
    CHECK(step.daemon == 0);
    CHECK(step.length == bed.options.attempt_timeout);
    bed.fail(call, ErrorCode::Unavailable);
    step = bed.next(call);
    CHECK(step.kind == Kind::Try);
    CHECK(step.daemon == 1);
    CHECK(step.length == bed.options.timeout);
    bed.fail(call, ErrorCode::Timeout);
    step = bed.next(call);
    CHECK(step.kind == Kind::Pause);
    CHECK(step.length == milliseconds(250));
    bed.now += step.length;
    CHECK(bed.next(call).kind == Kind::Try);
    bed.fail(call, ErrorCode::Protocol);
    CHECK(bed.next(call).kind == Kind::Try);
    bed.fail(call, ErrorCode::Unavailable);
    step = bed.next(call);
    CHECK(step.kind == Kind::Pause);
    CHECK(step.length == milliseconds(500));
    bed.next(call);
    bed.fail(call, ErrorCode::Unavailable);
    bed.next(call);
    bed.fail(call, ErrorCode::Timeout);
    CHECK(bed.next(call).kind == Kind::GiveUp);
    CHECK(call.take_error().code == ErrorCode::Timeout);
  }

  TEST_CASE("what another try cannot mend is told at once") {
    for (const auto code : {ErrorCode::Invalid,
                            ErrorCode::Unauthorized,
                            ErrorCode::BudgetExhausted,
                            ErrorCode::NotFound}) {
      Bed bed(2);
      auto call = bed.call();
      CHECK(bed.next(call).kind == Kind::Try);
      bed.fail(call, code);
      CHECK(bed.next(call).kind == Kind::GiveUp);
      CHECK(call.take_error().code == code);
    }
  }

  TEST_CASE("nothing is tried before the daemon said, nor after the call's time") {
    Bed bed(1);
    auto call = bed.call();
    CHECK(bed.next(call).kind == Kind::Try);
    bed.fail(call, ErrorCode::RateLimited, seconds(3));
    const auto step = bed.next(call);
    CHECK(step.kind == Kind::Pause);
    CHECK(step.length == seconds(3));
    bed.now += step.length;
    CHECK(bed.next(call).kind == Kind::Try);
    bed.fail(call, ErrorCode::RateLimited, seconds(8));  // later than the call may last
    CHECK(bed.next(call).kind == Kind::GiveUp);
    CHECK(call.take_error().retry_after == seconds(8));
    auto late = bed.call();
    bed.now += bed.options.timeout;
    CHECK(bed.next(late).kind == Kind::GiveUp);
    CHECK(late.take_error().code == ErrorCode::Timeout);
  }

  TEST_CASE("who says that asks are too many is not passed by for another") {
    Bed bed(2);
    auto call = bed.call();
    CHECK(bed.next(call).daemon == 0);
    bed.fail(call, ErrorCode::RateLimited, seconds(1));
    CHECK(bed.next(call).kind == Kind::Pause);
    CHECK(bed.next(call).daemon == 0);
  }

  TEST_CASE("a daemon that failed is left alone, then tried by one call, and longer each time") {
    Bed bed(2);
    const std::vector<bool> none{false, false};
    bed.daemons.failed(0, bed.now, 1);
    bed.daemons.failed(0, bed.now, 1);  // under way together: one failure
    CHECK(bed.daemons.choose(none, bed.now) == 1);
    bed.now += milliseconds(500);
    CHECK(bed.daemons.choose(none, bed.now) == 0);
    CHECK(bed.daemons.choose(none, bed.now) == 1);  // while that call tries it
    bed.now += milliseconds(500);
    bed.daemons.failed(0, bed.now, 1);
    bed.now += milliseconds(999);
    CHECK(bed.daemons.choose(none, bed.now) == 1);
    bed.now += milliseconds(1);
    CHECK(bed.daemons.choose(none, bed.now) == 0);
    bed.daemons.worked(0);
    CHECK(bed.daemons.choose(none, bed.now) == 0);
    CHECK(bed.daemons.choose(none, bed.now) == 0);
    bed.daemons.failed(0, bed.now, 1);
    bed.now += milliseconds(1);
    bed.daemons.failed(1, bed.now, 1);
    CHECK(bed.daemons.choose(none, bed.now) == 0);  // all failed: who will be free first
    CHECK(bed.daemons.choose({true, true}, bed.now) == std::nullopt);
  }

  TEST_CASE("retries are a tenth of the calls, however many fail") {
    RetryBudget budget;
    int retries = 0;
    for (int call = 0; call < 1'000; ++call) {
      budget.note_call();
      while (budget.take()) ++retries;
    }
    CHECK(retries == 109);  // ten at first
    CHECK(backoff(milliseconds(500), seconds(30), 3, 1) == seconds(4));
    CHECK(backoff(milliseconds(500), seconds(30), 60, 1) == seconds(30));
    CHECK(backoff(milliseconds(500), seconds(30), 3, 0) == milliseconds(0));
  }
}

TEST_SUITE("client::StreamRows") {
  const TimePoint kNow(seconds(100));

  Quote quote_of(std::int64_t id, seconds fetched_at) {
    Quote quote;
    quote.id = id;
    quote.convert = "USD";
    quote.fetched_at = TimePoint(fetched_at);
    return quote;
  }

  TEST_CASE("what was told as of the future keeps nothing out once clocks are right") {
    using Verdict = StreamRows::Verdict;
    StreamRows rows;
    CHECK(rows.judge(quote_of(1, seconds(3700)), "a", TimePoint(seconds(3700))) == Verdict::News);
    CHECK(rows.judge(quote_of(1, seconds(100)), "b", kNow) == Verdict::News);
    CHECK(rows.judge(quote_of(1, seconds(99)), "c", kNow) == Verdict::Known);
    CHECK(rows.judge(quote_of(2, seconds(160)), "a", kNow) == Verdict::News);
    CHECK(rows.judge(quote_of(2, seconds(100)), "b", kNow) == Verdict::Known);  // clocks differ
  }

  TEST_CASE("what a snapshot does not name is gone, once") {
    StreamRows rows;
    for (const int id : {1, 2, 3}) (void)rows.judge(quote_of(id, seconds(90)), "a", kNow);
    CHECK(rows.remove(3, "USD"));
    rows.begin_snapshot();
    (void)rows.judge(quote_of(1, seconds(90)), "a", kNow);  // known, and there
    const auto gone = rows.end_snapshot();
    REQUIRE(gone.size() == 1);
    CHECK(gone.front() == std::pair(std::int64_t{2}, std::string("USD")));
    rows.begin_snapshot();
    (void)rows.judge(quote_of(1, seconds(90)), "a", kNow);
    CHECK(rows.end_snapshot().empty());
  }

  TEST_CASE("a row is told when it is another, and never goes back") {
    using Verdict = StreamRows::Verdict;
    StreamRows rows;
    Quote quote;
    quote.id = 1;
    quote.convert = "USD";
    quote.fetched_at = TimePoint(seconds(100));
    CHECK(rows.judge(quote, "a", kNow) == Verdict::News);
    CHECK(rows.judge(quote, "a", kNow) == Verdict::Known);
    CHECK(rows.judge(quote, "b", kNow) == Verdict::News);  // stale by now
    quote.fetched_at = TimePoint(seconds(99));
    CHECK(rows.judge(quote, "c", kNow) == Verdict::Known);
    quote.convert = "EUR";
    CHECK(rows.judge(quote, "c", kNow) == Verdict::News);
    CHECK(rows.remove(1, "EUR"));
    CHECK_FALSE(rows.remove(1, "EUR"));
    CHECK_FALSE(rows.remove(2, "EUR"));
    CHECK(rows.judge(quote, "c", kNow) == Verdict::News);  // there again
    Verdict last = Verdict::News;
    for (int id = 2; id < 20'000 && last == Verdict::News; ++id) {
      quote.id = id;
      last = rows.judge(quote, "c", kNow);
    }
    CHECK(last == Verdict::TooMany);
  }
}

}  // namespace quotecache::test
