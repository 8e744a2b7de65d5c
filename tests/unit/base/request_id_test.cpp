#include "base/request_id.hpp"

#include <array>
#include <set>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("base::request_id") {
  TEST_CASE("what a client may call its request") {
    struct Row {
      std::string_view name;
      std::string text;
      bool is_good;
    };
    const std::array<Row, 13> rows{{
        {"a UUID", "f47ac10b-58cc-4372-a567-0e02b2c3d479", true},
        {"one character", "7", true},
        {"all marks", "aZ09-._~:/+=@", true},
        {"128 characters", std::string(128, 'x'), true},
        {"nothing", "", false},
        {"129 characters", std::string(129, 'x'), false},
        {"a blank", "a b", false},
        {"a line's end", "a\r\nSet-Cookie: x", false},
        {"a NUL", std::string("a\0b", 3), false},
        {"beyond ASCII", "caf\xc3\xa9", false},
        {"a quote", "a\"b", false},
        {"a list", "a,b", false},
        {"markup", "<a>", false},
    }};
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(is_request_id(row.text) == row.is_good);
    }
  }

  TEST_CASE("those that are made are good, and each is another") {
    RequestIdMaker one(0x12ab);
    RequestIdMaker other(0x12ac);
    std::set<std::string> seen;
    std::string id;
    for (int i = 0; i < 300; ++i) {
      one.make(id);
      CHECK(is_request_id(id));
      seen.insert(id);
      other.make(id);
      seen.insert(id);
    }
    CHECK(seen.size() == 600);
    CHECK(seen.contains("00000000000012ab-1"));
    CHECK(seen.contains("00000000000012ab-12c"));
  }
}
