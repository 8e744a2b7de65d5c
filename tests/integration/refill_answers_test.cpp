// What the provider says against what is held: withheld at first, believed when it is said again
// and again. The clock is moved by hand; hold-offs are as short as they may be.
#include <doctest/doctest.h>

#include "refill_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using test::Bed;
using test::good;
using test::kGood;
using test::kQuotes;
using test::quote_of;
using test::Reply;

namespace {

// So that nothing keeps a test from asking again at once.
Refill::Options without_rest() {
  Refill::Options options;
  options.failure_throttle = 0ms;
  options.times.negative = 0ms;
  return options;
}

std::string priced(const std::string& price) {
  return std::string(kGood) + R"("1":{"id":1,"symbol":"X","quote":{"USD":{"price":)" + price +
         "}}}}}";
}

std::string page(int rows, const std::string& status = "") {
  std::string body = R"({"status":{"error_code":0,"credit_count":1)" + status + R"(},"data":[)";
  for (int id = 1; id <= rows; ++id) {
    if (id > 1) body += ',';
    body += R"({"id":)" + std::to_string(id) + R"(,"quote":{"USD":{"price":1}}})";
  }
  return body + "]}";
}

const std::string kListing = "/v1/cryptocurrency/listings/latest";

// An upstream that answers with `body`, whatever it is asked for, and one request at a time.
struct Provider {
  explicit Provider(std::string first, Refill::Options options = without_rest())
      : reply{.body = std::move(first)},
        bed([this](const std::string&) { return reply; }, options) {}

  // Who asks holds a copy as soon as memory does.
  PendingPtr ask(const std::string& target, const std::string& key) {
    const bool has_copy = bed.memory.lookup(key) != nullptr;
    const auto wanted = bed.want(target, {}, has_copy);
    bed.settle(wanted);
    return wanted.front();
  }
  std::string held(const std::string& key) const {
    const auto entry = bed.memory.lookup(key);
    if (!entry) return "nothing";
    return entry->is_negative ? "unknown" : entry->fragment.text;
  }

  Reply reply;
  Bed bed;
};

const std::string kQuoteKey = "qc1:v2.quotes:id:1:USD:-";
const std::string kPageKey = "qc1:v1.listings:query:";

}  // namespace

TEST_SUITE("refill::Filing") {
  TEST_CASE("a flawed price replaces a good one when it was said for five minutes") {
    for (const char* flaw : {"0", "-3", "null", "\"700.5\"", "true", "{}", "1e999"}) {
      CAPTURE(flaw);
      Provider provider(priced("700.5"));
      REQUIRE(provider.ask(kQuotes + "1", kQuoteKey)->entry);
      const auto copy = provider.held(kQuoteKey);
      provider.reply.body = priced(flaw);
      for (int minute = 1; minute <= 5; ++minute) {
        provider.bed.clock.advance(60s);
        CAPTURE(minute);
        const auto answer = provider.ask(kQuotes + "1", kQuoteKey);
        CHECK_FALSE(answer->entry);
        CHECK(answer->failure);
        CHECK(provider.held(kQuoteKey) == copy);
      }
      CHECK(provider.bed.refill.counters().withheld[0] == 5);
      provider.bed.clock.advance(60s);
      CHECK(provider.ask(kQuotes + "1", kQuoteKey)->entry);
      CHECK(provider.held(kQuoteKey).find(flaw) != std::string::npos);
      provider.reply.body = priced("701");
      CHECK(provider.ask(kQuotes + "1", kQuoteKey)->entry);
      CHECK(provider.held(kQuoteKey).find("701") != std::string::npos);
    }
  }

  TEST_CASE("a flawed price passes as it stands when there is no good one") {
    Provider provider(priced("null"));
    CHECK(provider.ask(kQuotes + "1", kQuoteKey)->entry);
    provider.reply.body = priced("0");
    CHECK(provider.ask(kQuotes + "1", kQuoteKey)->entry);
    CHECK(provider.held(kQuoteKey).find("0") != std::string::npos);
    // Nor is a copy that may not be shown any more.
    provider.reply.body = priced("5");
    CHECK(provider.ask(kQuotes + "1", kQuoteKey)->entry);
    provider.bed.clock.advance(48h);
    provider.reply.body = priced("0");
    CHECK(provider.ask(kQuotes + "1", kQuoteKey)->entry);
    CHECK(provider.bed.refill.counters().withheld[0] == 0);
  }

  TEST_CASE("a key whose answer is withheld is not asked for again at once") {
    Provider provider(priced("700.5"), {});
    REQUIRE(provider.ask(kQuotes + "1", kQuoteKey)->entry);
    provider.reply.body = priced("0");
    for (int i = 0; i < 3; ++i) CHECK_FALSE(provider.ask(kQuotes + "1", kQuoteKey)->entry);
    CHECK(provider.bed.upstream.calls().size() == 2);
  }

  TEST_CASE("an asset that good answers leave out for two minutes is gone") {
    Provider provider(std::string(kGood) + quote_of("1", "1") + "}}");
    REQUIRE(provider.ask(kQuotes + "1", kQuoteKey)->entry);
    provider.reply.body = std::string(kGood) + "}}";
    for (int minute = 1; minute <= 2; ++minute) {
      provider.bed.clock.advance(60s);
      CHECK_FALSE(provider.ask(kQuotes + "1", kQuoteKey)->entry);
      CHECK(provider.held(kQuoteKey) != "unknown");
    }
    provider.bed.clock.advance(60s);
    const auto answer = provider.ask(kQuotes + "1", kQuoteKey);
    REQUIRE(answer->entry);
    CHECK(answer->entry->is_negative);
    CHECK(provider.held(kQuoteKey) == "unknown");
  }

  TEST_CASE("an asset that comes back in between is not gone") {
    const auto body = std::string(kGood) + quote_of("1", "1") + "}}";
    Provider provider(body);
    REQUIRE(provider.ask(kQuotes + "1", kQuoteKey)->entry);
    for (int minute = 1; minute <= 6; ++minute) {
      provider.bed.clock.advance(60s);
      provider.reply.body = minute % 3 == 0 ? body : std::string(kGood) + "}}";
      (void)provider.ask(kQuotes + "1", kQuoteKey);
      CHECK(provider.held(kQuoteKey) != "unknown");
    }
  }

  TEST_CASE("an answer that has what was not asked for says nothing about what is missing") {
    Provider provider(std::string(kGood) + quote_of("2", "2") + "}}");
    const std::string key = "qc1:v2.quotes:id:501:USD:-";
    const auto answer = provider.ask(kQuotes + "501", key);
    CHECK_FALSE(answer->entry);
    CHECK(provider.held(key) == "nothing");
  }

  TEST_CASE("a whole answer to another question is refused") {
    for (const char* data : {"null",
                             "\"x\"",
                             "{}",
                             R"({"777":{"id":777}})",
                             R"([{"id":1,"quote":{"EUR":{"price":1}}}])"}) {
      CAPTURE(data);
      Provider provider(R"({"status":{"error_code":0,"credit_count":1},"data":)" +
                        std::string(data) + "}");
      const auto answer = provider.ask(kListing, kPageKey);
      CHECK_FALSE(answer->entry);
      REQUIRE(answer->failure);
      CHECK(answer->failure->http_status == 502);
      CHECK(provider.held(kPageKey) == "nothing");
      CHECK(provider.bed.upstream.calls().size() == 1);
    }
  }

  TEST_CASE("a part of an answer is none") {
    for (const unsigned status : {206U, 203U, 201U}) {
      Provider provider(page(100));
      provider.reply.http_status = status;
      CHECK_FALSE(provider.ask(kListing, kPageKey)->entry);
      CHECK(provider.held(kPageKey) == "nothing");
      provider.reply.body = priced("1");
      CHECK_FALSE(provider.ask(kQuotes + "1", kQuoteKey)->entry);
      CHECK(provider.held(kQuoteKey) == "nothing");
    }
  }

  TEST_CASE("an empty or a short page replaces a full one when it was said for five minutes") {
    for (const int rows : {0, 50}) {
      CAPTURE(rows);
      Provider provider(page(100));
      REQUIRE(provider.ask(kListing, kPageKey)->entry);
      provider.reply.body = page(rows);
      for (int minute = 1; minute <= 5; ++minute) {
        provider.bed.clock.advance(60s);
        CHECK_FALSE(provider.ask(kListing, kPageKey)->entry);
        CHECK(provider.held(kPageKey) == page(100));
      }
      provider.bed.clock.advance(60s);
      CHECK(provider.ask(kListing, kPageKey)->entry);
      CHECK(provider.held(kPageKey) == page(rows));
    }
  }

  TEST_CASE("a page that is shorter than its own total says is not served at once") {
    Provider provider(page(50, R"(,"total_count":9000)"));
    CHECK_FALSE(provider.ask(kListing, kPageKey)->entry);
    provider.bed.clock.advance(150s);
    CHECK_FALSE(provider.ask(kListing, kPageKey)->entry);
    provider.bed.clock.advance(150s);
    CHECK(provider.ask(kListing, kPageKey)->entry);
  }
}
