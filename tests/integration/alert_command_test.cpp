// Alerts to real programs.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>
#include <sys/wait.h>

#include "alert_bed.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using alert::Command;
using test::alert_saying;
using test::AlertBed;
using test::contains;
using test::read_file;
using test::TempDir;
namespace asio = boost::asio;

namespace {

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool is_running(const std::string& pid) { return ::kill(std::stoi(pid), 0) == 0; }

}  // namespace

TEST_SUITE("alert::Command") {
  TEST_CASE("a program gets the alert as JSON on its input") {
    const TempDir dir;
    AlertBed bed;
    bed.add_command({"/usr/bin/tee", (dir / "alert.json").string()});
    bed.notifier.tell(alert_saying("91 % are spent"));
    bed.run_until_idle();
    CHECK(bed.counts().sent == 1);
    const std::string text = read_file(dir / "alert.json");
    CHECK(text.starts_with(R"({"source":"quotecached",)"));
    CHECK(text.ends_with("}\n"));
    CHECK(contains(text, R"("message":"91 % are spent")"));
  }

  TEST_CASE("no shell reads the arguments, and the environment holds the alert but no secret") {
    const TempDir dir;
    const std::string file = (dir / "out").string();
    ::setenv("QUOTECACHED_UPSTREAM__API_KEY", "very-secret", 1);
    AlertBed bed;
    bed.add_command({"sh", "-c", "{ echo \"$1\"; env; } > \"$0\"", file, "$(id); rm *"});
    bed.notifier.tell(alert_saying("$(touch pwned); \"quoted\"\nline"));
    bed.run_until_idle();
    ::unsetenv("QUOTECACHED_UPSTREAM__API_KEY");
    const std::string text = read_file(file);
    CHECK(text.starts_with("$(id); rm *\n"));
    CHECK(contains(text, "QUOTECACHED_ALERT_KIND=window\n"));
    CHECK(contains(text, "QUOTECACHED_ALERT_LEVEL=critical\n"));
    CHECK(contains(text, "QUOTECACHED_ALERT_SUBJECT=month\n"));
    CHECK(contains(text, "QUOTECACHED_ALERT_STATE=raised\n"));
    CHECK(contains(text, "QUOTECACHED_ALERT_MESSAGE=$(touch pwned); \"quoted\"\nline\n"));
    CHECK(contains(text, "PATH="));
    CHECK_FALSE(contains(text, "very-secret"));
  }

  TEST_CASE("a program inherits no descriptor of the daemon's and no ignored signal") {
    const TempDir dir;
    const std::string file = (dir / "out").string();
    asio::io_context other;
    asio::ip::tcp::acceptor listener(other, {asio::ip::address_v4::loopback(), 0});
    const auto socket =
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(listener.native_handle()));
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    AlertBed bed;
    bed.add_command(
        {"sh", "-c", "ls -l /proc/$$/fd > \"$0\"; grep SigIgn /proc/$$/status >> \"$0\"", file});
    bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    std::signal(SIGPIPE, before);
    const std::string text = read_file(file);
    CAPTURE(text);
    CHECK(contains(text, "0 -> /memfd:alert"));
    CHECK(contains(text, "1 -> "));
    CHECK_FALSE(contains(text, socket.string()));
    const auto ignored = text.find("SigIgn:\t");
    REQUIRE(ignored != std::string::npos);
    const auto mask = std::stoull(text.substr(ignored + 8), nullptr, 16);
    CHECK((mask & 0x7fffffffU) == 0);  // but for two of the C library's own
  }

  TEST_CASE("a program that reads nothing is no trouble") {
    AlertBed bed;
    bed.add_command({"/bin/true"});
    for (int i = 0; i < 20; ++i) bed.notifier.tell(alert_saying(std::string(4000, 'x')));
    bed.run_until_idle();
    CHECK(bed.counts().sent == 20);
  }

  TEST_CASE("a program that fails is logged and not run again") {
    struct Row {
      const char* name;
      std::vector<std::string> arguments;
      const char* logged;
    };
    const TempDir dir;
    const Row rows[] = {
        {"exit status",
         {"sh", "-c", "echo ran >> \"$0\"; exit 3", (dir / "runs").string()},
         "exit status 3"},
        {"a signal", {"sh", "-c", "kill -9 $$"}, "ended by signal 9"},
        {"missing", {"/nowhere/program"}, "cannot be started: No such file or directory"},
        {"not executable", {"/etc/passwd"}, "cannot be started: Permission denied"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      AlertBed bed;
      bed.add_command(row.arguments);
      bed.notifier.tell(alert_saying("a"));
      bed.run_until_idle();
      CHECK(bed.counts().failed == 1);
      CHECK(bed.counts().dropped == 1);
      CHECK(contains(bed.log(), row.logged));
    }
    CHECK(read_file(dir / "runs") == "ran\n");
  }

  TEST_CASE("a program that hangs is ended, and the next alert gets its turn") {
    const TempDir dir;
    const std::string file = (dir / "pids").string();
    AlertBed bed;
    bed.add_command({"sh", "-c", "echo $$ >> \"$0\"; exec sleep 600", file}, 1s, 2s);
    bed.notifier.tell(alert_saying("a"));
    bed.notifier.tell(alert_saying("b"));
    bed.run_until_idle();
    CHECK(bed.counts().failed == 2);
    CHECK(contains(bed.log(), "ended after 1000 ms"));
    std::istringstream pids(read_file(file));
    std::string first;
    std::string second;
    REQUIRE((pids >> first >> second));
    CHECK_FALSE(is_running(first));
    CHECK_FALSE(is_running(second));
  }

  TEST_CASE("one that does not listen to SIGTERM is killed with the programs it started") {
    const TempDir dir;
    const std::string file = (dir / "pids").string();
    AlertBed bed;
    bed.add_command({"sh",
                     "-c",
                     "trap '' TERM; echo $$ > \"$0\"; sh -c 'echo $$ >> \"$0\"; sleep 600' \"$0\"",
                     file},
                    1500ms,
                    500ms);
    bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    CHECK(bed.counts().failed == 1);
    std::istringstream pids(read_file(file));
    std::string parent;
    std::string child;
    REQUIRE((pids >> parent >> child));
    CHECK(test::wait_until([&] { return !is_running(parent); }));
    CHECK(test::wait_until([&] {  // an orphan is reaped by whoever adopts it
      return !is_running(child) || contains(read_file("/proc/" + child + "/status"), "Z (zombie)");
    }));
  }

  TEST_CASE("stopping ends a program that runs") {
    const TempDir dir;
    const std::string file = (dir / "pid").string();
    AlertBed bed;
    bed.add_command({"sh", "-c", "echo $$ > \"$0\"; exec sleep 600", file});
    bed.notifier.tell(alert_saying("a"));
    bed.run_until([&] { return read_file(file).ends_with('\n'); });
    bed.stop(50ms);
    std::string pid = read_file(file);
    pid.pop_back();
    CHECK(test::wait_until([&] {
      return !is_running(pid) || contains(read_file("/proc/" + pid + "/status"), "Z (zombie)");
    }));
    CHECK(bed.counts().dropped == 1);
  }

  TEST_CASE("nothing is left open, nor any dead child") {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) continue;  // of other tests
    AlertBed bed;
    bed.add_command({"/bin/true"});
    bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 10; ++i) bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    CHECK(open_descriptors() == before);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // there is no child, living or dead
  }
}
