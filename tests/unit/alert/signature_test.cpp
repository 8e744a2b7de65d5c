#include "alert/signature.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached::alert;

TEST_SUITE("alert::sign") {
  // printf '1795348800.{"a":1}' | openssl dgst -sha256 -hmac webhook-secret
  TEST_CASE("a signature is what other tools compute") {
    CHECK(sign("webhook-secret", 1795348800, R"({"a":1})") ==
          "t=1795348800,v1=29e92f31959c5eccd09078a1570545d9407bcad80efa790be7013e8c1deb8b23");
  }

  TEST_CASE("time, body and secret all count") {
    const std::string signature = sign("secret", 1, "body");
    CHECK(sign("secret", 2, "body").substr(3) != signature.substr(3));
    CHECK(sign("secret", 1, "bodY") != signature);
    CHECK(sign("secreT", 1, "body") != signature);
    CHECK(sign("secret", 1, "body") == signature);
  }
}
