// One writer on a real file: jobs in groups, each undone alone, whatever becomes of file and
// process.
#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include "sqlite_files.hpp"
#include "sqlite_rows.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::store;
using test::count_entries;
using test::Gate;
using test::insert_row;
using test::open_writer;
using test::query_file;
using test::run_job;
using test::TempDir;

namespace {

Writer::Job insert_blob(const std::string& key, std::size_t size) {
  return [key, size](SQLite::Database& database) {
    database.exec(
        fmt::format("INSERT INTO entries VALUES ('{}', randomblob({}), 1, 1)", key, size));
  };
}

void write_file(const std::string& path, std::size_t offset, std::size_t size) {
  std::ofstream out(path, std::ios::binary | std::ios::in | std::ios::out);
  if (!out) out.open(path, std::ios::binary);
  out.seekp(static_cast<std::streamoff>(offset));
  out << std::string(size, '\x5a');
}

}  // namespace

TEST_SUITE("store::Writer") {
  TEST_CASE("commits what queues meanwhile together") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    Gate gate(*writer);
    std::atomic<int> ended = 0;
    for (int i = 0; i < 500; ++i) {
      REQUIRE(writer->submit(insert_row(i),
                             [&ended](const Result<void>& end) { ended += end ? 1 : 0; }));
    }
    CHECK(writer->health().queued_jobs == 500);
    gate.open();
    REQUIRE(run_job(*writer, insert_row(1000)));
    CHECK(ended == 500);
    CHECK(writer->health().committed_jobs == 502);
    CHECK(writer->health().commits <= 3);
    CHECK(count_entries(dir.file()) == 501);
  }

  TEST_CASE("undoes a job that fails, and only that one") {
    const TempDir dir;
    auto writer = open_writer(dir.file());
    Gate gate(*writer);
    Result<void> constraint;
    Result<void> thrown;
    REQUIRE(writer->submit(insert_row(1)));
    REQUIRE(writer->submit(
        [](SQLite::Database& database) {
          insert_row(2)(database);
          insert_row(1)(database);
        },
        [&](Result<void> end) { constraint = std::move(end); }));
    REQUIRE(writer->submit(
        [](SQLite::Database& database) {
          insert_row(3)(database);
          throw std::runtime_error("changed my mind");
        },
        [&](Result<void> end) { thrown = std::move(end); }));
    gate.open();
    REQUIRE(run_job(*writer, insert_row(4)));
    REQUIRE_FALSE(constraint);
    CHECK(constraint.error().code == ErrorCode::Unavailable);
    CHECK(constraint.error().message.find("UNIQUE") != std::string::npos);
    REQUIRE_FALSE(thrown);
    CHECK(thrown.error().message == "changed my mind");
    CHECK(query_file(dir.file(), "SELECT sum(fetched_at) FROM entries") == 5);
    CHECK(writer->health().failed_jobs == 2);
    CHECK(writer->health().works);
  }

  TEST_CASE("refuses jobs past its bounds, in number and in bytes") {
    const TempDir dir;
    Writer::Options options;
    options.max_queued_jobs = 3;
    options.max_queued_bytes = kibibytes(1);
    auto writer = open_writer(dir.file(), options);
    Gate gate(*writer);
    CHECK(writer->submit(insert_row(1), {}, Bytes{1000}));
    CHECK_FALSE(writer->submit(insert_row(2), {}, Bytes{25}));
    CHECK(writer->submit(insert_row(2), {}, Bytes{24}));
    CHECK(writer->submit(insert_row(3)));
    CHECK_FALSE(writer->submit(insert_row(4)));
    CHECK(writer->health().refused_jobs == 2);
    CHECK(writer->health().queued_bytes == Bytes{1024});
    gate.open();
    while (writer->health().queued_jobs > 0) std::this_thread::yield();
    REQUIRE(run_job(*writer, insert_row(5)));
    CHECK(writer->health().queued_bytes == Bytes{0});
    CHECK(count_entries(dir.file()) == 4);
  }

  TEST_CASE("commits what is queued before it ends, and takes nothing then") {
    const TempDir dir;
    bool was_taken = true;
    {
      auto writer = open_writer(dir.file());
      Gate gate(*writer);
      for (int i = 0; i < 2500; ++i) REQUIRE(writer->submit(insert_row(i)));
      Writer* raw = writer.get();
      REQUIRE(writer->submit([raw, &was_taken](SQLite::Database&) {
        // The end has begun: the owner waits for this thread.
        while (raw->submit([](SQLite::Database&) {})) std::this_thread::yield();
        was_taken = false;
      }));
      gate.open();
    }
    CHECK_FALSE(was_taken);
    CHECK(count_entries(dir.file()) == 2500);
  }

  TEST_CASE("kill -9 leaves a consistent database with all that was acknowledged") {
    const TempDir dir;
    const std::string path = dir.file();
    int channel[2];
    REQUIRE(::pipe(channel) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto writer = Writer::open(path, {}, Log());
      for (int i = 0; writer && i < 10'000'000; ++i) {
        auto job = [i](SQLite::Database& database) {
          insert_row(2 * i)(database);
          insert_row(2 * i + 1)(database);
        };
        auto tell = [fd = channel[1]](const Result<void>&) {
          if (::write(fd, "x", 1) != 1) ::_exit(2);
        };
        while (!(*writer)->submit(job, tell)) ::usleep(100);
      }
      ::_exit(1);
    }
    ::close(channel[1]);
    std::int64_t acknowledged = 0;
    char buffer[256];
    while (acknowledged < 3000) {
      const ssize_t got = ::read(channel[0], buffer, sizeof buffer);
      REQUIRE(got > 0);
      acknowledged += got;
    }
    ::kill(child, SIGKILL);
    for (ssize_t got = 1; got > 0; acknowledged += got > 0 ? got : 0) {
      got = ::read(channel[0], buffer, sizeof buffer);
    }
    ::close(channel[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));

    auto writer = open_writer(path);
    REQUIRE(run_job(*writer, insert_row(-2)));
    REQUIRE(run_job(*writer, insert_row(-1)));
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    CHECK(database.execAndGet("PRAGMA integrity_check").getString() == "ok");
    const auto rows = database.execAndGet("SELECT count(*) FROM entries").getInt64();
    CHECK(rows % 2 == 0);
    CHECK(rows - 2 >= 2 * acknowledged);
    CHECK(database.execAndGet("SELECT max(fetched_at) FROM entries").getInt64() == rows - 3);
  }

  TEST_CASE("a full disk fails jobs and is over when there is room again") {
    TempDir dir;
    if (!test::mount_small(dir, "2m")) return;
    auto writer = open_writer(dir.file());
    REQUIRE(run_job(*writer, insert_row(1)));
    std::ofstream(dir.file("filler")) << std::string(4 << 20, 'x');

    const auto full = run_job(*writer, insert_blob("big", 600'000));
    REQUIRE_FALSE(full);
    CHECK(full.error().code == ErrorCode::Unavailable);
    CHECK(full.error().message == "database or disk is full");
    CHECK_FALSE(writer->health().works);
    CHECK(writer->health().last_error == "database or disk is full");
    CHECK(writer->health().failed_jobs == 1);

    std::filesystem::remove(dir.file("filler"));
    REQUIRE(run_job(*writer, insert_blob("big", 600'000)));
    CHECK(writer->health().works);
    CHECK(count_entries(dir.file()) == 2);
    CHECK(query_file(dir.file(), "SELECT length(value) FROM entries WHERE key = 'big'") == 600'000);
  }

  TEST_CASE("a disk that is full at the end does not hold the end up") {
    TempDir dir;
    if (!test::mount_small(dir, "2m")) return;
    std::atomic<int> failed = 0;
    {
      auto writer = open_writer(dir.file());
      std::ofstream(dir.file("filler")) << std::string(4 << 20, 'x');
      Gate gate(*writer);
      for (int i = 0; i < 3000; ++i) {
        REQUIRE(writer->submit(insert_blob(std::to_string(i), 100'000),
                               [&](const Result<void>& end) { failed += end ? 0 : 1; }));
      }
      gate.open();
    }
    CHECK(failed == 3000);
  }

  TEST_CASE("fails to open where it cannot write, and says why") {
    TempDir dir;
    const auto absent = Writer::open(dir.file("no/such/dir.db"), {}, Log());
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::Unavailable);
    CHECK(absent.error().message.find("No such file or directory") != std::string::npos);
    CHECK(absent.error().message.find("no/such/dir.db") != std::string::npos);

    if (!test::mount_small(dir, "2m")) return;
    open_writer(dir.file());
    dir.make_read_only();
    const auto read_only = Writer::open(dir.file(), {}, Log());
    REQUIRE_FALSE(read_only);
    CHECK(read_only.error().code == ErrorCode::Unavailable);
    CHECK(read_only.error().message.find(dir.file()) != std::string::npos);
    const auto readers = ReaderPool::open(dir.file(), {});
    REQUIRE_FALSE(readers);
    CHECK(readers.error().code == ErrorCode::Unavailable);
  }

  TEST_CASE("one writer at a time: a second one is refused, and takes over when the first ends") {
    const TempDir dir;
    auto first = open_writer(dir.file());
    Writer::Options impatient;
    impatient.busy_timeout = std::chrono::milliseconds(20);
    const auto second = Writer::open(dir.file(), impatient, Log());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::Timeout);
    CHECK(second.error().message.find("another process has the lock") != std::string::npos);
    std::filesystem::create_symlink(dir.file(), dir.file("alias.db"));
    CHECK_FALSE(Writer::open(dir.file("alias.db"), impatient, Log()));
    auto third = std::async(std::launch::async, [&] { return open_writer(dir.file()); });
    first.reset();
    CHECK(third.get());
  }

  TEST_CASE("a file that is no database is refused untouched") {
    const TempDir dir;
    write_file(dir.file(), 0, 10'000);
    const auto opened = Writer::open(dir.file(), {}, Log());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::Unavailable);
    CHECK(opened.error().message.find("file is not a database") != std::string::npos);
    CHECK(std::filesystem::file_size(dir.file()) == 10'000);
  }

  TEST_CASE("a database of a newer version is refused untouched") {
    const TempDir dir;
    SQLite::Database(dir.file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE later (a); PRAGMA user_version = 99");
    const auto opened = Writer::open(dir.file(), {}, Log());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::Unavailable);
    CHECK(opened.error().message.find("newer version (schema 99") != std::string::npos);
    SQLite::Database database(dir.file());
    CHECK(database.execAndGet("PRAGMA journal_mode").getString() == "delete");
  }

  TEST_CASE("damage inside the file fails reads and writes with SQLite's words") {
    const TempDir dir;
    open_writer(dir.file()).reset();
    const auto schema_ends = std::filesystem::file_size(dir.file());
    {
      auto writer = open_writer(dir.file());
      for (int i = 0; i < 200; ++i) REQUIRE(writer->submit(insert_blob(std::to_string(i), 2000)));
    }
    write_file(dir.file(), schema_ends, std::filesystem::file_size(dir.file()) - schema_ends);
    auto writer = open_writer(dir.file());
    const auto written = run_job(*writer, insert_blob("new", 10));
    REQUIRE_FALSE(written);
    CHECK(written.error().message.find("malformed") != std::string::npos);
    CHECK_FALSE(writer->health().works);

    auto readers = ReaderPool::open(dir.file(), {});
    REQUIRE(readers);
    const auto read = (*readers)->read([](Reader& reader) {
      auto& count = reader.statement("SELECT count(value) FROM entries");
      return count.executeStep() ? count.getColumn(0).getInt() : -1;
    });
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::Unavailable);
    CHECK(read.error().message.find("malformed") != std::string::npos);
  }

  TEST_CASE("another process that holds the lock fails jobs until it lets go") {
    const TempDir dir;
    Writer::Options options;
    options.busy_timeout = 20ms;
    auto writer = open_writer(dir.file(), options);
    SQLite::Database other(dir.file(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    const auto locked = run_job(*writer, insert_row(1));
    REQUIRE_FALSE(locked);
    CHECK(locked.error().message.find("locked") != std::string::npos);
    CHECK_FALSE(writer->health().works);
    other.exec("COMMIT");
    REQUIRE(run_job(*writer, insert_row(1)));
    CHECK(writer->health().works);
  }
}
