// A daemon that cannot keep its books does not start, and says which file is at fault; what it
// found is logged.
#include <SQLiteCpp/Database.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/bed.hpp"
#include "e2e/credit_bed.hpp"

namespace quotecached::test {
namespace {

struct Refused {
  int code = -1;
  std::string log;
};

// Starts a daemon that is expected to end at once.
Refused start_on(const std::filesystem::path& database,
                 const std::string& address = "127.0.0.1:0") {
  const TempDir dir;
  Process process({{built_program("quotecached").string(),
                    "--set",
                    "listen.address=" + address,
                    "--set",
                    "upstream.base_url=http://127.0.0.1:1",
                    "--set",
                    "tiers.sqlite.path=" + database.string()},
                   {{"CMC_API_KEY", "test-key"}}},
                  dir.path(),
                  "quotecached");
  const auto status = process.wait();
  REQUIRE(status);
  CHECK(status->signal == 0);
  return {status->code, process.err()};
}

void check_refused(const Refused& refused, const std::filesystem::path& file, const char* why) {
  CAPTURE(refused.log);
  CHECK(refused.code == 74);
  CHECK(count_of(refused.log, "not_started") == 1);
  CHECK(refused.log.find(file.string()) != std::string::npos);
  CHECK(refused.log.find(why) != std::string::npos);
  CHECK(refused.log.find("listening") == std::string::npos);
}

}  // namespace

TEST_SUITE("e2e::start") {
  TEST_CASE("a file that is no database ends the start, and is left as it is") {
    const TempDir dir;
    const auto file = dir / "quotecached.db";
    const std::string text = "These are notes, and no database.\n";
    write_file(file, text);
    check_refused(start_on(file), file, "not a database");
    CHECK(read_file(file) == text);
  }

  TEST_CASE("a database of a newer daemon, or of another program, ends the start") {
    const TempDir dir;
    const auto newer = dir / "newer.db";
    SQLite::Database(newer.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE entries (key); PRAGMA user_version = 9999;");
    check_refused(start_on(newer), newer, "of a newer version");
    const auto foreign = dir / "foreign.db";
    SQLite::Database(foreign.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("CREATE TABLE notes (text);");
    check_refused(start_on(foreign), foreign, "belongs to another program");
  }

  TEST_CASE("a database that cannot be opened ends the start") {
    const TempDir dir;
    const auto folder = dir / "folder";
    std::filesystem::create_directory(folder);
    check_refused(start_on(folder), folder, "unable to open");
    write_file(dir / "file", "x");
    const auto below = dir / "file/quotecached.db";
    check_refused(start_on(below), below, "folder cannot be made");
  }

  TEST_CASE("who allows calls without a ledger starts on a newer database all the same") {
    const TempDir dir;
    const auto newer = dir / "newer.db";
    SQLite::Database(newer.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
        .exec("PRAGMA user_version = 9999;");
    Sim sim({.has_tls = false});
    Daemon daemon(
        {.base_url = sim.base_url(),
         .sets = {"tiers.sqlite.path=" + newer.string(), "credits.on_ledger_failure=allow"}});
    CHECK(daemon.get(quotes_of(1)).status == 200);
    CHECK(count_of(daemon.log(), "database_not_opened") == 1);
    CHECK(daemon.log().find("of a newer version") != std::string::npos);
  }

  TEST_CASE("a database that is new is logged once, and a folder that had to be made warned of") {
    Daemon daemon({});
    CHECK(count_of(daemon.log(), "database_is_new") == 1);
    CHECK(daemon.log().find("database_is_new_in_a_new_folder") == std::string::npos);
    daemon.restart();
    CHECK(count_of(daemon.log(), "database_is_new") == 0);

    const TempDir dir;
    const auto path = dir / "state/quotecached.db";
    Daemon other({.sets = {"tiers.sqlite.path=" + path.string()}});
    CHECK(count_of(other.log(), "database_is_new_in_a_new_folder") == 1);
    CHECK(other.log().find(path.string()) != std::string::npos);

    const auto empty = dir / "empty.db";
    write_file(empty, "");
    Daemon emptied({.sets = {"tiers.sqlite.path=" + empty.string()}});
    CHECK(count_of(emptied.log(), "database_is_new_in_an_empty_file") == 1);
  }

  TEST_CASE("the file of a Unix socket has the mode and the group of the settings") {
    const gid_t wanted = ::geteuid() == 0 ? 1 : ::getegid();  // root may give it to any
    const group* const entry = ::getgrgid(wanted);
    if (entry == nullptr) {
      MESSAGE("SKIPPED: this machine has no name for group ", wanted);
      return;
    }
    Daemon daemon(
        {.sets = {"listen.unix_mode=0606", "listen.unix_group=" + std::string(entry->gr_name)}});
    struct stat file{};
    REQUIRE(::stat(daemon.socket().c_str(), &file) == 0);
    CHECK((file.st_mode & 07777) == 0606);
    CHECK(file.st_gid == wanted);
    CHECK(daemon.sigterm());
    CHECK_FALSE(std::filesystem::exists(daemon.socket()));
  }

  TEST_CASE("a group that is not there ends the start with the status of wrong settings") {
    const TempDir dir;
    Process process({{built_program("quotecached").string(),
                      "--set",
                      "listen.address=unix:" + (dir / "q.sock").string(),
                      "--set",
                      "listen.unix_group=no-such-group"},
                     {{"CMC_API_KEY", "test-key"}, {"HOME", dir.path().string()}}},
                    dir.path(),
                    "quotecached");
    const auto status = process.wait();
    REQUIRE(status);
    CAPTURE(process.err());
    CHECK(status->code == 78);
    CHECK(process.err().find("listen.unix_group: this machine has no group \"no-such-group\"") !=
          std::string::npos);
    CHECK_FALSE(std::filesystem::exists(dir / "q.sock"));
  }

  TEST_CASE("an address that may never be had is a wrong setting, one that is taken is not") {
    const TempDir dir;
    write_file(dir / "notes", "no socket\n");
    Daemon other({});
    struct Row {
      std::string address;
      int code;
      const char* why;
    };
    const Row rows[] = {
        {"unix:" + (dir / "missing/q.sock").string(), 78, "No such file or directory"},
        {"unix:" + (dir / "notes").string(), 78, "is not a socket"},
        {"unix:" + (dir / "notes/q.sock").string(), 78, "Not a directory"},
        {"unix:" + other.socket().string(), 69, "Address already in use"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.address);
      const auto refused = start_on(dir / "quotecached.db", row.address);
      CAPTURE(refused.log);
      CHECK(refused.code == row.code);
      CHECK(count_of(refused.log, "not_started") == 1);
      CHECK(refused.log.find(row.why) != std::string::npos);
    }
  }

  TEST_CASE("a database that gives way to a text file is waited for, and made anew without it") {
    Sim sim({.has_tls = false});
    Daemon daemon({.base_url = sim.base_url()});
    REQUIRE(daemon.get(quotes_of(1)).status == 200);
    write_file(daemon.database().string() + ".text", "no database\n");
    std::filesystem::rename(daemon.database().string() + ".text", daemon.database());
    CHECK(wait_until([&] { return metric(daemon, "quotecached_database_up") == 0; }));
    CHECK(read_file(daemon.database()) == "no database\n");
    std::filesystem::remove(daemon.database());
    CHECK(wait_until([&] { return metric(daemon, "quotecached_database_up") == 1; }));
    CHECK(wait_until([&] { return daemon.get(quotes_of(1027)).status == 200; }));
  }
}

}  // namespace quotecached::test
