#include <stdexcept>
#include <tuple>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "admin/requests.hpp"
#include "routing/own_routes.hpp"

using namespace quotecached;
using namespace quotecached::routing;
using namespace std::chrono_literals;

namespace {

RequestHead post(std::string_view target) {
  RequestHead head;
  head.method = Method::Post;
  head.target = target;
  return head;
}

RequestHead get(std::string_view target) {
  auto head = post(target);
  head.method = Method::Get;
  return head;
}

constexpr TimePoint kNow{1'795'000'000'000ms};

OwnReply answer(const AdminActions& actions,
                const RequestHead& head,
                std::string_view body,
                proxy::Answer& out) {
  metrics::Registry registry;
  const health::PublishedReport health("1.2.3");
  return answer_own({actions, health, registry}, {head, body, kNow}, out);
}

// A move of more than an hour is not over in time.
asio::awaitable<Result<std::string>> note_move(ClockMove* moved, ClockMove move) {
  *moved = move;
  if (move.by > 1h) co_return fail(ErrorCode::Timeout, "still under way");
  co_return "{}";
}

proxy::Answer finished(const Later& later) {
  asio::io_context loop;
  proxy::Answer answer;
  asio::co_spawn(
      loop, answer_later(later), [&](const std::exception_ptr& failure, proxy::Answer made) {
        REQUIRE(!failure);
        answer = std::move(made);
      });
  loop.run();
  return answer;
}

}  // namespace

TEST_SUITE("routing::answer_own") {
  TEST_CASE("moves the clock as far as asked, and answers when that is over") {
    ClockMove moved;
    AdminActions actions;
    actions.move_clock = [&](ClockMove move) { return note_move(&moved, move); };
    proxy::Answer out;
    const auto move = [&](std::string_view body) {
      const auto reply = answer(actions, post("/admin/test/clock"), body, out);
      if (reply.later) out = finished(reply.later);
      return out.http_status;
    };
    CHECK(move(R"({"advance":"61s"})") == 200);
    CHECK(moved.by == 61s);
    CHECK(moved.within == 10s);
    CHECK(move(R"({"advance":"-1s","within":"30s"})") == 200);
    CHECK(moved.by == -1s);
    CHECK(moved.within == 30s);
    CHECK(move(R"({"advance":"1d"})") == 503);  // was not over in time
    moved = {};
    for (const auto* body : {"",
                             "{}",
                             "[]",
                             "{\"advance\":61}",
                             "{\"advance\":\"--1s\"}",
                             "{",
                             R"({"within":"1s"})",
                             R"({"advance":"1s","within":"-1s"})",
                             R"({"advance":"1s","x":"1s"})"}) {
      CAPTURE(body);
      CHECK(move(body) == 400);
    }
    CHECK(moved.by == 0s);
  }

  TEST_CASE("has no route for an action it was not given") {
    proxy::Answer out;
    std::ignore = answer({}, post("/admin/test/clock"), R"({"advance":"61s"})", out);
    CHECK(out.http_status == 404);
    std::ignore = answer({}, post("/admin/cache/clear-memory"), "", out);
    CHECK(out.http_status == 404);
    std::ignore = answer({}, post("/admin/nothing"), "", out);
    CHECK(out.http_status == 404);
  }

  TEST_CASE("acts on POST alone") {
    int cleared = 0;
    AdminActions actions;
    actions.clear_memory = [&] { ++cleared; };
    auto head = post("/admin/cache/clear-memory");
    proxy::Answer out;
    head.method = Method::Get;
    CHECK(answer(actions, head, "", out).extra_fields == "Allow: POST\r\n");
    CHECK(out.http_status == 405);
    CHECK(cleared == 0);
    head.method = Method::Post;
    std::ignore = answer(actions, head, "", out);
    CHECK(out.http_status == 200);
    CHECK(cleared == 1);
    std::ignore = answer(actions, post("/admin/cache/clear-memory?x=1"), "", out);
    CHECK(out.http_status == 400);
    CHECK(out.body.find("unknown parameter 'x': this route takes no parameters") !=
          std::string::npos);
    CHECK(cleared == 1);
  }

  TEST_CASE("refuses what it does not understand by name") {
    AdminActions actions;
    actions.credits = [] { return std::string("{}"); };
    actions.ask_usage = [](usage::Question) -> asio::awaitable<Result<std::string>> {
      throw std::logic_error("asked");
    };
    struct Row {
      const char* target;
      const char* says;
    };
    const Row rows[] = {
        {"/admin/credits?days=7", "unknown parameter 'days': this route takes no parameters"},
        {"/admin/credits/report?dayz=7",
         "unknown parameter 'dayz': this route takes days, from, to, period, by"},
        {"/admin/credits/report?days", "days takes a whole number from 1 to 3660"},
        {"/admin/credits/report?days=0", "days takes a whole number from 1 to 3660"},
        {"/admin/credits/report?days=3661", "days takes a whole number from 1 to 3660"},
        {"/admin/credits/report?days=-1", "days takes a whole number from 1 to 3660"},
        {"/admin/credits/report?days=7.5", "days takes a whole number from 1 to 3660"},
        {"/admin/credits/report?days=99999999999999999999", "days takes a whole number"},
        {"/admin/credits/report?days=7&days=8", "days is given twice"},
        {"/admin/credits/report?by=tier", "by takes endpoint, client, asset, cause or day"},
        {"/admin/credits/report?by=", "by takes endpoint, client, asset, cause or day"},
        {"/admin/credits/calls?limit=1001", "limit takes a whole number from 1 to 1000"},
        {"/admin/credits/calls?limit=0", "limit takes a whole number from 1 to 1000"},
        {"/admin/credits/calls?cursor=abc", "cursor takes the \\\"next\\\" of the page before"},
        {"/admin/credits/calls?cursor=0", "cursor takes the"},
        {"/admin/credits/alerts?days=7", "unknown parameter 'days'"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.target);
      proxy::Answer out;
      const auto reply = answer(actions, get(row.target), "", out);
      CHECK_FALSE(reply.question);
      CHECK(out.http_status == 400);
      CAPTURE(out.body);
      CHECK(out.body.find(row.says) != std::string::npos);
    }
  }

  TEST_CASE("asks usage what was asked of it") {
    AdminActions actions;
    actions.ask_usage = [](usage::Question) -> asio::awaitable<Result<std::string>> {
      throw std::logic_error("asked");
    };
    proxy::Answer out;
    const auto ask = [&](std::string_view target) {
      auto reply = answer(actions, get(target), "", out);
      REQUIRE(reply.question);
      return *reply.question;
    };
    const auto plain = std::get<usage::ReportQuery>(ask("/admin/credits/report"));
    CHECK(plain.days == 7);
    CHECK(plain.by == usage::ReportBy::Endpoint);
    const auto report = std::get<usage::ReportQuery>(ask("/admin/credits/report?by=day&days=400"));
    CHECK(report.days == 400);
    CHECK(report.by == usage::ReportBy::Day);
    const auto first = std::get<usage::PageQuery>(ask("/admin/credits/calls"));
    CHECK(first.of == usage::PageQuery::Of::Calls);
    CHECK(first.limit == 50);
    CHECK_FALSE(first.before);
    const auto next = std::get<usage::PageQuery>(ask("/admin/credits/alerts?limit=1000&cursor=17"));
    CHECK(next.of == usage::PageQuery::Of::Alerts);
    CHECK(next.limit == 1000);
    CHECK(next.before == 17);
  }

  TEST_CASE("answers 503 for what it does not know") {
    AdminActions actions;
    actions.credits = [] { return std::string(); };
    for (const auto* target : {"/admin/credits",
                               "/admin/credits/report",
                               "/admin/credits/calls",
                               "/admin/credits/alerts"}) {
      CAPTURE(target);
      proxy::Answer out;
      CHECK_FALSE(answer(actions, get(target), "", out).question);
      CHECK(out.http_status == 503);
    }
    actions.credits = [] { return std::string("{\"level\":\"ok\"}"); };
    proxy::Answer out;
    std::ignore = answer(actions, get("/admin/credits"), "", out);
    CHECK(out.http_status == 200);
    CHECK(out.body == "{\"level\":\"ok\"}\n");
  }

  TEST_CASE("shows the requests in progress") {
    proxy::Answer out;
    std::ignore = answer({}, get("/admin/requests"), "", out);
    CHECK(out.http_status == 404);
    AdminActions actions;
    actions.requests = [] {
      proxy::OpenRequests::List list;
      list.in_progress = 3;
      list.rows.push_back({.id = 7,
                           .target = "/v1/x?id=1",
                           .client = "bot",
                           .request_id = "r-1",
                           .trace_id = "",
                           .reason = proxy::MissReason::Absent,
                           .age = 5021ms,
                           .waits_for = Wait::MinuteTurn,
                           .waited = 20ms});
      return admin::to_json(list);
    };
    std::ignore = answer(actions, get("/admin/requests"), "", out);
    CHECK(out.http_status == 200);
    CHECK(out.body ==
          R"({"in_progress":3,"requests":[{"id":7,"target":"/v1/x?id=1","client":"bot",)"
          R"("request_id":"r-1","trace_id":"",)"
          R"("reason":"absent","age_ms":5021,"waits_for":"minute_turn","waited_ms":20}]})"
          "\n");
    std::ignore = answer(actions, post("/admin/requests"), "", out);
    CHECK(out.http_status == 405);
    std::ignore = answer(actions, get("/admin/requests?x=1"), "", out);
    CHECK(out.http_status == 400);
  }

  TEST_CASE("reads by GET and HEAD alone") {
    AdminActions actions;
    actions.credits = [] { return std::string("{}"); };
    for (const auto* target : {"/admin/credits", "/admin/credits/report"}) {
      CAPTURE(target);
      proxy::Answer out;
      CHECK(answer(actions, post(target), "", out).extra_fields == "Allow: GET, HEAD\r\n");
      CHECK(out.http_status == 405);
    }
    auto head = get("/admin/credits");
    head.method = Method::Head;
    proxy::Answer out;
    CHECK(answer(actions, head, "", out).extra_fields.empty());
    CHECK(out.http_status == 200);
  }

  TEST_CASE("orders a spend mode for as long as it says") {
    std::optional<pacing::SpendMode> mode;
    milliseconds life{0};
    int orders = 0;
    AdminActions actions;
    actions.set_spend_mode = [&](std::optional<pacing::SpendMode> ordered, milliseconds time) {
      mode = ordered;
      life = time;
      ++orders;
    };
    proxy::Answer out;
    const auto order = [&](std::string_view body) {
      std::ignore = answer(actions, post("/admin/spend-mode"), body, out);
      return out.http_status;
    };
    CHECK(order(R"({"mode":"cache_only","for":"2h"})") == 200);
    CHECK(mode == pacing::SpendMode::CacheOnly);
    CHECK(life == 2h);
    CHECK(out.body ==
          "{\"name\":\"cache_only\",\"since\":\"2026-11-18T11:06:40Z\","
          "\"reason\":\"set by hand\",\"manual_until\":\"2026-11-18T13:06:40Z\"}\n");
    CHECK(order(R"({"mode":"normal"})") == 200);
    CHECK(life == 1h);
    CHECK(order(R"({"mode":"auto"})") == 200);
    CHECK_FALSE(mode);
    CHECK(out.body ==
          "{\"name\":\"auto\",\"since\":\"2026-11-18T11:06:40Z\",\"reason\":\"\","
          "\"manual_until\":null}\n");
    CHECK(orders == 3);
    struct Row {
      const char* body;
      const char* says;
    };
    const Row rows[] = {
        {"", "expected"},
        {"[]", "expected"},
        {"{}", "mode takes normal"},
        {R"({"mode":1})", "mode takes normal"},
        {R"({"mode":"frugal"})", "mode takes normal"},
        {R"({"for":"1h"})", "mode takes normal"},
        {R"({"mode":"normal","for":3600})", "for takes a duration"},
        {R"({"mode":"normal","for":"0s"})", "from 1s to 31d"},
        {R"({"mode":"normal","for":"32d"})", "from 1s to 31d"},
        {R"({"mode":"normal","for":"soon"})", "a duration is spelled"},
        {R"({"mode":"auto","for":"1h"})", "auto takes no duration"},
        {R"({"mode":"normal","until":"1h"})", "unknown member 'until'"},
        {R"({"mode":"normal","mode":"auto"})", "mode is given twice"},
        {R"({"mode":"normal","for":"1h","for":"2h"})", "for is given twice"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.body);
      CHECK(order(row.body) == 400);
      CAPTURE(out.body);
      CHECK(out.body.find(row.says) != std::string::npos);
    }
    CHECK(orders == 3);
  }
}
