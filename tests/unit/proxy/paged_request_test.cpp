// Pages of lists out of answers that were fetched for others: what is asked of the provider, and
// that a client gets what the provider would have said at that time, for the page asked.
#include "proxy/paged_request.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "catalog/price.hpp"
#include "listed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;
using catalog::Page;
using namespace quotecached::proxy::test;

namespace {

const PageBook::Time kSteady{1h};
const std::string kListings = "/v1/cryptocurrency/listings/latest?";
const std::string kMap = "/v1/cryptocurrency/map?";

catalog::Request parse(std::string_view target) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return request;
}

std::string target(const std::string& path, Page page) {
  std::string out = path + "start=" + std::to_string(page.start);
  if (page.limit > 0) out += "&limit=" + std::to_string(page.limit);
  return out;
}

refill::PendingPtr fetched(cache::EntryPtr entry) {
  auto pending = std::make_shared<refill::Pending>();
  pending->entry = std::move(entry);
  return pending;
}

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
    for (const auto& [status, message, is_refusal] :
         {Row{400, R"("limit" must be less than or equal to 100)", true},
          Row{400, R"("start" must be less than or equal to 100)", true},
          Row{400, "Bad request", true},
          Row{403, "Your API Key subscription plan doesn't support this endpoint.", true},
          Row{400, R"(Invalid value for "convert": "XYZ")", false},
          Row{429, "You've exceeded your API Key's monthly rate limit.", false},
          Row{500, "An internal server error occurred", false},
          Row{502, "", false}}) {
      CAPTURE(message);
      PageBook book({});
      const auto request = parse(kListings + "start=21&limit=10");
      auto paged = PagedRequest::of(request, book, kSteady);
      refill::Pending page;
      paged->take(*refused(status, message), false, page, kSteady);
      CHECK(page.failure->http_status == status);
      CHECK(page.entry == nullptr);
      CHECK(paged->is_widened() == !is_refusal);
      const auto again = PagedRequest::of(request, book, kSteady + 10s);
      CHECK(again->is_widened() == !is_refusal);
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

  // A cache of one tier that lives by PagedRequest, and a list that changes at any time.
  TEST_CASE(
      "any pages in any order are what the provider would have said at the time of fetching") {
    struct Kind {
      std::string path;
      bool tells_total;
      std::uint64_t most_rows;
    };
    for (const auto& [path, tells_total, most_rows] :
         {Kind{kListings, true, 900}, Kind{kMap, false, 7000}, Kind{"/v1/fiat/map?", false, 97}}) {
      CAPTURE(path);
      std::mt19937 random(42);
      const auto draw = [&](std::uint64_t most) { return 1 + random() % most; };
      PageBook book({});
      List list{.rows = most_rows, .version = 0, .tells_total = tells_total};
      std::map<std::uint64_t, List> versions{{0, list}};
      std::map<std::string, cache::EntryPtr> memory;
      std::uint64_t calls = 0, asks = 0, wrong = 0, credits = 0, credits_alone = 0;
      for (auto now = kNow; asks < 6000; now += milliseconds(draw(900)), ++asks) {
        if (draw(40) == 1) {
          list.version += 1;
          list.rows = draw(4) == 1 ? draw(most_rows) : list.rows;
          versions[list.version] = list;
        }
        Page asked{draw(most_rows + 40), draw(draw(10) == 1 ? 1000 : 120)};
        if (draw(50) == 1 && path != kListings) asked = {1, 0};
        const auto request = parse(target(path, asked));
        std::string own;
        catalog::append_whole_key(own, request);
        auto paged = PagedRequest::of(request, book, kSteady + (now - kNow));
        REQUIRE(paged);
        auto got = memory[own];
        if (got && !cache::is_fresh(*got, now)) got = nullptr;
        for (std::size_t i = 0; i < paged->sources().size() && !got; ++i) {
          const auto held = memory[paged->sources()[i].key];
          if (held && cache::is_fresh(*held, now)) got = paged->cut(i, held, true);
        }
        for (int tries = 0; tries < 2 && !got; ++tries) {
          const auto wide = parse(refill::call_target(*paged->lane(), {}));
          const auto key = paged->key();
          const auto answer = entry_of(list.body(*catalog::page_of(wide)), now);
          ++calls;
          credits += static_cast<std::uint64_t>(refill::worst_case(*paged->lane(), 1).count);
          memory[key] = answer;
          refill::Pending page;
          paged->take(*fetched(answer), false, page, kSteady + (now - kNow));
          got = page.entry;
        }
        REQUIRE(got);
        memory[own] = got;
        credits_alone += static_cast<std::uint64_t>(request.list_price.count);
        // The version in force when it was fetched is the last whose rows the answer shows; an
        // empty one is that of any version with so few rows that could have been asked.
        const auto& text = got->fragment.text;
        const auto at = text.find("\"v\":");
        if (at == std::string::npos) {
          const bool fits = std::ranges::any_of(
              versions, [&](const auto& one) { return one.second.body(asked) == text; });
          wrong += fits ? 0U : 1U;
          continue;
        }
        wrong += versions.at(std::stoull(text.substr(at + 4))).body(asked) == text ? 0U : 1U;
      }
      CHECK(wrong == 0);
      CHECK(credits * 3 < credits_alone);
      MESSAGE(path,
              " ",
              asks,
              " asks, ",
              calls,
              " calls, ",
              credits,
              " credits, ",
              credits_alone,
              " without a cache");
    }
  }
}
