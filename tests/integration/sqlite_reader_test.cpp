// Readers on a real file, beside the writer.
#include <atomic>
#include <thread>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include "sqlite_files.hpp"
#include "sqlite_rows.hpp"
#include "store/reader.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::store;
using test::count_entries;
using test::insert_row;
using test::open_writer;
using test::run_job;
using test::TempDir;

TEST_SUITE("store::ReaderPool") {
  TEST_CASE("readers see whole transactions while the writer writes") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    auto opened = ReaderPool::open(dir.file(), {.connections = 3});
    REQUIRE(opened);
    ReaderPool& readers = **opened;
    std::atomic<bool> is_over = false;
    std::atomic<int> torn = 0;
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        while (!is_over) {
          const auto rows = readers.read([](Reader& reader) {
            auto& count = reader.statement("SELECT count(*) FROM entries");
            return count.executeStep() ? count.getColumn(0).getInt() : -1;
          });
          if (!rows)
            ++failed;
          else if (*rows % 2 != 0)
            ++torn;
        }
      });
    }
    for (int i = 0; i < 2000; ++i) {
      REQUIRE(writer->submit([i](SQLite::Database& database) {
        insert_row(2 * i)(database);
        insert_row(2 * i + 1)(database);
      }));
    }
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
    is_over = true;
    for (auto& thread : threads) thread.join();
    CHECK(torn == 0);
    CHECK(failed == 0);
    CHECK(count_entries(dir.file()) == 4000);
  }

  TEST_CASE("fails with Exhausted when all connections stay in use") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    auto readers = ReaderPool::open(dir.file(), {.connections = 1, .checkout_timeout = 5ms});
    REQUIRE(readers);
    {
      auto lease = (*readers)->checkout();
      REQUIRE(lease);
      const auto refused = (*readers)->checkout();
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::Exhausted);
    }
    CHECK((*readers)->checkout());
  }

  TEST_CASE("a failure closes the connection, the next read opens another") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    auto readers = ReaderPool::open(dir.file(), {.connections = 1});
    REQUIRE(readers);
    const auto failed = (*readers)->read([](Reader& reader) {
      reader.statement("SELECT * FROM nowhere");
      return 0;
    });
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::Unavailable);
    CHECK(failed.error().message.find("nowhere") != std::string::npos);
    const auto works = (*readers)->read([](Reader& reader) {
      auto& one = reader.statement("SELECT 1");
      return one.executeStep() ? one.getColumn(0).getInt() : 0;
    });
    REQUIRE(works);
    CHECK(*works == 1);
  }

  TEST_CASE("cannot write") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    auto readers = ReaderPool::open(dir.file(), {});
    REQUIRE(readers);
    const auto refused = (*readers)->read(
        [](Reader& reader) { return reader.statement("DELETE FROM entries").exec(); });
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("readonly") != std::string::npos);
  }
}
