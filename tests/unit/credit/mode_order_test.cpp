#include "credit/mode_order.hpp"

#include <filesystem>
#include <string>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <stdlib.h>

#include "store/migrations.hpp"
#include "store/reader.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::credit;

namespace {

// A migrated database in a folder that ends with it.
class Bed {
 public:
  Bed() {
    REQUIRE(store::migrate(database));
    auto opened = store::ReaderPool::open(path_, {});
    REQUIRE(opened);
    readers = std::move(*opened);
  }
  ~Bed() { std::filesystem::remove_all(dir_); }
  Bed(const Bed&) = delete;
  Bed& operator=(const Bed&) = delete;

  [[nodiscard]] std::optional<ModeOrder> loaded() const {
    auto order = load_mode_order(*readers);
    REQUIRE(order);
    return *order;
  }

 private:
  static std::filesystem::path make_dir() {
    std::string name = std::filesystem::temp_directory_path() / "quotecached-order-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
  }

  const std::filesystem::path dir_ = make_dir();
  const std::string path_ = dir_ / "test.db";

 public:
  SQLite::Database database{path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  std::unique_ptr<store::ReaderPool> readers;
};

}  // namespace

TEST_SUITE("credit::load_mode_order") {
  TEST_CASE("has what was put last, or that it was taken back") {
    Bed bed;
    CHECK_FALSE(bed.loaded());
    const ModeOrder first{SpendMode::Normal, TimePoint(1h)};
    const ModeOrder second{SpendMode::CacheOnly, TimePoint(2h)};
    put_mode_order(bed.database, first);
    put_mode_order(bed.database, second);
    CHECK(bed.loaded() == second);
    put_mode_order(bed.database, std::nullopt);
    CHECK_FALSE(bed.loaded());
  }

  TEST_CASE("an order of a mode that is not known is none") {
    Bed bed;
    bed.database.exec("INSERT INTO spend_mode_order VALUES (1, 'frugal', 1)");
    CHECK_FALSE(bed.loaded());
  }

  TEST_CASE("fails when the table is not there") {
    Bed bed;
    bed.database.exec("DROP TABLE spend_mode_order");
    const auto order = load_mode_order(*bed.readers);
    REQUIRE_FALSE(order);
    CHECK(order.error().code == ErrorCode::Unavailable);
  }
}
