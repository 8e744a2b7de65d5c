// A disk that is full, read-only or holds a broken database costs records and copies, never
// service.
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>
#include <sys/mount.h>

#include "e2e/credit_bed.hpp"
#include "e2e/health_text.hpp"

namespace quotecached::test {
namespace {

// A file system of its own; needs root.
class SmallDisk {
 public:
  explicit SmallDisk(const char* size) {
    const std::string options = std::string("size=") + size;
    is_there_ =
        ::mount("tmpfs", path().c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (is_there_) ::umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool is_there() const { return is_there_; }
  [[nodiscard]] const std::filesystem::path& path() const { return dir_.path(); }
  [[nodiscard]] std::string database() const { return (path() / "quotecached.db").string(); }

  void fill() const {
    std::ofstream filler(path() / "filler", std::ios::binary);
    const std::string page(4096, 'x');
    while (filler.write(page.data(), 4096).flush()) {
    }
  }
  void make_room() const { std::filesystem::remove(path() / "filler"); }
  [[nodiscard]] bool make_read_only() const {
    return ::mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }

 private:
  TempDir dir_;
  bool is_there_ = false;
};

void check_serves(Daemon& daemon, const std::vector<int>& ids) {
  for (const int id : ids) {
    const auto answer = daemon.get(quotes_of(id));
    CAPTURE(answer.body);
    REQUIRE(answer.status == 200);
    REQUIRE(is_about(answer.body, id));
  }
}

// Calls go on although a crash would forget them.
const std::string kAllow = "credits.on_ledger_failure=allow";

// Of writes that fail a small one may go well in between, and is told as well.
void check_degraded(Daemon& daemon) {
  CHECK(wait_until([&] {
    const auto how = health_of(daemon, "ledger");
    return how == "warn" || how == "fail";
  }));
  CHECK(daemon.get("/health/ready").status == 200);
}

// Serves without a database: said once, shown, and every call that is not recorded counted.
void check_without_database(Daemon& daemon, const std::vector<int>& ids, const std::string& what) {
  check_serves(daemon, ids);
  check_degraded(daemon);
  CHECK(metric(daemon, "quotecached_database_up") == 0);
  CHECK(count_of(daemon.log(), "database_not_opened") == 1);
  CHECK(metric(daemon, "quotecached_calls_unrecorded_total") == static_cast<double>(ids.size()));
  const auto hit = daemon.get(quotes_of(ids.front()));
  CHECK(source_of(hit) == "memory");
  const auto status = daemon.sigterm();
  REQUIRE(status);
  CHECK(status->is_success());
  MESSAGE(what << ": served " << ids.size() << " assets without a database, exit status 0");
}

void overwrite(const std::filesystem::path& path, std::size_t from, std::size_t count) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(from));
  const std::string noise(count, '\xa5');
  file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  REQUIRE(file.flush().good());
}

TEST_SUITE("e2e::DiskFaults") {
  TEST_CASE("a disk that fills up under load costs records, and writing comes back by itself") {
    const SmallDisk disk("3m");
    if (!disk.is_there()) {
      MESSAGE("SKIPPED: mounting a small file system needs root");
      return;
    }
    Sim sim;
    const auto ids = asset_ids(sim, 600);
    Daemon daemon(
        {.base_url = sim.base_url(), .sets = {"tiers.sqlite.path=" + disk.database(), kAllow}});
    const std::vector<int> known(ids.begin(), ids.begin() + 100);
    warm_up(daemon, known);
    // Else the disk is full before the copies are on it.
    REQUIRE(wait_until([&] { return tier_metric(daemon, "stores_total", "sqlite") >= 100; }));
    Load load(daemon.base_url(), {.ids = known, .clients = 10});
    disk.fill();
    std::size_t next = 100;
    const auto ask_until = [&](auto is_over) {
      for (const auto end = Steady::now() + std::chrono::seconds(15);
           Steady::now() < end && !is_over();) {
        check_serves(daemon, {ids.at(next)});
        next = next + 1 < ids.size() ? next + 1 : 100;
        clear_memory(daemon);
      }
    };
    const auto filled = Steady::now();
    ask_until([&] {
      return metric(daemon, "quotecached_database_up") == 0 &&
             metric(daemon, "quotecached_calls_unrecorded_total") > 0 &&
             tier_metric(daemon, "dropped_writes_total", "sqlite") > 0;
    });
    MESSAGE("disk full: noticed after " << ms_since(filled) << " ms and " << next - 100
                                        << " calls");
    CHECK(metric(daemon, "quotecached_database_up") == 0);
    CHECK(metric(daemon, "quotecached_calls_unrecorded_total") > 0);
    CHECK(metric(daemon, "quotecached_database_failed_jobs_total") > 0);
    CHECK(tier_metric(daemon, "dropped_writes_total", "sqlite") > 0);
    check_degraded(daemon);
    CHECK(count_of(daemon.log(), "database_writes_fail") == 1);
    CHECK(count_of(daemon.log(), "upstream_calls_are_not_recorded") == 1);

    disk.make_room();
    const auto made = Steady::now();
    ask_until([&] { return metric(daemon, "quotecached_database_up") == 1; });
    MESSAGE("room again: writing after " << ms_since(made) << " ms");
    CHECK(metric(daemon, "quotecached_database_up") == 1);
    const double stores = tier_metric(daemon, "stores_total", "sqlite");
    ask_until([&] { return tier_metric(daemon, "stores_total", "sqlite") > stores; });
    CHECK(tier_metric(daemon, "stores_total", "sqlite") > stores);
    CHECK(count_of(daemon.log(), "database_writes_work_again") == 1);
    // Health tells what was seen at the last review and trial, seconds ago.
    const auto is_well = [&] {
      return health_of(daemon, "ledger") == "pass" &&
             health_of(daemon, "sqlite:responseTime") == "pass";
    };
    const bool is_well_again = wait_until(is_well, milliseconds(15'000));
    INFO(daemon.get("/health?verbose").body);
    CHECK(is_well_again);
    const auto seen = load.stop();
    INFO(seen.wrongs());
    CHECK(seen.bad.empty());
    const auto status = daemon.sigterm();
    REQUIRE(status);
    CHECK(status->is_success());
    MESSAGE(seen.good.size() << " answers under load, 0 errors");
  }

  TEST_CASE("while the ledger cannot be written nothing is paid, and copies are served") {
    const SmallDisk disk("3m");
    if (!disk.is_there()) {
      MESSAGE("SKIPPED: mounting a small file system needs root");
      return;
    }
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"tiers.sqlite.path=" + disk.database()}});
    check_serves(daemon, {1, 1027});
    REQUIRE(wait_until([&] { return tier_metric(daemon, "stores_total", "sqlite") >= 2; }));
    disk.fill();
    // What is left of pages already allocated may take a few more calls.
    int id = 1;
    const auto is_refused = [&] { return daemon.get(quotes_of(++id)).status == 503; };
    REQUIRE(wait_until(is_refused, milliseconds(15'000)));
    sim.clear_calls();
    CHECK(daemon.get(quotes_of(1)).status == 200);
    advance(daemon, std::chrono::seconds(200));
    const auto stale = daemon.get(quotes_of(1));
    CHECK(stale.status == 200);
    CHECK(says_stale(stale));
    CHECK(sim.calls().empty());
    CHECK(metric(daemon, "quotecached_ledger_up") == 0);
    check_degraded(daemon);

    // It is found out although no client asks.
    disk.make_room();
    CHECK(wait_until([&] { return metric(daemon, "quotecached_ledger_up") == 1; }));
    CHECK(wait_until([&] { return health_of(daemon, "ledger") == "pass"; }));
    CHECK(
        wait_until([&] { return daemon.get(quotes_of(74)).status == 200; }, milliseconds(20'000)));
  }

  TEST_CASE("on a read-only file system it serves without a database") {
    const SmallDisk disk("1m");
    if (!disk.is_there() || !disk.make_read_only()) {
      MESSAGE("SKIPPED: mounting a read-only file system needs root");
      return;
    }
    Sim sim;
    Daemon daemon(
        {.base_url = sim.base_url(), .sets = {"tiers.sqlite.path=" + disk.database(), kAllow}});
    check_without_database(daemon, {1, 1027, 74}, "read-only");
  }

  TEST_CASE("a file that is no database is left as it is, and it serves without") {
    const TempDir dir;
    const auto path = dir / "quotecached.db";
    for (const std::string& text :
         {std::string("not a database, and long enough to look like one\n") +
              std::string(20'000, '?'),
          std::string("SQLite format 3\0", 16) + std::string(8'000, '\x7f')}) {
      CAPTURE(text.size());
      write_file(path, text);
      Sim sim;
      Daemon daemon(
          {.base_url = sim.base_url(), .sets = {"tiers.sqlite.path=" + path.string(), kAllow}});
      check_without_database(daemon, {1, 1027, 74}, "no database");
      CHECK(read_file(path) == text);
    }
  }

  TEST_CASE("a database deleted under the daemon is made anew, with what was spent") {
    stay_in_day(seconds(120));
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    check_serves(daemon, {1, 1027, 74});
    const auto before = spent(daemon, "day");
    REQUIRE(before == 3);
    for (const char* end : {"", "-wal", "-shm"})
      std::filesystem::remove(daemon.database().string() + end);
    const auto says_anew = [&] {
      return health_check(daemon, "ledger").find("made anew") != std::string::npos;
    };
    REQUIRE(wait_until(says_anew));
    CHECK(daemon.get("/health/ready").status == 200);
    const auto spent_in_file = [&] {
      const SQLite::Database file(daemon.database().string(), SQLite::OPEN_READONLY, 2000);
      SQLite::Statement query(file, "SELECT coalesce(max(spent), 0) FROM credit_windows");
      return query.executeStep() ? query.getColumn(0).getInt64() : 0;
    };
    CHECK(wait_until([&] { return spent_in_file() == before; }));
    MESSAGE("deleted, made anew: " << spent_in_file() << " credits in the new file; "
                                   << health_check(daemon, "ledger"));
    daemon.kill9();
    daemon.start();
    CHECK(spent(daemon, "day") == before);
    check_serves(daemon, {1839});
    CHECK(spent(daemon, "day") == before + 1);
  }

  TEST_CASE("damage that is met at the stop forgets nothing of what was spent") {
    stay_in_day(seconds(120));
    Sim sim;
    Daemon daemon(
        {.base_url = sim.base_url(), .sets = {"credits.plan=explicit", "credits.per_day=3"}});
    check_serves(daemon, {1, 1027, 74});
    REQUIRE(spent(daemon, "day") == 3);
    REQUIRE(daemon.sigterm());
    daemon.start();
    check_serves(daemon, {1});  // so that there is something to write at the stop
    const auto size = std::filesystem::file_size(daemon.database());
    overwrite(daemon.database(), 4096, static_cast<std::size_t>(size) - 4096);
    REQUIRE(daemon.sigterm());
    daemon.start();
    const auto more = daemon.get(quotes_of(1839));
    CHECK(more.status != 200);
    CHECK(charged(daemon_calls(sim)) == 3);
    MESSAGE("damaged, stopped, started: " << spent(daemon, "day") << " of 3 are known to be spent, "
                                          << more.status << " for one more");
  }

  TEST_CASE("a database with broken pages costs its copies, never an answer") {
    Sim sim;
    const auto ids = asset_ids(sim, 300);
    Daemon daemon({.base_url = sim.base_url(), .sets = {kAllow}});
    warm_up(daemon, ids);
    REQUIRE(daemon.sigterm());
    const auto size = std::filesystem::file_size(daemon.database());
    overwrite(daemon.database(), 4096 * 4, static_cast<std::size_t>(size) - 4096 * 4);
    daemon.start();
    check_serves(daemon, ids);
    CHECK(wait_until([&] {
      return health_of(daemon, "sqlite:responseTime") == "warn" ||
             health_of(daemon, "ledger") != "pass";
    }));
    MESSAGE("broken pages: served all of " << ids.size() << "; "
                                           << daemon.get("/health?verbose").body);
    CHECK(daemon.get("/health/ready").status == 200);
    const auto status = daemon.sigterm();
    REQUIRE(status);
    CHECK(status->is_success());
  }
}

}  // namespace
}  // namespace quotecached::test
