// Real files and pipes.
#include "http/access_log.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/small_files.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

using namespace quotecached;
using namespace quotecached::http;
using quotecached::test::SmallFiles;
using quotecached::test::wait_until;

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::unique_ptr<AccessLog> started(const std::filesystem::path& to) {
  auto log = AccessLog::start({.to = to.string()}, Log());
  REQUIRE(log);
  return std::move(*log);
}

}  // namespace

TEST_SUITE("http::AccessLog") {
  TEST_CASE("lines are written, and after a renaming to a file of the old name") {
    const test::TempDir dir;
    const auto path = dir / "access.log";
    const auto log = started(path);
    auto& buffer = log->add_buffer();
    CHECK(buffer.is_on());
    buffer.add("one\ntwo\n", 2);
    CHECK(wait_until([&] { return text_of(path) == "one\ntwo\n"; }));
    std::filesystem::rename(path, dir / "access.log.1");
    buffer.add("three\n", 1);
    CHECK(wait_until([&] { return text_of(dir / "access.log.1") == "one\ntwo\nthree\n"; }));
    log->reopen();
    CHECK(wait_until([&] {
      buffer.add("four\n", 1);
      return text_of(path).starts_with("four\n");
    }));
    CHECK(log->totals().dropped == 0);
  }

  TEST_CASE("what waits at the end is written") {
    const test::TempDir dir;
    auto log = started(dir / "access.log");
    log->add_buffer().add("last\n", 1);
    log.reset();
    CHECK(text_of(dir / "access.log") == "last\n");
  }

  TEST_CASE("a file that cannot be opened is told at the start") {
    const test::TempDir dir;
    CHECK_FALSE(AccessLog::start({.to = (dir / "no" / "access.log").string()}, Log()));
  }

  TEST_CASE(
      "a line that was cut is ended before the next one, also after the file was opened anew") {
    const test::TempDir dir;
    const auto path = dir / "access.log";
    AccessFile file;
    file.set(path.string());
    {
      const SmallFiles limit(20);  // as on a disk that is full after so many bytes
      const auto cut = file.write("a=1 status=200\nb=2 status=503\n");
      CHECK(cut.lines == 1);
      CHECK_FALSE(cut.error.empty());
    }
    file.close();
    CHECK(file.write("c=3 status=200\n").error.empty());
    CHECK(text_of(path) == "a=1 status=200\nb=2 s\nc=3 status=200\n");
  }

  TEST_CASE("a file that is new has no line to end") {
    const test::TempDir dir;
    const auto path = dir / "access.log";
    AccessFile file;
    file.set(path.string());
    {
      const SmallFiles limit(5);
      CHECK(file.write("a=1 status=200\n").lines == 0);
    }
    std::filesystem::rename(path, dir / "access.log.1");
    file.set(path.string());
    CHECK(file.write("b=2\n").error.empty());
    CHECK(text_of(path) == "b=2\n");
  }

  TEST_CASE("a full disk drops lines and counts them, and nobody waits") {
    const auto log = started("/dev/full");
    auto& buffer = log->add_buffer();
    buffer.add("one\n", 1);
    CHECK(wait_until([&] { return log->totals().dropped == 1; }));
    CHECK(log->totals().written == 0);
  }

  TEST_CASE("a pipe that nobody reads drops lines; what is beyond a buffer is dropped at once") {
    const test::TempDir dir;
    const auto path = dir / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(reader >= 0);
    {
      const auto log = started(path);
      auto& buffer = log->add_buffer();
      const std::string line = std::string(1023, 'x') + "\n";
      for (int i = 0; i < 2000; ++i) buffer.add(line, 1);
      CHECK(wait_until([&] { return log->totals().dropped + log->totals().written >= 2000; }));
      CHECK(log->totals().written > 0);
      CHECK(log->totals().dropped > 900);  // a pipe takes 64 KiB, a buffer a megabyte
    }
    ::close(reader);
  }

  TEST_CASE("it may be turned on and off while it runs") {
    const test::TempDir dir;
    auto log = AccessLog::start({}, Log());
    REQUIRE(log);
    auto& buffer = (*log)->add_buffer();
    CHECK_FALSE(buffer.is_on());
    (*log)->change({.to = (dir / "access.log").string(), .format = Log::Format::Json, .sample = 0});
    CHECK(buffer.is_on());
    CHECK(buffer.format() == Log::Format::Json);
    CHECK_FALSE(buffer.takes(200));
    CHECK(buffer.takes(404));
    CHECK(wait_until([&] {
      buffer.add("{}\n", 1);
      return text_of(dir / "access.log").starts_with("{}\n");
    }));
    (*log)->change({});
    CHECK_FALSE(buffer.is_on());
    const auto dropped = (*log)->totals().dropped.load();
    CHECK(wait_until([&] {  // who looked before, and adds after
      buffer.add("{}\n", 1);
      (*log)->reopen();
      return (*log)->totals().dropped > dropped;
    }));
    CHECK_FALSE(std::filesystem::exists("off"));
  }
}
