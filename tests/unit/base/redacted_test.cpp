#include "base/redacted.hpp"

#include <array>

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("base::redacted") {
  TEST_CASE("secrets are blanked, however they are spelled") {
    struct Row {
      std::string_view target;
      std::string_view written;
    };
    const std::array<Row, 19> rows{{
        {"/v2/x?id=1&CMC_PRO_API_KEY=abc", "/v2/x?id=1&CMC_PRO_API_KEY=REDACTED"},
        {"/v2/x?cmc_pro_api_key=abc&id=1", "/v2/x?cmc_pro_api_key=REDACTED&id=1"},
        {"/v2/x?CMC%5FPRO%5fAPI_KEY=abc", "/v2/x?CMC%5FPRO%5fAPI_KEY=REDACTED"},
        {"/v2/x?CMC_PRO_API_KEY=a=b?c", "/v2/x?CMC_PRO_API_KEY=REDACTED"},
        {"/v2/x?CMC_PRO_API_KEY=ab;cd;ef&id=1", "/v2/x?CMC_PRO_API_KEY=REDACTED&id=1"},
        {"/v2/x?a=1;access_token=abc;b=2&c=3", "/v2/x?a=1;access_token=REDACTED&c=3"},
        {"/v2/x??CMC_PRO_API_KEY=abc", "/v2/x??CMC_PRO_API_KEY=REDACTED"},
        {"/v2/x?CMC_PRO_API_KEY=", "/v2/x?CMC_PRO_API_KEY=REDACTED"},
        {"/v2/x?CMC_PRO_API_KEY", "/v2/x?CMC_PRO_API_KEY"},
        {"/x?sig=1&auth=2&user_pass=3", "/x?sig=REDACTED&auth=REDACTED&user_pass=REDACTED"},
        {"/x?pwd=1&jwt=2&session-id=3", "/x?pwd=REDACTED&jwt=REDACTED&session-id=REDACTED"},
        {"/x?key=1&PASSPHRASE=2", "/x?key=REDACTED&PASSPHRASE=REDACTED"},
        {"/x?keyword=1&design=2&author=3&compass=4", "/x?keyword=1&design=2&author=3&compass=4"},
        {"/v2/x?id=1,1027&convert=EUR", "/v2/x?id=1,1027&convert=EUR"},
        {"/v2/x?slug=a&symbol=KEY&aux=b", "/v2/x?slug=a&symbol=KEY&aux=b"},
        {"/v2/x?&&=1&%", "/v2/x?&&=1&%"},
        {"/v2/x?", "/v2/x?"},
        {"/v2/x?;;=;", "/v2/x?;;=;"},
        {"", ""},
    }};
    for (const auto& row : rows) {
      CAPTURE(row.target);
      CHECK(redacted(row.target) == row.written);
    }
  }
}
