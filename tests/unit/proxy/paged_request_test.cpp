// Pages of lists out of answers that were fetched for others: what is asked of the provider, and
// that a client gets what the provider would have said at that time, for the page asked.
#include "proxy/paged_request.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "listed.hpp"
#include "proxy/gather.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;
using catalog::Page;
using namespace quotecached::proxy::test;

namespace {

const PageBook::Time kSteady{1h};
const std::string kListings = "/v1/cryptocurrency/listings/latest?";
const std::string kMap = "/v1/cryptocurrency/map?";

refill::PendingPtr refused(unsigned status, const std::string& message) {
  auto pending = std::make_shared<refill::Pending>();
  pending->failure =
      std::make_shared<const calling::Failure>(calling::Failure{status, status, message, 0s});
  return pending;
}

}  // namespace

TEST_SUITE("proxy::PagedRequest") {
  TEST_CASE("a wider page is asked for at the price of the page, under its own key") {
    PageBook book({});
    const auto request = parse(kListings + "start=21&limit=10&convert=EUR");
    const auto paged = PagedRequest::of(request, book, kSteady);
    REQUIRE(paged);
    CHECK(paged->is_widened());
    CHECK(paged->key() == "qc1:v1.listings:query:convert=EUR&limit=200");
    const auto lane = paged->lane();
    CHECK(refill::call_target(*lane, {}) == kListings + "convert=EUR&limit=200");
    CHECK(refill::worst_case(*lane, 1) == refill::worst_case(*refill::lane_of(request), 1));
    CHECK(lane->parts().converts == std::vector<std::string>{"EUR"});
    CHECK_FALSE(PagedRequest::of(parse("/v1/cryptocurrency/map?symbol=BTC"), book, kSteady));
  }

  TEST_CASE("refill is asked for the wider page, with the copy that the client can be shown") {
    PageBook book({});
    const auto request = parse(kListings + "start=21&limit=10");
    Gather gather(request);
    gather.set_page(PagedRequest::of(request, book, kSteady));
    const auto copy = entry_of(List{.rows = 500}.body({21, 10}), kNow - 70s);
    gather.offer(0, copy, kNow);
    const auto lanes = gather.lanes();
    REQUIRE(lanes.size() == 1);
    CHECK(lanes.front().assets() == 1);
    const auto want = gather.want(lanes.front(), "client");
    CHECK(refill::call_target(*want.lane, want.assets) == kListings + "limit=200");
    REQUIRE(want.keys.size() == 1);
    CHECK(want.keys.front().key == "qc1:v1.listings:query:limit=200");
    CHECK(want.keys.front().copy == copy);
    CHECK(gather.slots().front().key == "qc1:v1.listings:query:limit=10&start=21");
  }

  TEST_CASE("who asks for all that a credit pays for asks as he does") {
    PageBook book({});
    const auto request = parse(kListings + "limit=200");
    const auto paged = PagedRequest::of(request, book, kSteady);
    REQUIRE(paged);
    CHECK_FALSE(paged->is_widened());
    CHECK(paged->key() == "qc1:v1.listings:query:limit=200");
    CHECK(refill::call_target(*paged->lane(), {}) == kListings + "limit=200");
  }

  TEST_CASE("a page has the times of what it is cut from, and the ETag of its own rows") {
    PageBook book({});
    const List list{.rows = 500};
    const auto request = parse(kListings + "start=21&limit=10");
    auto paged = PagedRequest::of(request, book, kSteady);
    REQUIRE(paged);
    const auto answer = entry_of(list.body({1, 200}), kNow - 30s);
    refill::Pending page;
    paged->take(*fetched(answer), false, page, kSteady);
    REQUIRE(page.entry);
    CHECK(page.entry->fetched_at == answer->fetched_at);
    CHECK(page.entry->fresh_until == answer->fresh_until);
    CHECK(page.entry->stale_until == answer->stale_until);
    const auto expected = entry_of(list.body({21, 10}));
    CHECK(page.entry->fragment == expected->fragment);
    CHECK(page.entry->content_hash == expected->content_hash);
    CHECK(paged->is_widened());
  }

  TEST_CASE("what a client fetched for himself answers for its parts") {
    PageBook book({});
    const auto large = parse(kListings + "limit=1000");
    auto fetching = PagedRequest::of(large, book, kSteady);
    refill::Pending page;
    const auto answer = entry_of(List{.rows = 5000}.body({1, 1000}));
    fetching->take(*fetched(answer), false, page, kSteady);
    CHECK(page.entry == answer);
    const auto small = parse(kListings + "start=951&limit=50");
    auto paged = PagedRequest::of(small, book, kSteady);
    const auto sources = paged->sources();
    const auto found =
        std::ranges::find(sources, "qc1:v1.listings:query:limit=1000", &PagedRequest::Source::key);
    REQUIRE(found != sources.end());
    const auto at = static_cast<std::size_t>(found - sources.begin());
    const auto cut = paged->cut(at, answer, true);
    REQUIRE(cut);
    CHECK(cut->fragment.text == List{.rows = 5000}.body({951, 50}));
    // Not of another series.
    const auto other = parse(kListings + "start=951&limit=50&convert=EUR");
    const auto another = PagedRequest::of(other, book, kSteady);
    CHECK(std::ranges::count(another->sources(), Page{1, 1000}, &PagedRequest::Source::page) == 0);
  }

  TEST_CASE("a map that was asked for without a limit is looked for, whoever fetched it") {
    PageBook book({});
    const auto request = parse(kMap + "start=21&limit=10");
    const auto paged = PagedRequest::of(request, book, kSteady);
    CHECK(std::ranges::count(paged->sources(), "qc1:v1.map:query:", &PagedRequest::Source::key) ==
          1);
  }

  TEST_CASE("a page that reaches past the end is in the answer that shows it") {
    PageBook book({});
    const List list{.rows = 97, .tells_total = false};
    const auto request = parse(kMap + "start=11&limit=5000");
    auto paged = PagedRequest::of(request, book, kSteady);
    REQUIRE(paged);
    CHECK_FALSE(paged->is_widened());
    REQUIRE(paged->sources().front().key == "qc1:v1.map:query:limit=5000");
    const auto page = paged->cut(0, entry_of(list.body({1, 5000})), true);
    REQUIRE(page);
    CHECK(page->fragment.text == list.body({11, 5000}));
  }

  TEST_CASE("where the provider refuses more than was asked for, the request goes as it stands") {
    struct Row {
      unsigned status;
      std::string message;
      bool is_refusal;
    };
    for (const auto& row :
         {Row{400, R"("limit" must be less than or equal to 100)", true},
          Row{400, R"("start" must be less than or equal to 100)", true},
          Row{400, "Bad request", true},
          Row{403, "Your API Key subscription plan doesn't support this endpoint.", true},
          Row{400, R"(Invalid value for "convert": "XYZ")", false},
          Row{429, "You've exceeded your API Key's monthly rate limit.", false},
          Row{500, "An internal server error occurred", false},
          Row{502, "", false}}) {
      CAPTURE(row.message);
      PageBook book({});
      const auto request = parse(kListings + "start=21&limit=10");
      auto paged = PagedRequest::of(request, book, kSteady);
      refill::Pending page;
      paged->take(*refused(row.status, row.message), false, page, kSteady);
      CHECK(page.failure->http_status == row.status);
      CHECK(page.entry == nullptr);
      CHECK(paged->is_widened() == !row.is_refusal);
      const auto again = PagedRequest::of(request, book, kSteady + 10s);
      CHECK(again->is_widened() == !row.is_refusal);
      CHECK(PagedRequest::of(request, book, kSteady + 2h)->is_widened());
    }
  }

  TEST_CASE(
      "what is not believed of a wider page may be true of the page, where there is no copy") {
    for (const bool has_copy : {false, true}) {
      CAPTURE(has_copy);
      PageBook book({});
      const auto request = parse(kListings + "start=21&limit=10");
      auto paged = PagedRequest::of(request, book, kSteady);
      refill::Pending doubted;
      doubted.failure = std::make_shared<const calling::Failure>(
          calling::Failure{502, 502, "The provider's answer contradicts its last.", 0s, true});
      refill::Pending page;
      paged->take(doubted, has_copy, page, kSteady);
      CHECK(paged->is_widened() == has_copy);
      CHECK(PagedRequest::of(request, book, kSteady)->is_widened());  // nothing is remembered
    }
  }

  TEST_CASE("an answer that does not hold the page is not asked for again while it is fresh") {
    PageBook book({});
    // The provider gives a hundred rows at most, and does not say so.
    const List list{.rows = 5000, .tells_total = false, .most = 100};
    const auto request = parse(kMap + "start=201&limit=10");
    auto paged = PagedRequest::of(request, book, kSteady);
    REQUIRE(paged->is_widened());
    const auto answer = entry_of(list.body({1, 5000}));
    refill::Pending page;
    paged->take(*fetched(answer), false, page, kSteady);
    CHECK(page.entry == nullptr);
    CHECK_FALSE(paged->is_widened());
    CHECK(refill::call_target(*paged->lane(), {}) == kMap + "limit=10&start=201");
    // As one that finds it in memory.
    auto next = PagedRequest::of(request, book, kSteady);
    CHECK(next->cut(0, answer, false) == nullptr);
    CHECK(next->is_widened());
    CHECK(next->cut(0, answer, true) == nullptr);
    CHECK_FALSE(next->is_widened());
  }
}
