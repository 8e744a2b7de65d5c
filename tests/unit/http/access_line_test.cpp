#include "http/access_line.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::http;
using namespace std::chrono_literals;

namespace {

AccessEntry hit() {
  AccessEntry entry;
  entry.at = TimePoint(1'796'074'809'123ms);
  entry.peer = "127.0.0.1";
  entry.method = "GET";
  entry.target = "/v2/x?id=1";
  entry.status = 200;
  entry.bytes = 912;
  entry.outcome = "hit";
  entry.detail = "memory";
  entry.has_age = true;
  entry.age = 12s;
  return entry;
}

std::string line_of(const AccessEntry& entry, Log::Format format, bool is_gone = false) {
  std::string line;
  append_access_line(line, entry, format);
  end_access_line(line, 31us, is_gone, format);
  return line;
}

}  // namespace

TEST_SUITE("http::access_line") {
  TEST_CASE("a hit as text and as JSON") {
    const auto text = line_of(hit(), Log::Format::Text);
    CHECK(text.substr(4, 1) == "-");
    CHECK(text.substr(19, 5) == ".123Z");
    CHECK(
        text.substr(24) ==
        " access peer=127.0.0.1 method=GET target=\"/v2/x?id=1\" status=200 bytes=912 outcome=hit "
        "detail=memory age=12 credits=0 took_us=31\n");
    const auto json = line_of(hit(), Log::Format::Json);
    CHECK(json.starts_with("{\"time\":\"20"));
    CHECK(json.substr(35) ==
          "\"event\":\"access\",\"peer\":\"127.0.0.1\",\"method\":\"GET\","
          "\"target\":\"/v2/x?id=1\",\"status\":200,\"bytes\":912,\"outcome\":\"hit\","
          "\"detail\":\"memory\",\"age\":12,\"credits\":0,\"took_us\":31}\n");
  }

  TEST_CASE("who asked, what it is called, and that it is gone") {
    auto entry = hit();
    entry.client = "bot";
    entry.request_id = "7f";
    entry.trace_id = "0af7651916cd43dd8448eb211c80319c";
    entry.user_agent = "curl/7.88";
    const auto text = line_of(entry, Log::Format::Text, true);
    CHECK(text.find(" client=bot peer=") != std::string::npos);
    CHECK(
        text.ends_with(" request_id=7f trace_id=0af7651916cd43dd8448eb211c80319c "
                       "user_agent=curl/7.88 took_us=31 gone=true\n"));
    CHECK(line_of(entry, Log::Format::Json, true).ends_with("\"took_us\":31,\"gone\":true}\n"));
  }

  TEST_CASE("what a client sends forges no line and no field") {
    const std::array<std::string_view, 6> tries{{
        "/a\nb",
        "/a\r\n2026-11-30T00:00:00.000Z access status=200",
        "/a status=200",
        "/a\" status=200 x=\"",
        "/a\\",
        "/\x1b[31m\x7f\xff\xe2\x80\xa8",
    }};
    for (const auto bad : tries) {
      CAPTURE(bad);
      for (const auto format : {Log::Format::Text, Log::Format::Json}) {
        auto entry = hit();
        entry.status = 404;
        entry.target = entry.user_agent = bad;
        const auto line = line_of(entry, format);
        CHECK(std::ranges::count(line, '\n') == 1);
        CHECK(line.ends_with("\n"));
        CHECK(std::ranges::all_of(line.substr(0, line.size() - 1),
                                  [](char c) { return c >= ' ' && c <= '~'; }));
        // Outside quotes its own status stands, and no other.
        std::string outside;
        bool is_inside = false;
        for (std::size_t i = 0; i < line.size(); ++i) {
          if (is_inside && line[i] == '\\') {
            ++i;
          } else if (line[i] == '"') {
            is_inside = !is_inside;
          } else if (!is_inside) {
            outside += line[i];
          }
        }
        CHECK_FALSE(is_inside);
        CHECK(outside.find("200") == std::string::npos);
        CHECK(outside.find("404") != std::string::npos);
      }
    }
  }

  TEST_CASE("no line is longer than a pipe takes at once") {
    const std::string endless(100'000, '\x01');
    auto entry = hit();
    entry.client = entry.peer = entry.target = entry.request_id = entry.user_agent = endless;
    for (const auto format : {Log::Format::Text, Log::Format::Json}) {
      const auto line = line_of(entry, format, true);
      CHECK(line.size() < kLongestAccessLine);
      CHECK(line.find("...\"") != std::string::npos);
    }
  }

  TEST_CASE("failures and refusals are always written, others by lot") {
    CHECK(is_written(200, 1, 0));
    CHECK(is_written(200, 1, 0.999));
    CHECK_FALSE(is_written(200, 0, 0));
    CHECK(is_written(304, 0.1, 0.09));
    CHECK_FALSE(is_written(304, 0.1, 0.1));
    for (const unsigned status : {400U, 404U, 429U, 500U, 504U})
      CHECK(is_written(status, 0, 0.999));
  }
}
