#include "app/health_look.hpp"

#include <cstddef>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "support/temp_dir.hpp"

using namespace quotecached;
using app::DiskLook;

namespace {

void write_bytes(const std::string& path, std::size_t count) {
  std::ofstream(path, std::ios::binary) << std::string(count, 'x');
}

}  // namespace

TEST_SUITE("app::DiskLook") {
  TEST_CASE("it tells the room on the disk, and what the database and its log take of it") {
    const test::TempDir dir;
    const auto database = (dir.path() / "quotes.db").string();
    const DiskLook look{database};
    const auto none = look();
    REQUIRE(none);
    CHECK(none->free.count > 0);
    CHECK(none->used.count == 0);

    write_bytes(database, 4096);
    write_bytes(database + "-wal", 100);
    write_bytes(database + "-shm", 32768);
    const auto some = look();
    REQUIRE(some);
    CHECK(some->used.count == 4196);
  }

  TEST_CASE("of a folder that is not there it says why, without the folder") {
    const auto seen = DiskLook{"/no/such/folder/quotes.db"}();
    REQUIRE_FALSE(seen);
    CHECK(seen.error().code == ErrorCode::Unavailable);
    CHECK(seen.error().message.find("folder/") == std::string::npos);
  }
}
