#include "credit/pattern_rows.hpp"

#include <filesystem>
#include <string>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include "store/migrations.hpp"
#include "store/reader.hpp"

using namespace quotecached;
using namespace quotecached::credit;

namespace {

// A migrated database in a file that ends with it.
class Bed {
 public:
  Bed() {
    REQUIRE(store::migrate(database));
    auto opened = store::ReaderPool::open(path_, {});
    REQUIRE(opened);
    readers = std::move(*opened);
  }
  ~Bed() { std::filesystem::remove(path_); }

 private:
  const std::string path_ = std::filesystem::temp_directory_path() /
                            ("quotecached-pattern-" + std::to_string(::getpid()) + ".db");

 public:
  SQLite::Database database{path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  std::unique_ptr<store::ReaderPool> readers;
};

}  // namespace

TEST_SUITE("credit::load_pattern") {
  TEST_CASE("starts flat, then has what was put last") {
    Bed bed;
    auto loaded = load_pattern(*bed.readers);
    REQUIRE(loaded);
    CHECK(*loaded == Pattern{});
    Pattern pattern;
    pattern.hours[0] = {12.5, 1};
    put_pattern(bed.database, pattern);
    pattern.hours[0] = {13.25, 1.75};
    pattern.hours[167] = {0, 2};
    put_pattern(bed.database, pattern);
    loaded = load_pattern(*bed.readers);
    REQUIRE(loaded);
    CHECK(*loaded == pattern);
  }

  TEST_CASE("rows that make no sense count as never seen") {
    Bed bed;
    bed.database.exec(
        "INSERT INTO credit_pattern VALUES (-1, 1, 1), (168, 1, 1), (3, -1, 1), (4, 1, -1), "
        "(5, 9e999, 1), (6, 2, 3)");
    const auto loaded = load_pattern(*bed.readers);
    REQUIRE(loaded);
    Pattern expected;
    expected.hours[6] = {2, 3};
    CHECK(*loaded == expected);
  }

  TEST_CASE("fails when the table is not there") {
    Bed bed;
    bed.database.exec("DROP TABLE credit_pattern");
    const auto loaded = load_pattern(*bed.readers);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == ErrorCode::Unavailable);
  }
}
