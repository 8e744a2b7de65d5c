#include "coding/accept.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached::coding;

namespace {

struct Row {
  const char* field;
  unsigned gzip;
  unsigned br;
  unsigned zstd;
  unsigned identity = 0;
  bool refuses_identity = false;
};

void check(const Row& row) {
  CAPTURE(row.field);
  const auto accepted = parse_accept_encoding(row.field);
  CHECK(accepted.of(Coding::Gzip) == row.gzip);
  CHECK(accepted.of(Coding::Brotli) == row.br);
  CHECK(accepted.of(Coding::Zstd) == row.zstd);
  CHECK(accepted.of(Coding::Identity) == row.identity);
  CHECK(accepted.refuses_identity == row.refuses_identity);
}

}  // namespace

TEST_SUITE("coding::parse_accept_encoding") {
  TEST_CASE("codings that are named are accepted, and no others") {
    for (const Row& row : {Row{"", 0, 0, 0},
                           {"gzip", 1000, 0, 0},
                           {"GZip", 1000, 0, 0},
                           {"x-gzip", 1000, 0, 0},
                           {"br", 0, 1000, 0},
                           {"zstd", 0, 0, 1000},
                           {"gzip, deflate, br, zstd", 1000, 1000, 1000},
                           {"gzip,br", 1000, 1000, 0},
                           {"deflate", 0, 0, 0},
                           {"identity", 0, 0, 0, 1000}})
      check(row);
  }

  TEST_CASE("weights have up to three digits") {
    for (const Row& row : {Row{"gzip;q=0.5", 500, 0, 0},
                           {"gzip;q=0.123, br;q=1.000", 123, 1000, 0},
                           {"gzip ; Q=0.7 ,\tbr;q=1.", 700, 1000, 0},
                           {"gzip;q=0., br;q=0.01", 0, 10, 0},
                           {"gzip;q=0", 0, 0, 0},
                           {"gzip;q=0.000", 0, 0, 0}})
      check(row);
  }

  TEST_CASE("a star is every coding that is not named, identity too") {
    for (const Row& row : {Row{"*", 1000, 1000, 1000, 1000},
                           {"*;q=0.3, gzip", 1000, 300, 300, 300},
                           {"br;q=0, *", 1000, 0, 1000, 1000},
                           {"*;q=0", 0, 0, 0, 0, true},
                           {"gzip, *;q=0", 1000, 0, 0, 0, true},
                           {"gzip, identity;q=0.5, *;q=0", 1000, 0, 0, 500}})
      check(row);
  }

  TEST_CASE("identity is refused by name or by a star, and by nothing else") {
    for (const Row& row : {Row{"identity;q=0", 0, 0, 0, 0, true},
                           {"identity;q=0, gzip", 1000, 0, 0, 0, true},
                           {"identity;q=0.001", 0, 0, 0, 1},
                           {"*, identity;q=0", 1000, 1000, 1000, 0, true}})
      check(row);
  }

  TEST_CASE("what is malformed counts as not said") {
    for (const Row& row : {Row{"gzip;q=", 0, 0, 0},
                           {"gzip;q=2", 0, 0, 0},
                           {"gzip;q=1.001", 0, 0, 0},
                           {"gzip;q=0.1234", 0, 0, 0},
                           {"gzip;q=-1", 0, 0, 0},
                           {"gzip;q=.5", 0, 0, 0},
                           {"gzip;q=0,5", 0, 0, 0},
                           {"gzip;q=0.5;q=1", 0, 0, 0},
                           {"gzip;level=9", 0, 0, 0},
                           {"gzip;", 0, 0, 0},
                           {"gz ip, br", 0, 1000, 0},
                           {"\"gzip\"", 0, 0, 0},
                           {";q=1,,, ,gzip", 1000, 0, 0},
                           {"identity;q=nonsense, gzip", 1000, 0, 0},
                           {"*;q=x", 0, 0, 0}})
      check(row);
  }

  TEST_CASE("of a coding that is named twice the lower weight counts") {
    for (const Row& row : {Row{"gzip, gzip;q=0", 0, 0, 0},
                           {"gzip;q=0.2, x-gzip;q=0.4", 200, 0, 0},
                           {"*;q=0.5, *;q=0", 0, 0, 0, 0, true}})
      check(row);
  }

  TEST_CASE("what stands behind many elements is not looked at") {
    std::string field = "br";
    for (int i = 0; i < 40; ++i) field += ",none";
    check({(field + ",gzip").c_str(), 0, 1000, 0});
  }
}

TEST_SUITE("coding::KnownAccept") {
  TEST_CASE("reads what each request says") {
    KnownAccept known;
    const std::string long_field = "gzip," + std::string(2000, ' ') + "br";
    for (const std::string& field : {std::string("gzip"),
                                     std::string("gzip"),
                                     std::string("br"),
                                     long_field,
                                     std::string(),
                                     long_field,
                                     std::string("gzip")})
      CHECK(known.read(field) == parse_accept_encoding(field));
  }
}
