#include "http/admin.hpp"

#include <tuple>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::http;
using namespace std::chrono_literals;

namespace {

RequestHead post(std::string_view target) {
  RequestHead head;
  head.method = Method::Post;
  head.target = target;
  return head;
}

constexpr TimePoint kNow{1'795'000'000'000ms};

AdminReply answer(const AdminActions& actions,
                  const RequestHead& head,
                  std::string_view body,
                  proxy::Answer& out) {
  return answer_admin(actions, {head, body, kNow}, out);
}

}  // namespace

TEST_SUITE("http::parse_duration") {
  TEST_CASE("reads a number and its unit") {
    struct Row {
      const char* text;
      milliseconds value;
    };
    const Row rows[] = {
        {"0s", 0ms}, {"500ms", 500ms}, {"61s", 61s}, {"2m", 2min}, {"1h", 1h}, {"1d", 24h}};
    for (const auto& row : rows) {
      CAPTURE(row.text);
      const auto value = parse_duration(row.text);
      REQUIRE(value);
      CHECK(*value == row.value);
    }
    for (const auto* text :
         {"", "61", "s", "-1s", "1.5s", "61 s", "61sec", "99999999999999999999s", "999999d"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_duration(text));
    }
  }
}

TEST_SUITE("http::answer_admin") {
  TEST_CASE("moves the clock as far as asked") {
    milliseconds moved{0};
    AdminActions actions;
    actions.advance_clock = [&](milliseconds by) { moved += by; };
    proxy::Answer out;
    std::ignore = answer(actions, post("/admin/test/clock"), R"({"advance":"61s"})", out);
    CHECK(out.http_status == 200);
    CHECK(moved == 61s);
    for (const auto* body : {"", "{}", "[]", "{\"advance\":61}", "{\"advance\":\"-1s\"}", "{"}) {
      CAPTURE(body);
      std::ignore = answer(actions, post("/admin/test/clock"), body, out);
      CHECK(out.http_status == 400);
    }
    CHECK(moved == 61s);
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
    auto head = post("/admin/cache/clear-memory?x=1");
    proxy::Answer out;
    head.method = Method::Get;
    CHECK(answer(actions, head, "", out).extra_fields == "Allow: POST\r\n");
    CHECK(out.http_status == 405);
    CHECK(cleared == 0);
    head.method = Method::Post;
    std::ignore = answer(actions, head, "", out);
    CHECK(out.http_status == 200);
    CHECK(cleared == 1);
  }
}
