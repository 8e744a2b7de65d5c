#include "catalog/fiat.hpp"

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("catalog::fiat") {
  TEST_CASE("currencies of states and metals are fiat, coins are not, whatever their symbols") {
    for (const auto* code : {"USD", "EUR", "GBP", "MNT", "TRY", "XAU", "AED", "ZAR"})
      CHECK(catalog::is_fiat_code(code));
    for (const auto* code : {"", "BTC", "USDT", "EURC", "usd", "US"})
      CHECK_FALSE(catalog::is_fiat_code(code));
    for (const unsigned id : {2781U, 2790U, 2824U, 2832U, 3526U, 3573U, 3574U, 3577U})
      CHECK(catalog::is_fiat_id(id));
    for (const unsigned id : {1U, 1027U, 2780U, 2825U, 2862U, 3525U, 3578U, 6897U})
      CHECK_FALSE(catalog::is_fiat_id(id));
  }
}
