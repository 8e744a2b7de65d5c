#include "admin/purge.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace quotecached;

namespace {

using Words = std::vector<std::string>;

std::string refusal(std::string_view query) {
  const auto order = admin::parse_purge_order(query);
  return order ? "" : order.error().message;
}

}  // namespace

TEST_SUITE("admin: purges") {
  TEST_CASE("lists with commas, globs with theirs, and flags") {
    const auto order = admin::parse_purge_order(
        "asset=1,BTC&endpoint=quotes&convert=USD%2CEUR&tag=defi&glob=a%2a,b&glob=c&dry_run=true&"
        "yes="
        "false");
    REQUIRE(order);
    CHECK(order->assets == Words{"1", "BTC"});
    CHECK(order->endpoints == Words{"quotes"});
    CHECK(order->converts == Words{"USD", "EUR"});
    CHECK(order->tags == Words{"defi"});
    CHECK(order->globs == Words{"a*,b", "c"});
    CHECK(order->is_dry);
    CHECK_FALSE(order->is_confirmed);
    CHECK(admin::parse_purge_order(""));  // what is wanting the order's own check says
  }

  TEST_CASE("what is not understood is refused by name") {
    CHECK(refusal("assets=1").find("unknown parameter 'assets'") == 0);
    CHECK(refusal("asset=1&asset=2") == "asset is given twice");
    CHECK(refusal("asset=") == "asset is empty");
    CHECK(refusal("asset=1,,2") == "asset has an empty item");
    CHECK(refusal("asset=%G") == "asset has a broken escape");
    CHECK(refusal("yes=1") == "yes takes true or false");
  }

  TEST_CASE("a report in JSON") {
    purge::Report report;
    report.census = {2, std::nullopt, 2};
    report.is_dry = true;
    CHECK(admin::to_json(report) == R"({"dry_run":true,"entries":2,"memory":2,"sqlite":null})");
    report.is_dry = false;
    report.census.sqlite = 3;
    report.swept = 2;
    report.before = TimePoint(std::chrono::seconds(1'800'000'000));
    report.until = report.before + std::chrono::hours(1);
    report.others = purge::Report::Others::NotConfirmed;
    report.confirmation = {{"a"}, {"b"}, true};
    CHECK(admin::to_json(report) ==
          R"({"dry_run":false,"entries":2,"memory":2,"sqlite":3,"before":"2027-01-15T08:00:00Z",)"
          R"("until":"2027-01-15T09:00:00Z","swept":2,"kept":false,"others":"not confirmed",)"
          R"("confirmed":["a"],"not_confirmed":["b"]})");
  }
}
