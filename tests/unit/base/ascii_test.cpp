#include "base/ascii.hpp"

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("base::ascii") {
  TEST_CASE("the case of letters is folded, and nothing else is") {
    CHECK(to_lower('A') == 'a');
    CHECK(to_lower('Z') == 'z');
    CHECK(to_lower('@') == '@');  // beside the letters
    CHECK(to_lower('[') == '[');
    CHECK(to_lower('\xC4') == '\xC4');
    CHECK(equal_ignoring_case("X-CMC_Pro", "x-cmc_pRO"));
    CHECK(equal_ignoring_case("", ""));
    CHECK_FALSE(equal_ignoring_case("ab", "abc"));
    CHECK_FALSE(equal_ignoring_case("[", "{"));  // a bit apart, as letters are
    CHECK(to_upper('a') == 'A');
    CHECK(to_upper('z') == 'Z');
    CHECK(to_upper('`') == '`');
    CHECK(to_upper('{') == '{');
  }

  TEST_CASE("every byte is of its kind") {
    for (int byte = 0; byte < 256; ++byte) {
      CAPTURE(byte);
      const auto c = static_cast<char>(byte);
      const auto is_in = [c](std::string_view set) {
        return set.find(c) != std::string_view::npos;
      };
      const bool digit = is_in("0123456789");
      const bool letter =
          is_in("abcdefghijklmnopqrstuvwxyz") || is_in("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
      CHECK(is_digit(c) == digit);
      CHECK(is_letter(c) == letter);
      CHECK(is_alphanumeric(c) == (digit || letter));
      CHECK(is_printable(c) == (byte >= 32 && byte < 127));
      CHECK(is_visible(c) == (byte > 32 && byte < 127));
      CHECK((hex_value(c) >= 0) == is_in("0123456789abcdefABCDEF"));
    }
    CHECK(hex_value('9') == 9);
    CHECK(hex_value('a') == 10);
    CHECK(hex_value('F') == 15);
  }

  TEST_CASE("what comes from outside is cut and made fit for a line") {
    CHECK(printable_part("a\nb\xC3\xA4", 10) == "a?b??");
    CHECK(printable_part("abc", 2) == "ab");
    CHECK(printable_part("", 2).empty());
  }
}
