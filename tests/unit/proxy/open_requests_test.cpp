#include "proxy/open_requests.hpp"

#include <sstream>

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;

namespace {

const Waits::Time kStart{1h};

cache::Entry entry_aged(milliseconds age, bool is_negative = false) {
  const TimePoint now{1'700'000'000s};
  cache::Entry entry;
  entry.fetched_at = now - age;
  entry.fresh_until = entry.fetched_at + 60s;
  entry.stale_until = entry.fetched_at + 600s;
  entry.is_negative = is_negative;
  return entry;
}

}  // namespace

TEST_SUITE("proxy::miss_reason") {
  TEST_CASE("tells an entry that is not there from one that is too old") {
    struct Row {
      const char* name;
      cache::Entry entry;
      MissReason expected;
    };
    const TimePoint now{1'700'000'000s};
    for (const auto& row : {Row{"fresh", entry_aged(59s), MissReason::Filled},
                            Row{"stale", entry_aged(60s), MissReason::Stale},
                            Row{"too old", entry_aged(600s), MissReason::Expired},
                            Row{"negative", entry_aged(60s, true), MissReason::NegativeExpired}}) {
      CAPTURE(row.name);
      CHECK(miss_reason(&row.entry, now) == row.expected);
    }
    CHECK(miss_reason(nullptr, now) == MissReason::Absent);
    CHECK(to_string(MissReason::NegativeExpired) == "negative_expired");
  }
}

TEST_SUITE("proxy::OpenRequests") {
  TEST_CASE("lists what is in progress, the oldest first") {
    OpenRequests requests({}, Log());
    const auto first = requests.begin("/a", "bot", kStart, kStart + 1ms);
    const auto second = requests.begin("/b", "", kStart + 10ms, kStart + 10ms);
    first->waits.begin(Wait::Call, kStart + 20ms);
    first->reason = MissReason::Absent;
    const auto list = requests.list(100, kStart + 50ms);
    CHECK(list.in_progress == 2);
    REQUIRE(list.rows.size() == 2);
    CHECK(list.rows[0].target == "/a");
    CHECK(list.rows[0].client == "bot");
    CHECK(list.rows[0].reason == MissReason::Absent);
    CHECK(list.rows[0].age == 50ms);
    CHECK(list.rows[0].waits_for == Wait::Call);
    CHECK(list.rows[0].waited == 30ms);
    CHECK(list.rows[1].id > list.rows[0].id);
    requests.end(*first, kStart + 60ms);
    requests.end(*second, kStart + 60ms);
    CHECK(requests.list(100, kStart + 60ms).in_progress == 0);
    CHECK(requests.misses(MissReason::Absent) == 1);
    CHECK(requests.misses(MissReason::Filled) == 1);
  }

  TEST_CASE("is bounded: the later ones are counted, not listed") {
    OpenRequests requests({.most = 2}, Log());
    std::vector<OpenRequestPtr> open;
    for (int i = 0; i < 3; ++i) open.push_back(requests.begin("/x", "", kStart, kStart));
    CHECK(requests.list(100, kStart).rows.size() == 2);
    CHECK(requests.list(1, kStart).rows.size() == 1);
    CHECK(requests.list(100, kStart).in_progress == 3);
    for (const auto& one : open) requests.end(*one, kStart);
    CHECK(requests.list(100, kStart).in_progress == 0);
  }

  TEST_CASE("cuts a long target") {
    OpenRequests requests({}, Log());
    const auto open = requests.begin(std::string(5000, 'x'), "", kStart, kStart);
    CHECK(open->target.size() == 500);
    CHECK(open->target.ends_with("x..."));
    requests.end(*open, kStart);
  }

  TEST_CASE("a slow one is told to the log with what it waited for") {
    std::ostringstream out;
    const auto logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
    const Log log(logger, Log::Format::Text);
    const auto end_after = [&](milliseconds took, milliseconds slow) {
      OpenRequests requests({.slow = slow}, log);
      const auto tag = std::make_shared<const RequestTag>(
          RequestTag{"r-1", TraceParent{"0af7651916cd43dd8448eb211c80319c", true}});
      const auto open = requests.begin("/a?id=1", "bot", kStart, kStart + 2ms, tag);
      CHECK(requests.list(1, kStart).rows.front().request_id == "r-1");
      open->reason = MissReason::Stale;
      open->waits.begin(Wait::Call, kStart + 10ms);
      requests.end(*open, kStart + took);
      auto text = out.str();
      out.str("");
      return text;
    };
    CHECK(end_after(100ms, 100ms).empty());
    CHECK(end_after(101ms, 0ms).empty());
    const auto line = end_after(101ms, 100ms);
    CAPTURE(line);
    CHECK(line.find("warning slow_request target=\"/a?id=1\" client=bot took_ms=101 "
                    "waits=\"engine 2 ms, call 91 ms\" reason=stale request_id=r-1 "
                    "trace_id=0af7651916cd43dd8448eb211c80319c\n") != std::string::npos);
  }
}
