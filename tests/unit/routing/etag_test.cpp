#include "routing/etag.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached::routing;

TEST_SUITE("routing::matches") {
  TEST_CASE("a tag is named in any of its forms") {
    const ETag tag(0x0123456789abcdef);
    struct Row {
      const char* field;
      bool is_named;
    };
    for (const Row& row : {Row{"W/\"0123456789abcdef\"", true},
                           {"\"0123456789abcdef\"", true},
                           {"*", true},
                           {"\"a\", W/\"0123456789abcdef\"", true},
                           {"W/\"0123456789abcdef-gzip\"", true},
                           {"\"0123456789abcdef-br\"", true},
                           {"W/\"a-gzip\", W/\"0123456789abcdef-zstd\"", true},
                           {"W/\"0123456789abcdef-deflate\"", false},
                           {"W/\"0123456789abcdef-identity\"", false},
                           {"W/\"0123456789abcdef-\"", false},
                           {"W/\"0123456789abcdefgzip\"", false},
                           {"W/\"0123456789abcde-gzip\"", false},
                           {"W/\"1123456789abcdef-gzip\"", false},
                           {"W/\"0123456789abcdef-gzip-gzip\"", false},
                           {"W/\"0123456789abcdef", false},
                           {"0123456789abcdef-gzip", false},
                           {"", false}}) {
      CAPTURE(row.field);
      CHECK(matches(row.field, tag.text()) == row.is_named);
    }
  }

  TEST_CASE("a tag can be left open for the name of a coding") {
    const ETag tag(0x0123456789abcdef);
    CHECK(tag.text() == "W/\"0123456789abcdef\"");
    CHECK(std::string(tag.open_text()) + "-br\"" == "W/\"0123456789abcdef-br\"");
  }
}
