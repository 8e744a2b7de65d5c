#include "coding/choice.hpp"

#include <doctest/doctest.h>

using namespace quotecached::coding;

namespace {

constexpr const char* kJson = "application/json; charset=utf-8";

Coding chosen(const char* field, std::size_t size = 5000, const Rules& rules = {}) {
  return choose(parse_accept_encoding(field), kJson, size, rules);
}

}  // namespace

TEST_SUITE("coding::choose") {
  TEST_CASE("the client's weights decide, and among equals our preference") {
    struct Row {
      const char* field;
      Coding coding;
    };
    for (const Row& row : {Row{"", Coding::Identity},
                           {"deflate", Coding::Identity},
                           {"gzip", Coding::Gzip},
                           {"gzip, br", Coding::Brotli},
                           {"gzip, deflate, br, zstd", Coding::Zstd},
                           {"gzip, br;q=0.9, zstd;q=0.8", Coding::Gzip},
                           {"gzip;q=0.1, br;q=0.2", Coding::Brotli},
                           {"*", Coding::Zstd},
                           {"*;q=0.5, gzip", Coding::Gzip},
                           {"identity, gzip;q=0.5", Coding::Identity},
                           {"identity, gzip", Coding::Gzip},
                           {"identity;q=0.5, gzip;q=0.6", Coding::Gzip},
                           {"gzip;q=0.5, *;q=0.6", Coding::Zstd},
                           {"gzip;q=0", Coding::Identity},
                           {"gzip;q=7", Coding::Identity}}) {
      CAPTURE(row.field);
      CHECK(chosen(row.field) == row.coding);
    }
  }

  TEST_CASE("small bodies are sent as they are, unless the client refuses that") {
    CHECK(chosen("gzip", 1023) == Coding::Identity);
    CHECK(chosen("gzip", 1024) == Coding::Gzip);
    CHECK(chosen("gzip", 10, {.levels = {}, .min_size = 10}) == Coding::Gzip);
    CHECK(chosen("gzip, identity;q=0", 10) == Coding::Gzip);
    CHECK(chosen("gzip;q=0.1, *;q=0", 10) == Coding::Gzip);
    CHECK(chosen("gzip, identity;q=0", 0) == Coding::Identity);
  }

  TEST_CASE("who accepts nothing gets the body as it is") {
    for (const auto* field :
         {"identity;q=0", "*;q=0", "gzip;q=0, br;q=0, zstd;q=0, identity;q=0"}) {
      CAPTURE(field);
      CHECK(chosen(field) == Coding::Identity);
    }
  }

  TEST_CASE("a coding whose level is 0 is not offered") {
    Rules rules;
    rules.levels.zstd = 0;
    CHECK(chosen("gzip, br, zstd", 5000, rules) == Coding::Brotli);
    CHECK(chosen("zstd", 5000, rules) == Coding::Identity);
    rules.levels = {0, 0, 0};
    CHECK(chosen("*", 5000, rules) == Coding::Identity);
  }

  TEST_CASE("only text is encoded") {
    struct Row {
      const char* type;
      bool is_text;
    };
    for (const Row& row : {Row{"application/json", true},
                           {"Application/JSON ; charset=utf-8", true},
                           {"application/problem+json", true},
                           {"application/x-ndjson; charset=utf-8", true},
                           {"text/csv; charset=utf-8; header=present", true},
                           {"text/plain", true},
                           {"image/svg+xml", true},
                           {"text/event-stream", false},
                           {"image/png", false},
                           {"application/octet-stream", false},
                           {"application/zip", false},
                           {"application/jsonx", false},
                           {"", false}}) {
      CAPTURE(row.type);
      CHECK(is_compressible(row.type) == row.is_text);
      const auto coding = choose(parse_accept_encoding("gzip"), row.type, 5000, {});
      CHECK(coding == (row.is_text ? Coding::Gzip : Coding::Identity));
    }
  }
}
