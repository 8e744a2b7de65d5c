#include "cli/text.hpp"

#include <doctest/doctest.h>

namespace quotecache::cli::test {
namespace {

const Look kUtf8{80, true, false};
const Look kAscii{80, false, false};

}  // namespace

TEST_SUITE("client::text") {
  TEST_CASE("width is counted in columns") {
    CHECK(columns_of("") == 0);
    CHECK(columns_of("quotes") == 6);
    CHECK(columns_of("é█…") == 3);
    CHECK(columns_of("名前") == 4);
    CHECK(columns_of("e\u0301") == 1);
    CHECK(columns_of("\xff\xfe") == 2);
    CHECK(columns_of("\xe5\x90") == 2);
  }

  TEST_CASE("nothing that moves the cursor or turns the line is shown") {
    CHECK(clean("a\x1b[31mb\nc\td\x7f", kUtf8) == "a?[31mb?c?d?");
    CHECK(clean("a\u202Eb\u2066c\u009Bd\u061Ce", kUtf8) == "a?b?c?d?e");
    CHECK(clean("caf\u00e9 \xff", kUtf8) == "caf\u00e9 ?");
    CHECK(clean("caf\u00e9", kAscii) == "caf?");
  }

  TEST_CASE("what is misspelled is no character") {
    CHECK(clean("\xe0\x82\x9b\xc2\x9b", kUtf8) == "????");          // U+009B, the first one longer
    CHECK(clean("\xed\xa0\x80", kUtf8) == "???");                   // half of a pair
    CHECK(clean("\xf4\x90\x80\x80", kUtf8) == "????");              // beyond Unicode
    CHECK(clean("\xf0\x9f\x9a\x80", kUtf8) == "\xf0\x9f\x9a\x80");  // a rocket
  }

  TEST_CASE("a document of JSON keeps its meaning and moves no cursor") {
    CHECK(escaped_lines("[\"a\x7f\u009b1m\u202e\",\r\n\t1]\n", kUtf8) ==
          "[\"a\\u007f\\u009b1m\\u202e\",\r\n\t1]\n");
    CHECK(escaped_lines("\x9b\xff\x1b\rx", kUtf8) == "\\ufffd\\ufffd\\u001b\\u000dx");
    CHECK(escaped_lines("caf\u00e9 \U0001F680", kUtf8) == "caf\u00e9 \U0001F680");
    CHECK(escaped_lines("caf\u00e9 \U0001F680", kAscii) == "caf\\u00e9 \\ud83d\\ude80");
  }

  TEST_CASE("what is too long ends in an ellipsis within its columns") {
    CHECK(shortened("market_pairs", 12, kUtf8) == "market_pairs");
    CHECK(shortened("market_pairs", 7, kUtf8) == "market…");
    CHECK(shortened("market_pairs", 7, kAscii) == "market~");
    CHECK(shortened("名前名前", 4, kUtf8) == "名…");
    CHECK(shortened("名前", 0, kUtf8).empty());
  }

  TEST_CASE("padding fills up to the columns, never beyond") {
    CHECK(pad_left("名", 4) == "  名");
    CHECK(pad_right("名", 4) == "名  ");
    CHECK(pad_right("market", 3) == "market");
  }

  TEST_CASE("lines break at blanks") {
    CHECK(wrapped("one two  three", 7) == std::vector<std::string>{"one two", "three"});
    CHECK(wrapped("a word_that_is_longer b", 6) ==
          std::vector<std::string>{"a", "word_that_is_longer", "b"});
    CHECK(wrapped("", 7).empty());
    CHECK(paragraph("one two three", 4, Look{11}) == "one two\n    three\n");
  }
}

}  // namespace quotecache::cli::test
