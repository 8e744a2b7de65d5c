// What is installed beside the command, judged by those who read it: groff and man, bash, zsh.
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace quotecache::test {
namespace {

using quotecached::test::built_program;
using quotecached::test::Command;
using quotecached::test::Process;
using quotecached::test::TempDir;
using quotecached::test::write_file;

struct Output {
  int code = -1;
  std::string out;
  std::string err;
};

Output output_of(std::vector<std::string> words) {
  const TempDir dir;
  Process process(Command{std::move(words), {{"LC_ALL", "C.UTF-8"}}}, dir.path(), "program");
  const auto status = process.wait();
  REQUIRE(status);
  return {status->code, process.out(), process.err()};
}

bool is_there(const std::string& program) {
  return output_of({"bash", "-c", "command -v " + program}).code == 0;
}

// Prints a page into a file.
std::string printed(const TempDir& dir, const std::string& kind) {
  const auto page = output_of({built_program("quotecache").string(), "--print", kind});
  REQUIRE(page.code == 0);
  REQUIRE(page.err.empty());
  write_file(dir / kind, page.out);
  return dir / kind;
}

// The words that bash offers for the last of these.
std::set<std::string> offered(const std::string& file, const std::string& words) {
  const auto ran = output_of({"bash",
                              "-c",
                              "source " + file + "\nCOMP_WORDS=(quotecache " + words +
                                  ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_quotecache\n"
                                  "printf '%s\\n' \"${COMPREPLY[@]}\""});
  CHECK_MESSAGE(ran.err.empty(), ran.err);
  std::istringstream lines(ran.out);
  std::set<std::string> result;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) result.insert(line);
  return result;
}

using Words = std::set<std::string>;

}  // namespace

TEST_SUITE("client::pages") {
  TEST_CASE("man and groff find nothing wrong with the manual page") {
    const TempDir dir;
    const std::string page = printed(dir, "man");
    if (is_there("groff")) {
      const auto ran = output_of({"groff", "-man", "-ww", "-Tutf8", page});
      CHECK(ran.code == 0);
      CHECK_MESSAGE(ran.err.empty(), ran.err);
      CHECK(ran.out.find("ask a running quotecached") != std::string::npos);
    } else {
      MESSAGE("no groff here");
    }
    if (is_there("man")) {
      const auto ran = output_of({"man", "--warnings", "-l", page});
      CHECK(ran.code == 0);
      CHECK_MESSAGE(ran.err.empty(), ran.err);
    } else {
      MESSAGE("no man here");
    }
  }

  TEST_CASE("shells can read the completions") {
    const TempDir dir;
    const auto bash = output_of({"bash", "-n", printed(dir, "bash")});
    CHECK(bash.code == 0);
    CHECK_MESSAGE(bash.err.empty(), bash.err);
    const std::string file = printed(dir, "zsh");
    if (!is_there("zsh")) {
      MESSAGE("no zsh here");
      return;
    }
    const auto zsh = output_of({"zsh", "-n", file});
    CHECK(zsh.code == 0);
    CHECK_MESSAGE(zsh.err.empty(), zsh.err);
  }

  TEST_CASE("bash offers what may stand there") {
    const TempDir dir;
    const std::string file = printed(dir, "bash");
    CHECK(offered(file, "''").contains("watch"));
    CHECK(offered(file, "cre") == Words{"credits"});
    CHECK(offered(file, "credits ''") == Words{"alerts", "calls", "forecast", "mode", "report"});
    CHECK(offered(file, "credits mode ''").contains("cache_only"));
    CHECK(offered(file, "credits mode cache_only ''").empty());
    CHECK(offered(file, "credits mode cache_only --fo") == Words{"--for", "--format"});
    CHECK(offered(file, "--server unix:/s credits re") == Words{"report"});
    CHECK(offered(file, "--format = csv credits fo") == Words{"forecast"});
    CHECK(offered(file, "get BTC --format ''") == Words{"csv", "json", "table"});
    CHECK(offered(file, "get BTC --format =") == Words{"csv", "json", "table"});
    CHECK(offered(file, "get BTC --format = js") == Words{"json"});
    CHECK(offered(file, "get BTC --am") == Words{"--ambiguous"});
    CHECK(offered(file, "get BTC --days ''").empty());
    CHECK(offered(file, "raw /x --").contains("--head"));
    CHECK_FALSE(offered(file, "raw /x --").contains("--format"));
    CHECK(offered(file, "help ''").contains("stats"));
    write_file(dir / "token file", "x");
    CHECK(offered(file, "get --token-file " + (dir / "tok").string()) == Words{dir / "token file"});
  }

  TEST_CASE("there is no other page") {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"--print"}, {"--print", "info"}, {"--print", "man", "bash"}}) {
      auto all = words;
      all.insert(all.begin(), built_program("quotecache").string());
      const auto ran = output_of(all);
      CHECK(ran.code == 64);
      CHECK(ran.err == "quotecache: --print takes man, bash or zsh\n");
    }
  }
}

}  // namespace quotecache::test
