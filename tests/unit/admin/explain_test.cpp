#include "admin/explain.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::admin;

namespace {

constexpr TimePoint kNow{std::chrono::seconds(1'800'000'000)};

CopySeen copy(CopyState state, int age, std::string tier = "memory") {
  CopySeen seen;
  seen.tier = std::move(tier);
  seen.key = "k";
  seen.state = state;
  seen.fetched_at = kNow - std::chrono::seconds(age);
  seen.fresh_until = seen.fetched_at + std::chrono::seconds(60);
  seen.stale_until = seen.fetched_at + std::chrono::hours(24);
  return seen;
}

std::string refusal(std::string_view query) {
  const auto read = parse_explain_query(query);
  return read ? "" : read.error().message;
}

}  // namespace

TEST_SUITE("admin: explain") {
  TEST_CASE("an asset by its kinds of name") {
    const auto read = [](std::string_view query) {
      const auto wanted = parse_explain_query(query);
      REQUIRE(wanted);
      return wanted->kind + "=" + wanted->asset + "," + wanted->convert + "," + wanted->endpoint;
    };
    CHECK(read("asset=1") == "id=1,USD,v2.quotes");
    CHECK(read("asset=BTC&convert=EUR") == "symbol=BTC,EUR,v2.quotes");
    CHECK(read("asset=slug%3Abitcoin&endpoint=v1.quotes") == "slug=bitcoin,USD,v1.quotes");
    CHECK(refusal("") == "asset is needed");
    CHECK(refusal("asset=1,2").find("asset takes one asset") == 0);
    CHECK(refusal("asset=coin:1").find("asset takes one asset") == 0);
    CHECK(refusal("asset=1&asset=1") == "asset is given twice");
    CHECK(refusal("assets=1").find("unknown parameter 'assets'") == 0);
    CHECK(refusal("asset=1&convert=") == "convert takes one name");
  }

  TEST_CASE("the first fresh copy answers, else the youngest that may be shown") {
    using enum CopyState;
    CHECK_FALSE(answering({}));
    CHECK_FALSE(answering({copy(Expired, 1), copy(Purged, 1)}));
    CHECK(answering({copy(Stale, 100), copy(Fresh, 50), copy(Fresh, 10)}) == 1);
    CHECK(answering({copy(Stale, 100), copy(Stale, 90), copy(Stale, 95)}) == 1);
    CHECK(answering({copy(Purged, 1), copy(Negative, 5)}) == 1);
  }

  TEST_CASE("when it is renewed next, and why") {
    using enum CopyState;
    Explanation given;
    given.at = kNow;
    given.renews_ahead = true;
    CHECK(next_refresh(given).why == "there is no copy: the next ask has it fetched");
    given.copies = {copy(Fresh, 10)};
    given.answers = 0;
    CHECK_FALSE(next_refresh(given).at);
    CHECK(next_refresh(given).why == "the first ask after fresh_until has it renewed");
    given.popularity = PopularitySeen{10'000, kNow, 0.1};
    CHECK(next_refresh(given).at == given.copies[0].fresh_until);
    CHECK(next_refresh(given).why == "it is popular: 6.0 asks are expected while a copy is fresh");
    given.popularity->asks_a_second = 0.05;
    CHECK_FALSE(next_refresh(given).at);
    given.kept_warm = "pinned";
    CHECK(next_refresh(given).why == "it is kept warm: pinned");
    given.policy = pacing::policy_of(pacing::SpendMode::CacheOnly);
    CHECK(next_refresh(given).why == "the spend mode pays for no refresh");
    given.answers.reset();
    CHECK(next_refresh(given).why.find("the spend mode pays for nothing") == 0);
    given.policy = pacing::policy_of(pacing::SpendMode::Economise, pacing::Age(740));
    given.kept_warm.clear();
    given.copies = {copy(Stale, 100)};
    given.answers = 0;
    CHECK(next_refresh(given).why ==
          "the next ask has it renewed, once that is worth a credit (740 s of age)");
  }

  TEST_CASE("in JSON") {
    Explanation given;
    given.at = kNow;
    given.target = "/v2/x?id=1";
    given.endpoint = "v2.quotes";
    given.keys = {"k"};
    CHECK(
        to_json(given) ==
        R"({"at":"2027-01-15T08:00:00Z","target":"/v2/x?id=1","endpoint":"v2.quotes","keys":["k"],)"
        R"("answer":null,"copies":[],"tiers_down":[],"last_call":null,"popularity":null,)"
        R"("next_refresh":{"at":null,"why":"there is no copy: the next ask has it fetched"}})");
    given.copies = {copy(CopyState::Fresh, 10, "redis")};
    given.answers = 0;
    given.call = CallSeen{kNow, "miss", 1, 2, 98};
    const auto text = to_json(given);
    CHECK(text.find(R"("answer":{"tier":"redis","key":"k","state":"fresh","age_s":10,)") !=
          std::string::npos);
    CHECK(text.find(R"("last_call":{"at":"2027-01-15T08:00:00Z","cause":"miss","credits":1,)"
                    R"("assets":2,"riding":98})") != std::string::npos);
  }
}
