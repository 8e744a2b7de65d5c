// A database that is deleted, replaced or damaged while the daemon runs.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include "sqlite_files.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"
#include "support/wait.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::store;
using test::open_writer;
using test::run_job;
using test::TempDir;

namespace {

Writer::Job insert(const std::string& key) {
  return [key](SQLite::Database& database) {
    database.exec("INSERT INTO entries VALUES ('" + key + "', 'v', 1, 1)");
  };
}

// Values enough to have most of the file to themselves.
void fill(SQLite::Database& database) {
  SQLite::Statement insert(database, "INSERT INTO entries VALUES (?1, randomblob(3000), 1, 1)");
  for (int i = 0; i < 500; ++i) {
    insert.bind(1, "k" + std::to_string(i));
    insert.exec();
    insert.reset();
  }
}

// Half of the file is other bytes than were written.
void damage(const std::string& path) {
  const auto size = std::filesystem::file_size(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size / 4));
  const std::string other(size / 2, '\x5a');
  file.write(other.data(), static_cast<std::streamsize>(other.size()));
  REQUIRE(file.flush().good());
}

struct Rig {
  TempDir dir;
  std::string path = dir.file();
  std::unique_ptr<Writer> writer = open_writer(path, quick());
  std::unique_ptr<ReaderPool> readers = open_readers();
  std::atomic<int> told{0};

  Rig() {
    writer->on_renewed([this] { ++told; });
    REQUIRE(run_job(*writer, insert("before")));
    REQUIRE(keys() == "before");
  }

  static Writer::Options quick() {
    Writer::Options options;
    options.look_every = 20ms;
    options.busy_timeout = 50ms;
    options.check_every = 0ms;
    return options;
  }
  [[nodiscard]] std::unique_ptr<ReaderPool> open_readers() const {
    auto opened = ReaderPool::open(path, {});
    REQUIRE_MESSAGE(opened, opened.error().message);
    return std::move(*opened);
  }
  // Of all entries, in order; or why they cannot be read.
  [[nodiscard]] std::string keys() const {
    auto read = readers->read([](Reader& reader) {
      std::string keys;
      auto& query = reader.statement("SELECT key FROM entries ORDER BY key");
      while (query.executeStep()) keys += query.getColumn(0).getString() + " ";
      if (!keys.empty()) keys.pop_back();
      return keys;
    });
    return read ? *read : read.error().message;
  }
  [[nodiscard]] bool is_renewed(std::uint64_t times) const {
    return test::wait_until([&] { return writer->health().renewals == times; });
  }
};

}  // namespace

TEST_SUITE("store: a database made anew") {
  TEST_CASE("one that is deleted is noticed while nothing is written, and made anew") {
    Rig rig;
    for (std::uint64_t times = 1; times <= 2; ++times) {
      // Alone, and with all that belongs to it.
      std::filesystem::remove(rig.path);
      if (times == 2) {
        for (const char* end : {"-wal", "-shm", ".lock"}) std::filesystem::remove(rig.path + end);
      }
      REQUIRE(rig.is_renewed(times));
      CHECK(test::wait_until([&] { return rig.told == static_cast<int>(times); }));
      const auto health = rig.writer->health();
      CHECK(health.works);
      CHECK(health.renewed_for.find("deleted") != std::string::npos);
      REQUIRE(run_job(*rig.writer, insert("after")));
      CHECK(rig.keys() == "after");
      SQLite::Database file(rig.path, SQLite::OPEN_READONLY);
      CHECK(file.execAndGet("PRAGMA integrity_check").getString() == "ok");
      // Still one writer, whatever became of the lock's file.
      CHECK(Writer::open(rig.path, Rig::quick(), Log()).error().code == ErrorCode::Timeout);
    }
  }

  TEST_CASE("one that is emptied is noticed while nothing is written, and made anew") {
    Rig rig;
    std::filesystem::resize_file(rig.path, 0);
    REQUIRE(rig.is_renewed(1));
    CHECK(test::wait_until([&] { return rig.told == 1; }));
    CHECK(rig.writer->health().renewed_for.find("emptied") != std::string::npos);
    REQUIRE(run_job(*rig.writer, insert("after")));
    CHECK(rig.keys() == "after");
    SQLite::Database file(rig.path, SQLite::OPEN_READONLY);
    CHECK(file.execAndGet("PRAGMA integrity_check").getString() == "ok");
  }

  TEST_CASE("a lock whose file alone is deleted is taken again, and nothing is made anew") {
    Rig rig;
    std::filesystem::remove(rig.path + ".lock");
    REQUIRE(test::wait_until([&] { return std::filesystem::exists(rig.path + ".lock"); }));
    CHECK(Writer::open(rig.path, Rig::quick(), Log()).error().code == ErrorCode::Timeout);
    CHECK(rig.writer->health().renewals == 0);
    CHECK(rig.keys() == "before");
  }

  TEST_CASE("one whose folder is deleted is made anew, folder and all") {
    Rig rig;
    const auto path = rig.dir / "sub" / "folder" / "test.db";
    std::filesystem::create_directories(path.parent_path());
    auto writer = open_writer(path.string(), Rig::quick());
    writer->on_renewed([] {});
    std::filesystem::remove_all(rig.dir / "sub");
    REQUIRE(test::wait_until([&] { return writer->health().renewals == 1; }));
    CHECK(run_job(*writer, insert("after")));
    CHECK(std::filesystem::exists(path));
  }

  TEST_CASE("one that is replaced by another goes on as that other") {
    Rig rig;
    const std::string other = rig.dir.file("other.db");
    {
      REQUIRE(run_job(*open_writer(other), insert("restored")));
    }
    std::filesystem::rename(other, rig.path);
    REQUIRE(rig.is_renewed(1));
    CHECK(rig.keys() == "restored");
    REQUIRE(run_job(*rig.writer, insert("then")));
    CHECK(rig.keys() == "restored then");
  }

  TEST_CASE("what cannot be had again is said, and tried until it can") {
    Rig rig;
    std::filesystem::remove(rig.path);
    std::filesystem::create_directory(rig.path);
    REQUIRE(test::wait_until([&] { return !rig.writer->health().works; }));
    CHECK_FALSE(rig.writer->health().last_error.empty());
    CHECK_FALSE(run_job(*rig.writer, insert("lost")));
    std::filesystem::remove(rig.path);
    REQUIRE(rig.is_renewed(1));
    CHECK(rig.writer->health().works);
    CHECK(run_job(*rig.writer, insert("after")));
  }

  TEST_CASE("a damaged one is kept beside the one that is made anew") {
    Rig rig;
    const auto end = run_job(*rig.writer, [](SQLite::Database&) {
      throw SQLite::Exception("database disk image is malformed", SQLITE_CORRUPT);
    });
    CHECK_FALSE(end);
    REQUIRE(rig.is_renewed(1));
    CHECK(rig.writer->health().renewed_for.find(".broken") != std::string::npos);
    REQUIRE(run_job(*rig.writer, insert("after")));
    CHECK(rig.keys() == "after");
    SQLite::Database kept(rig.path + ".broken", SQLite::OPEN_READONLY);
    CHECK(kept.execAndGet("SELECT key FROM entries").getString() == "before");
    // A job that is wrong is no damage.
    CHECK_FALSE(run_job(*rig.writer, insert("after")));
    CHECK(rig.writer->health().renewals == 1);
  }

  TEST_CASE("damage that only readers meet is made good, once the file shows it") {
    Rig rig;
    ReaderPool::Options options;
    options.on_damage = [&rig] { rig.writer->doubt(); };
    auto opened = ReaderPool::open(rig.path, std::move(options));
    REQUIRE(opened);
    const auto read_all = [&readers = **opened] {
      return readers.read([](Reader& reader) {
        auto& query = reader.statement("SELECT sum(length(hex(value))) FROM entries");
        return query.executeStep() ? query.getColumn(0).getInt() : -1;
      });
    };
    REQUIRE(run_job(*rig.writer, fill));
    SQLite::Database(rig.path, SQLite::OPEN_READWRITE).exec("PRAGMA wal_checkpoint(TRUNCATE)");
    // A reader may be wrong.
    rig.writer->doubt();
    REQUIRE(run_job(*rig.writer, insert("after")));
    CHECK(rig.writer->health().renewals == 0);
    damage(rig.path);
    CHECK_FALSE(read_all());
    REQUIRE(rig.is_renewed(1));
    CHECK(rig.writer->health().renewed_for.find(".broken") != std::string::npos);
    REQUIRE(run_job(*rig.writer, insert("then")));
    CHECK(read_all() == 2);
    CHECK(std::filesystem::file_size(rig.path + ".broken") > 1'000'000);
  }

  TEST_CASE("without somebody who knows what must not be lost nothing is made anew") {
    Rig rig;
    rig.writer->on_renewed({});
    std::filesystem::remove(rig.path);
    CHECK(run_job(*rig.writer, insert("into a file without a name")));
    CHECK(rig.writer->health().renewals == 0);
    CHECK_FALSE(std::filesystem::exists(rig.path));
  }
}
