// What clients ask for, over a restart: what is kept, and what makes no sense and is passed over.
#include "refill/ask_keeper.hpp"

#include <cstdint>
#include <limits>
#include <string>

#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"
#include "support/migrated_database.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;

namespace {

constexpr TimePoint kNow{1'793'491'200'000ms};
const std::string kQuotes = "/v2/cryptocurrency/quotes/latest?skip_invalid=true&id=";

std::int64_t ms(TimePoint time) { return time.time_since_epoch().count(); }

struct Row {
  std::string target;
  double asks = 5;
  std::int64_t asked_at = ms(kNow - 60s);
  std::int64_t fetched_at = ms(kNow - 90s);
  std::int64_t bytes = 1000;
};

void put(test::MigratedDatabase& files, const Row& row) {
  SQLite::Statement put(files.database, "INSERT INTO asked_keys VALUES (?, ?, ?, ?, ?)");
  put.bind(1, row.target);
  put.bind(2, row.asks);
  put.bind(3, row.asked_at);
  put.bind(4, row.fetched_at);
  put.bind(5, row.bytes);
  put.exec();
}

}  // namespace

TEST_SUITE("refill::AskKeeper") {
  TEST_CASE("rows that make no sense are passed over, and harm none of the others") {
    constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    test::MigratedDatabase files;
    put(files, {kQuotes + "1"});
    put(files, {kQuotes + "2&convert=EUR"});
    put(files, {"/v1/cryptocurrency/listings/latest?limit=20"});
    for (const auto& row : {Row{kQuotes + "10", -1},
                            Row{kQuotes + "11", 1e300},
                            Row{kQuotes + "12", std::numeric_limits<double>::infinity()},
                            Row{kQuotes + "13", 5, ms(kNow + 1ms)},
                            Row{kQuotes + "14", 5, kMost},
                            Row{kQuotes + "15", 5, ms(kNow - 49h)},
                            Row{kQuotes + "16", 5, ms(kNow), ms(kNow + 1ms)},
                            Row{kQuotes + "17", 5, ms(kNow), kLeast},
                            Row{kQuotes + "18", 5, ms(kNow), kMost},
                            Row{kQuotes + "19", 5, ms(kNow), ms(kNow), -1},
                            Row{kQuotes + "20", 5, ms(kNow), ms(kNow), kMost},
                            // targets
                            Row{""},
                            Row{"/"},
                            Row{"/v9/none"},
                            Row{kQuotes},
                            Row{kQuotes + "21,22"},
                            Row{kQuotes + "23&convert=USD,EUR"},
                            Row{kQuotes + "24&symbol=BTC"},
                            Row{"/v1/cryptocurrency/listings/latest?limit=banana"},
                            Row{std::string(100'000, '/')},
                            Row{kQuotes + std::string(100'000, '9')}})
      put(files, row);
    const auto rows = load_asks(*files.readers, kNow);
    REQUIRE(rows);
    Renewals renewals({});
    renewals.restore(*rows, catalog::Catalogue::built_in(), kNow);
    CHECK(renewals.size() == 3);
    const auto shares = renewals.lanes(10, kNow);
    REQUIRE(shares.size() == 3);
    for (const auto& one : shares) CHECK(one.share == doctest::Approx(1.0 / 3));
    const auto asks = renewals.asks_of("qc1:v2.quotes:id:1:USD:-", kNow);
    REQUIRE(asks);
    CHECK(asks->left == doctest::Approx(5).epsilon(0.01));
  }
}
