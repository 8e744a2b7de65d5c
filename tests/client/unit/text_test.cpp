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
