#include "base/trace_parent.hpp"

#include <array>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace quotecached;

namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kParent = "b7ad6b7169203331";

std::string header(std::string_view version,
                   std::string_view trace,
                   std::string_view parent,
                   std::string_view flags) {
  std::string text(version);
  for (const auto part : {trace, parent, flags}) text.append("-").append(part);
  return text;
}

}  // namespace

TEST_SUITE("base::trace_parent") {
  TEST_CASE("what is read") {
    struct Row {
      std::string_view name;
      std::string text;
      bool is_good;
      bool is_sampled = false;
    };
    const std::array<Row, 25> rows{{
        {"sampled", header("00", kTrace, kParent, "01"), true, true},
        {"not sampled", header("00", kTrace, kParent, "00"), true},
        {"flags that are not known", header("00", kTrace, kParent, "fe"), true},
        {"the same, sampled", header("00", kTrace, kParent, "ff"), true, true},
        {"a later version", header("01", kTrace, kParent, "01"), true, true},
        {"that has more", header("cc", kTrace, kParent, "01") + "-what-else", true, true},
        {"that has more without a hyphen", header("cc", kTrace, kParent, "01") + ".x", false},
        {"version 00 with more", header("00", kTrace, kParent, "01") + "-x", false},
        {"version ff", header("ff", kTrace, kParent, "01"), false},
        {"a version that is none", header("0x", kTrace, kParent, "01"), false},
        {"no trace", header("00", std::string(32, '0'), kParent, "01"), false},
        {"no parent", header("00", kTrace, std::string(16, '0'), "01"), false},
        {"capitals", header("00", "0AF7651916CD43DD8448EB211C80319C", kParent, "01"), false},
        {"a short trace", header("00", kTrace.substr(1), kParent, "01"), false},
        {"a long one", header("00", kTrace + "0", kParent, "01"), false},
        {"a short parent", header("00", kTrace, kParent.substr(1), "01"), false},
        {"short flags", header("00", kTrace, kParent, "1"), false},
        {"flags that are none", header("00", kTrace, kParent, "0g"), false},
        {"nothing", "", false},
        {"a blank before", " " + header("00", kTrace, kParent, "01"), false},
        {"a blank behind", header("00", kTrace, kParent, "01") + " ", false},
        {"a line's end", header("00", kTrace, kParent, "01") + "\n", false},
        {"two",
         header("00", kTrace, kParent, "01") + "," + header("00", kTrace, kParent, "01"),
         false},
        {"underscores", "00_" + kTrace + "_" + kParent + "_01", false},
        {"a NUL", header("00", kTrace, kParent, std::string_view("0\0", 2)), false},
    }};
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto read = parse_traceparent(row.text);
      REQUIRE(read.has_value() == row.is_good);
      if (read) CHECK(*read == TraceParent{kTrace, row.is_sampled});
    }
  }

  TEST_CASE("a child is of the same trace, under a name of its own") {
    CHECK(child_of({kTrace, true}, 0x1f) == header("00", kTrace, "000000000000001f", "01"));
    CHECK(child_of({kTrace, false}, ~0ULL) == header("00", kTrace, "ffffffffffffffff", "00"));
    CHECK(parse_traceparent(child_of({kTrace, true}, 0)).has_value());
  }
}
