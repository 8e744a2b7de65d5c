#include "admin/warm.hpp"

#include <doctest/doctest.h>

using namespace quotecached;

namespace {

std::string refusal(std::string_view body) {
  const auto order = admin::parse_warm_order(body);
  return order ? std::string("taken") : order.error().message;
}

}  // namespace

TEST_SUITE("admin::parse_warm_order") {
  TEST_CASE("an order is read with all that it may say") {
    const auto order = admin::parse_warm_order(
        R"({"assets":["1","1027"],"convert":"usd,EUR,USD","max_credits":7,"dry_run":true,)"
        R"("explain":true,"wait":true})");
    REQUIRE(order);
    CHECK(order->what == warm::Order::What::Assets);
    CHECK(order->assets == std::vector<std::string>{"1", "1027"});
    CHECK(order->converts == std::vector<std::string>{"USD", "EUR"});
    CHECK(order->max_credits == Credits{7});
    CHECK(order->is_dry);
    CHECK(order->explains);
    CHECK(order->waits);
  }

  TEST_CASE("what is to be warmed is said in one of four ways, or not at all") {
    using What = warm::Order::What;
    CHECK(admin::parse_warm_order("{}")->what == What::Popular);
    CHECK_FALSE(admin::parse_warm_order("{}")->popular);
    CHECK(admin::parse_warm_order(R"({"popular":3})")->popular == 3);
    CHECK(admin::parse_warm_order(R"({"window":"majors"})")->window == "majors");
    CHECK(admin::parse_warm_order(R"({"due":true})")->what == What::Due);
    CHECK(refusal(R"({"due":true,"popular":3})") ==
          "only one of popular, window, due and assets can be given");
  }

  TEST_CASE("assets are ids or symbols, in any case of letters") {
    const auto order =
        admin::parse_warm_order(R"({"assets":["btc","1","$elon","1INCH","1234567890"]})");
    REQUIRE(order);
    CHECK(order->assets == std::vector<std::string>{"BTC", "1", "$ELON", "1INCH", "1234567890"});
  }

  TEST_CASE("what cannot be meant is refused, naming the member") {
    struct Row {
      const char* body;
      const char* named;
    };
    for (const auto& row : {Row{"", "expected"},
                            Row{"[]", "expected"},
                            Row{R"({"popular":0})", "popular"},
                            Row{R"({"popular":5001})", "popular"},
                            Row{R"({"popular":"3"})", "popular"},
                            Row{R"({"due":false})", "due"},
                            Row{R"({"window":1})", "window"},
                            Row{R"({"assets":[]})", "assets"},
                            Row{R"({"assets":[1]})", "assets"},
                            Row{R"({"assets":["01"]})", "'01' is no id and no symbol"},
                            Row{R"({"assets":["1&convert=EUR"]})", "'1&convert=EUR' is no id"},
                            Row{R"({"assets":["BTC\n"]})", "'BTC?' is no id"},
                            Row{R"({"assets":[""]})", "'' is no id"},
                            Row{R"({"assets":["12345678901"]})", "is no id"},
                            Row{R"({"convert":"USD,"})", "convert"},
                            Row{R"({"convert":"US D"})", "convert"},
                            Row{R"({"max_credits":0})", "max_credits"},
                            Row{R"({"wait":1})", "wait"},
                            Row{R"({"wait":true,"wait":true})", "wait is given twice"},
                            Row{R"({"colour":1})", "unknown member 'colour'"}}) {
      CAPTURE(row.body);
      CHECK(refusal(row.body).find(row.named) != std::string::npos);
    }
  }

  TEST_CASE("an order of 5,000 assets is taken, one more is not") {
    std::string body = R"({"assets":["1")";
    for (int i = 2; i <= 5000; ++i) body += ",\"" + std::to_string(i) + '"';
    CHECK(refusal(body + "]}") == "taken");
    CHECK(refusal(body + ",\"5001\"]}").starts_with("assets takes"));
  }
}

TEST_SUITE("warm::state_of") {
  TEST_CASE("a run is done when nothing was left undone, and nothing when all was") {
    using How = warm::Outcome::How;
    using State = warm::Run::State;
    struct Row {
      const char* name;
      std::vector<How> outcomes;
      State wanted;
    };
    for (const auto& row : {
             Row{"empty", {}, State::Done},
             Row{"all renewed", {How::Renewed, How::Renewed}, State::Done},
             Row{"all fresh or unasked", {How::Fresh, How::Unasked, How::Busy}, State::Done},
             Row{"one failed", {How::Renewed, How::Failed}, State::Partly},
             Row{"one not tried", {How::Fresh, How::NotTried}, State::Partly},
             Row{"all failed", {How::Failed, How::Failed}, State::Nothing},
             Row{"not worth it", {How::Unworthy}, State::Nothing},
         }) {
      CAPTURE(row.name);
      warm::Run run;
      run.assets = static_cast<std::int64_t>(row.outcomes.size());
      for (const auto how : row.outcomes) ++run.how[static_cast<std::size_t>(how)];
      CHECK(warm::state_of(run) == row.wanted);
    }
  }
}
