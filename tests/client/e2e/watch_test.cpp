// `quotecache watch` against a real daemon: as lines, and on a terminal.
#include <chrono>
#include <csignal>
#include <string>

#include <doctest/doctest.h>

#include "cli/text.hpp"
#include "client/e2e/command_bed.hpp"
#include "support/daemon.hpp"
#include "support/sim.hpp"

namespace quotecache::test {
namespace {

using quotecached::test::Daemon;
using quotecached::test::Process;
using quotecached::test::Sim;
using quotecached::test::TempDir;
using quotecached::test::wait_until;
using std::chrono::seconds;

struct Bed {
  Bed() : daemon({.base_url = sim.base_url(), .sets = {"freshness.ttl_jitter=0"}}) {}

  // Prices are others then.
  void tick() {
    sim.advance_clock(seconds(61));
    REQUIRE(daemon.request("POST", "/admin/test/clock", R"({"advance":"61s"})").status == 200);
  }
  [[nodiscard]] std::string server() const { return "unix:" + daemon.socket().string(); }
  [[nodiscard]] Variables env() const { return {{"QUOTECACHE_SERVER", server()}}; }

  Sim sim;
  Daemon daemon;
};

std::ptrdiff_t lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

winsize size_of(unsigned short columns, unsigned short rows) {
  winsize size{};
  size.ws_col = columns;
  size.ws_row = rows;
  return size;
}

std::size_t widest(const std::vector<std::string>& lines) {
  std::size_t columns = 0;
  for (const auto& line : lines) columns = std::max(columns, cli::columns_of(line));
  return columns;
}

// The terminal is as it was: of each pair of sequences the one that undoes came last, if any did.
bool is_clean(const std::string& text) {
  const auto is_undone = [&text](const char* done, const char* undone) {
    const auto begun = text.rfind(done);
    const auto ended = text.rfind(undone);
    return begun == std::string::npos || (ended != std::string::npos && ended > begun);
  };
  return is_undone("\x1b[?25l", "\x1b[?25h") && is_undone("\x1b[?1049h", "\x1b[?1049l") &&
         is_undone("\x1b[?7l", "\x1b[?7h");
}

}  // namespace

TEST_SUITE("command::watch") {
  TEST_CASE("a line for each change, at once") {
    Bed bed;
    const TempDir dir;
    Process process(command_of({"watch", "bitcoin", "ethereum", "no-such-coin"}, bed.env()),
                    dir.path(),
                    "quotecache");
    REQUIRE(wait_until([&] { return lines_of(process.out()) == 2; }));
    bed.tick();
    CHECK(wait_until([&] { return lines_of(process.out()) >= 4; }));
    CHECK(process.out().find(" BTC USD ") != std::string::npos);
    CHECK(process.err().starts_with("quotecache: there is no asset with the slug no-such-coin; "));

    bed.daemon.restart();
    CHECK(wait_until([&] { return process.err().find("connected again\n") != std::string::npos; }));
    CHECK(process.err().find("quotecache: the connection is lost (") != std::string::npos);
    process.signal(SIGINT);
    const auto status = process.wait();
    REQUIRE(status);
    CHECK(status->code == 130);
    CHECK(process.out().ends_with('\n'));
  }

  TEST_CASE("it ends after so many changes, after a time, and where nothing can come") {
    Bed bed;
    auto ran = run_quotecache({"watch", "bitcoin", "--count", "1", "--format", "json"}, bed.env());
    CHECK(ran.code == 0);
    CHECK(lines_of(ran.out) == 1);
    CHECK(ran.out.starts_with(R"({"id":1,"symbol":"BTC",)"));
    ran = run_quotecache({"watch", "bitcoin", "--count", "1", "--format", "csv"}, bed.env());
    CHECK(ran.out.starts_with("id,symbol,name,slug,convert,price,"));
    CHECK(lines_of(ran.out) == 2);
    ran = run_quotecache({"watch", "bitcoin", "--for", "1s"}, bed.env());
    CHECK(ran.code == 0);
    CHECK(lines_of(ran.out) == 1);
    ran = run_quotecache({"watch", "BTC"}, bed.env());
    CHECK(ran.code == 2);
    CHECK(ran.has_one_error());
  }

  TEST_CASE("a currency that the provider refuses is told, and ends it") {
    Bed bed;
    for (const std::string format : {"table", "json", "csv"}) {
      CAPTURE(format);
      const auto ran =
          run_quotecache({"watch", "bitcoin", "--convert", "NOPE", "--format", format}, bed.env());
      CHECK(ran.code == 64);
      CHECK(ran.out.empty());
      CHECK(ran.has_one_error());
      CHECK(ran.err.find("the slug bitcoin cannot be had: ") != std::string::npos);
    }
    const auto ran = run_quotecache({"watch", "bitcoin", "--convert", "USD,NOPE"}, bed.env());
    CHECK(ran.code == 64);
    CHECK(ran.has_one_error());
    CommandOnTerminal live({"watch", "bitcoin", "--convert", "NOPE"}, bed.server(), size_of(90, 9));
    CHECK(live.status() == 64);
    CHECK(is_clean(live.text()));
    CHECK(live.text().ends_with("the provider refuses it in this currency; see --convert\r\n"));
  }

  TEST_CASE("what cannot be had for now is told, and waited for") {
    Bed bed;
    REQUIRE(bed.daemon.request("POST", "/admin/spend-mode", R"({"mode":"cache_only"})").status ==
            200);
    const TempDir dir;
    Process lines(command_of({"watch", "bitcoin"}, bed.env()), dir.path(), "quotecache");
    CommandOnTerminal live({"watch", "bitcoin"}, bed.server(), size_of(100, 24));
    CHECK(live.shows("the slug bitcoin cannot be had now: "));
    CHECK(wait_until([&] { return lines_of(lines.err()) == 1; }));
    REQUIRE(bed.daemon.request("POST", "/admin/spend-mode", R"({"mode":"auto"})").status == 200);
    bed.tick();  // else it is tried again after 10 s
    CHECK(live.shows("BTC"));
    CHECK(wait_until([&] { return lines_of(lines.out()) == 1; }));
    CHECK(wait_until([&] {
      const auto screen = live.screen();
      return std::ranges::none_of(
          screen, [](const auto& line) { return line.find("cannot be") != std::string::npos; });
    }));
    CHECK(lines.err().starts_with("quotecache: the slug bitcoin cannot be had now: "));
  }

  TEST_CASE("a daemon that says nothing is not waited for") {
    Bed bed;
    bed.daemon.process().signal(SIGSTOP);
    const auto ran = run_quotecache({"watch", "bitcoin", "--timeout", "1"}, bed.env());
    bed.daemon.process().signal(SIGCONT);
    CHECK(ran.code == 3);
    CHECK(ran.has_one_error());
  }

  TEST_CASE("a reader that has read enough ends it without a word") {
    Bed bed;
    const TempDir dir;
    const std::string program = quotecached::test::built_program("quotecache").string();
    // No second change ever comes: the end of the reader is noticed all the same.
    Process process(
        {{"bash", "-c", program + " watch bitcoin | head -1; echo ${PIPESTATUS[0]}"}, bed.env()},
        dir.path(),
        "bash");
    const auto status = process.wait();
    REQUIRE(status);
    CHECK(lines_of(process.out()) == 2);
    CHECK(process.out().ends_with("\n141\n"));
    CHECK(process.err().empty());
  }

  TEST_CASE("a full disk is told") {
    Bed bed;
    const TempDir dir;
    const std::string program = quotecached::test::built_program("quotecache").string();
    Process process(
        {{"bash", "-c", program + " watch bitcoin >/dev/full"}, bed.env()}, dir.path(), "bash");
    const auto status = process.wait();
    REQUIRE(status);
    CHECK(status->code == 74);
    CHECK(process.err().starts_with("quotecache: cannot write: "));
  }

  TEST_CASE("a terminal shows a table, of its size, until Ctrl-C") {
    Bed bed;
    CommandOnTerminal watch({"watch", "bitcoin", "ethereum", "52"}, bed.server(), size_of(100, 30));
    REQUIRE(watch.shows("XRP"));
    CHECK(watch.shows("connected"));
    CHECK(watch.shows("NAME"));
    CHECK(watch.screen().size() == 6);
    CHECK(widest(watch.screen()) <= 100);
    bed.tick();
    CHECK(wait_until([&] {  // a sign before a price that rose or fell
      const auto lines = watch.screen();
      return std::ranges::any_of(lines, [](const auto& line) {
        return line.starts_with("+  ") || line.starts_with("-  ");
      });
    }));

    watch.resize(size_of(30, 5));
    REQUIRE(wait_until([&] { return widest(watch.screen()) <= 30; }));
    CHECK(watch.shows("and 2 more"));
    CHECK_FALSE(wait_until([&] { return watch.screen().size() > 5; },
                           quotecached::test::milliseconds(300)));
    watch.resize(size_of(12, 5));
    CHECK(watch.shows("too small"));
    watch.resize(size_of(120, 30));
    CHECK(watch.shows("NAME"));

    watch.type("\x03");
    CHECK(watch.status() == 130);
    CHECK(is_clean(watch.text()));
    // The last table stays.
    const auto after = watch.text().substr(watch.text().rfind("\x1b[?1049l"));
    CHECK(after.find("Bitcoin") != std::string::npos);
  }

  TEST_CASE("a small terminal from the beginning, and a connection that is lost") {
    Bed bed;
    CommandOnTerminal watch({"watch", "bitcoin", "no-such-coin"}, bed.server(), size_of(40, 10));
    REQUIRE(watch.shows("BTC"));
    CHECK(watch.shows("there is no asset with the slug"));
    CHECK(widest(watch.screen()) <= 40);
    bed.daemon.process().kill9();
    CHECK(watch.shows("reconnecting in "));
    CHECK(watch.shows("BTC"));
    bed.daemon.start();
    CHECK(watch.shows("quotecache watch: connected"));
    watch.type("\x03");
    CHECK(watch.status() == 130);
    CHECK(is_clean(watch.text()));
  }

  TEST_CASE("Ctrl-Z gives the terminal back to a shell, and fg draws the table again") {
    Bed bed;
    const auto watch = quotecached::test::built_program("quotecache").string() + " watch bitcoin";
    CommandOnTerminal shell(Words{{"bash", "-mc", watch + "; echo stopped $?; fg; echo over $?"}},
                            bed.server(),
                            size_of(80, 24));
    REQUIRE(shell.shows("BTC"));
    shell.type("\x1a");
    REQUIRE(shell.writes("stopped 148"));
    REQUIRE(shell.writes("\x1b[?1049h", 2));
    CHECK(shell.shows("BTC"));
    shell.type("\x03");
    CHECK(shell.writes("over 130"));
    CHECK(is_clean(shell.text()));
  }

  TEST_CASE("behind a shell nothing is drawn, and the table stands at the end") {
    Bed bed;
    const auto watch = quotecached::test::built_program("quotecache").string() + " watch bitcoin";
    CommandOnTerminal shell(Words{{"bash", "-mc", watch + " --count 1 & wait $!; echo over $?"}},
                            bed.server(),
                            size_of(80, 24));
    CHECK(shell.status() == 0);
    CHECK(shell.text().find("over 0") != std::string::npos);
    CHECK(shell.text().find("Bitcoin") != std::string::npos);
    CHECK(shell.text().find("\x1b[?1049h") == std::string::npos);
  }

  TEST_CASE("where no shell could continue it, Ctrl-Z stops nothing") {
    Bed bed;
    CommandOnTerminal watch({"watch", "bitcoin"}, bed.server(), size_of(80, 24));
    REQUIRE(watch.shows("BTC"));
    watch.type("\x1a");
    REQUIRE(watch.writes("\x1b[?1049h", 2));
    CHECK(watch.shows("BTC"));
    watch.type("\x03");
    CHECK(watch.status() == 130);
  }

  TEST_CASE("colour only where it is allowed, and a table only for people") {
    Bed bed;
    CommandOnTerminal lines(
        {"watch", "bitcoin", "--format", "json", "--count", "1"}, bed.server(), size_of(80, 24));
    CHECK(lines.status() == 0);
    CHECK(lines.text().starts_with("{\"id\":1,"));
    CHECK(lines.text().find('\x1b') == std::string::npos);
  }
}

}  // namespace quotecache::test
