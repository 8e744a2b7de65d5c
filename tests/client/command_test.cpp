// The command as a process: what it prints, and each of its exit statuses.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/canned_server.hpp"
#include "client/documents.hpp"
#include "support/address.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace quotecache::test {
namespace {

namespace fs = std::filesystem;
using quotecached::test::built_program;
using quotecached::test::Command;
using quotecached::test::Process;
using quotecached::test::read_file;
using quotecached::test::ReservedPort;
using quotecached::test::TempDir;
using quotecached::test::wait_until;
using quotecached::test::write_file;

using Environment = std::map<std::string, std::string>;

struct Ran {
  int code = -1;
  int signal = 0;
  std::string out, err;
};

Ran run_words(std::vector<std::string> words, Environment env = {}) {
  const TempDir dir;
  Process process(Command{std::move(words), std::move(env)}, dir.path(), "quotecache");
  const auto status = process.wait();
  REQUIRE(status);
  return {status->code, status->signal, process.out(), process.err()};
}

Ran run(const std::vector<std::string>& arguments, Environment env = {}) {
  std::vector<std::string> words{built_program("quotecache").string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_words(std::move(words), std::move(env));
}

// What it writes to a terminal so wide.
std::string run_on_terminal(const std::vector<std::string>& arguments,
                            unsigned short columns,
                            std::string variable = "QUOTECACHE_NOTHING=1") {
  std::vector<std::string> words{built_program("quotecache").string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  winsize size{};
  size.ws_col = columns;
  size.ws_row = 50;
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  REQUIRE(child >= 0);
  if (child == 0) {
    ::unsetenv("COLUMNS");  // of whoever runs the tests
    ::putenv(variable.data());
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t got = 1; got > 0;) {
    got = ::read(terminal, part.data(), part.size());  // fails once the other side is closed
    if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(terminal);
  ::waitpid(child, nullptr, 0);
  return text;
}

bool holds(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != std::string::npos;
}

std::string at_level(const std::string& level) {
  std::string text = kCredits;
  const std::string old = R"("level":"warning","money":null,"some_day")";
  return text.replace(
      text.find(old), old.size(), R"("level":")" + level + R"(","money":null,"some_day")");
}

CannedServer::Answers all_answers() {
  return {{"GET /admin/credits", {200, kCredits}},
          {"GET /admin/credits/report?days=7&by=endpoint", {200, kReport}},
          {"GET /admin/credits/report?days=2&by=asset", {200, kReportByAsset}},
          {"GET /admin/credits/calls?limit=50", {200, kCalls}},
          {"GET /admin/credits/calls?limit=50&cursor=1", {200, R"({"calls":[],"next":null})"}},
          {"GET /admin/credits/alerts?limit=50", {200, kAlerts}},
          {"GET /admin/credits/alerts?limit=50&cursor=1", {200, R"({"alerts":[],"next":null})"}},
          {"POST /admin/spend-mode", {200, kModeOrder}}};
}

}  // namespace

TEST_SUITE("client::command") {
  TEST_CASE("the exit status is the level, whatever is shown") {
    struct Row {
      const char* level;
      int status;
    };
    for (const Row& row : std::initializer_list<Row>{{"ok", 0}, {"warning", 1}, {"critical", 2}}) {
      auto answers = all_answers();
      answers["GET /admin/credits"] = {200, at_level(row.level)};
      const CannedServer server(answers);
      for (const std::string task : {"", "report", "forecast", "calls", "alerts"}) {
        CAPTURE(row.level);
        CAPTURE(task);
        std::vector<std::string> arguments{"credits", "--server", server.address()};
        if (!task.empty()) arguments = {"credits", task, "--server", server.address()};
        const Ran ran = run(arguments);
        CHECK(ran.code == row.status);
        CHECK_FALSE(ran.out.empty());
        CHECK(ran.err.empty());
      }
    }
  }

  TEST_CASE("the state is told by one request, where it tells of money too") {
    auto answers = all_answers();
    auto document = kCredits;
    const std::string old = R"("money":null)";
    document.replace(
        document.find(old), old.size(), R"("money":{"price_per_credit":0.1,"currency":"USD"})");
    answers["GET /admin/credits"] = {200, document};
    const CannedServer server(answers);
    CHECK(run({"credits", "--server", server.address()}).code == 1);
    CHECK(server.requests().size() == 1);
  }

  TEST_CASE("status 3 when the daemon cannot be asked or answers nonsense") {
    const ReservedPort port;
    const Ran nobody =
        run({"credits", "--server", "http://127.0.0.1:" + std::to_string(port.number())});
    CHECK(nobody.code == 3);
    CHECK(nobody.out.empty());
    CHECK(holds(nobody.err, "no answer from http://127.0.0.1:"));

    struct Row {
      const char* name;
      CannedAnswer answer;
      const char* says;
    };
    const std::vector<Row> rows{{"garbage", {200, "hello"}, "it is no JSON"},
                                {"no HTTP", {200, "hello", true}, "no answer from"},
                                {"another server", {404, "{}"}, "404"},
                                {"no token", {401, "{}"}, "--token-file"},
                                {"not yet", {503, "{}"}, "503"},
                                {"an unknown level", {200, at_level("purple")}, "level"}};
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const CannedServer server({{"GET /admin/credits", row.answer}});
      for (const std::string format : {"table", "json", "csv"}) {
        const Ran ran = run({"credits", "--format", format, "--server", server.address()});
        CHECK(ran.code == 3);
        CHECK(ran.out.empty());
        CHECK_MESSAGE(holds(ran.err, row.says), ran.err);
      }
    }
  }

  TEST_CASE("past the last page there are none older") {
    const CannedServer server(all_answers());
    for (const std::string task : {"calls", "alerts"}) {
      CAPTURE(task);
      const Ran ran = run({"credits", task, "--cursor", "1", "--server", server.address()});
      CHECK(ran.code == 1);
      CHECK(ran.out.starts_with("No older "));
    }
  }

  TEST_CASE("a report is shown even if the state cannot be told, with status 3") {
    auto answers = all_answers();
    answers["GET /admin/credits"] = {503, "{}"};
    const CannedServer server(answers);
    const Ran ran = run({"credits", "report", "--server", server.address()});
    CHECK(ran.code == 3);
    CHECK(holds(ran.out, "1,234,567"));
    CHECK(holds(ran.err, "503"));
  }

  TEST_CASE("silence has an end") {
    const CannedServer server({{"GET /admin/credits", {200, "", false, true}}});
    const Ran ran = run({"credits", "--timeout", "1", "--server", server.address()});
    CHECK(ran.code == 3);
    CHECK(holds(ran.err, "no answer from"));
  }

  TEST_CASE("status 64 for a wrong command line, with what would be right") {
    struct Row {
      std::vector<std::string> arguments;
      const char* says;
    };
    const std::vector<Row> rows{
        {{}, "a command is wanted: get, watch"},
        {{"creditz"}, "did you mean 'credits'? See 'quotecache help'"},
        {{"credits", "reprot"}, "did you mean 'report'?"},
        {{"forecast"}, "did you mean 'credits forecast'? See 'quotecache help'"},
        {{"credits", "report", "--by", "assets"}, "did you mean 'asset'?"},
        {{"credits", "report", "--days", "0"}, "--days"},
        {{"credits", "calls", "--days", "3"}, "it is an option of credits report"},
        {{"credits", "--format", "xml"}, "--format"},
        {{"credits", "mode"}, "mode wants MODE: normal"},
        {{"credits", "mode", "cache_only", "--for", "2y"}, "2y"},
        {{"credits", "--server", "ftp://x"}, "http://HOST:PORT"},
        {{"credits", "--server", "unix:relative"}, "whole path"},
        {{"credits", "--token-file", "/nonexistent"}, "cannot be read"},
        {{"warm", "--assets", ""}, "--assets"},
        {{"warm", "--assets", ","}, "1,1027 or BTC,ETH"},
        {{"warm", "--assets", "1;2"}, "'1;2' is neither"},
        {{"warm", "--assets", "1,007"}, "'007' is neither"},
        {{"warm", "--window", ""}, "--window"},
        {{"warm", "--convert", ""}, "--convert"},
        {{"warm", "--assets-file", ""}, "--assets-file"},
        {{"warm", "--popular", "0"}, "--popular"},
        {{"warm", "--popular", "-5"}, "--popular"},
        {{"warm", "--popular", "5001"}, "--popular"},
        {{"warm", "--popular", "99999999999999999999"}, "--popular"},
        {{"warm", "--max-credits", "0"}, "--max-credits"},
        {{"warm", "--max-credits", "1.5"}, "--max-credits"},
        {{"warm", "--due", "--popular", "3"}, "exclude each other"},
        {{"warm", "--format", "xml"}, "--format"},
        {{"warm", "--format"}, "--format wants a value"},
        {{"stats", "--", "--x"}, "'--x' is not understood"},
        {{"raw", "/x", "--format", "csv"}, "raw takes no --format"},
        {{"raw", "x"}, "begins with '/'"},
        {{"raw", "/a\nb"}, "no blanks"},
        {{"get"}, "get wants ASSET"},
        {{"get", "a,,b"}, "'' is no asset"},
        {{"get", "1", "--convert", "USD,"}, "--convert"},
        {{"get", "1", "--wait"}, "it is an option of warm"},
        {{"get", "1", "--dry-run=yes"}, "'--dry-run=yes'"},
        {{"get", "1", "--server", "x", "--server", "x"}, "given twice"},
        {{"watch", "1", "--count", "0"}, "--count"},
        {{"help", "nothing"}, "'nothing' is not understood"},
        {{"help", "a\nb"}, "'a?b' is not understood"},
        {{"purge"}, "--glob '*'"}};
    for (const Row& row : rows) {
      const Ran ran = run(row.arguments);
      CAPTURE(ran.err);
      CHECK(ran.code == 64);
      CHECK(ran.out.empty());
      CHECK(holds(ran.err, row.says));
      CHECK(ran.err.starts_with("quotecache: "));
      CHECK(std::ranges::count(ran.err, '\n') == 1);
    }
    const CannedServer server({{"GET /admin/credits/calls?limit=50&cursor=x",
                                {400, R"({"detail":"cursor takes a number"})"}}});
    const Ran ran = run({"credits", "calls", "--cursor", "x", "--server", server.address()});
    CHECK(ran.code == 64);
    CHECK(holds(ran.err, "cursor takes a number"));
  }

  TEST_CASE("help and version are answers") {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"--help"}, {"credits", "--help"}}) {
      const Ran ran = run(arguments);
      CHECK(ran.code == 0);
      CHECK(holds(ran.out, "Exit status"));
    }
    const Ran version = run({"--version"});
    CHECK(version.code == 0);
    CHECK(version.out.starts_with("quotecache "));
  }

  TEST_CASE("a token comes from a file that others cannot read") {
    const CannedServer server(all_answers());
    const TempDir dir;
    const std::string file = dir / "token";
    write_file(file, "a-long-admin-token\n");
    const Environment env{{"QUOTECACHE_SERVER", server.address()}, {"QUOTECACHE_TOKEN_FILE", file}};
    CHECK(run({"credits"}, env).code == 1);
    CHECK(holds(server.requests().back(), "Authorization: Bearer a-long-admin-token\r\n"));

    fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
    const Ran open = run({"credits"}, env);
    CHECK(open.code == 64);
    CHECK(holds(open.err, "readable by everyone: chmod o-r"));
    CHECK_FALSE(holds(open.err, "a-long-admin-token"));
  }

  TEST_CASE("the option counts more than the environment") {
    const CannedServer server(all_answers());
    const Ran ran = run({"credits", "report", "--server", server.address()},
                        {{"QUOTECACHE_SERVER", "http://127.0.0.1:1"}});
    CHECK(ran.code == 1);
  }

  TEST_CASE("JSON is the daemon's document as it came") {
    const CannedServer server(all_answers());
    const Environment env{{"QUOTECACHE_SERVER", server.address()}};
    CHECK(run({"credits", "--format", "json"}, env).out == kCredits + "\n");
    CHECK(run({"credits", "report", "--format", "json"}, env).out == kReport + "\n");
    CHECK(run({"credits", "calls", "--format", "json"}, env).out == kCalls + "\n");
    CHECK(run({"credits", "alerts", "--format", "json"}, env).out == kAlerts + "\n");
  }

  TEST_CASE("a mode is ordered by word and time") {
    const CannedServer server(all_answers());
    const Ran ran =
        run({"credits", "mode", "cache_only", "--for", "2h", "--server", server.address()});
    CHECK(ran.code == 0);
    CHECK(ran.out == "Spend mode cache_only is ordered until 2026-11-21 12:00:00 UTC.\n");
    CHECK(server.requests().back().ends_with(R"({"mode":"cache_only","for":"7200s"})"));
  }

  TEST_CASE("piped it is 80 columns wide, COLUMNS and --width say otherwise") {
    const CannedServer server(all_answers());
    const std::vector<std::string> report{"credits", "report", "--server", server.address()};
    CHECK_FALSE(holds(run(report).out, "P95 MS"));
    CHECK(holds(run(report, {{"COLUMNS", "200"}}).out, "P95 MS"));
    auto narrow = report;
    narrow.insert(narrow.end(), {"--width", "40"});
    CHECK_FALSE(holds(run(narrow, {{"COLUMNS", "200"}}).out, "SAVED"));
  }

  TEST_CASE("only ASCII where the locale is, blocks where it is UTF-8, no colour in a pipe") {
    const CannedServer server(all_answers());
    const std::vector<std::string> report{
        "credits", "report", "--by", "asset", "--days", "2", "--server", server.address()};
    const std::string ascii = run(report, {{"LC_ALL", "C"}}).out;
    CHECK(std::all_of(ascii.begin(), ascii.end(), [](char c) { return c > 0 || c == '\n'; }));
    CHECK(holds(ascii, "####"));
    const std::string utf8 = run(report, {{"LC_ALL", "C.UTF-8"}}).out;
    CHECK(holds(utf8, "█"));
    CHECK(holds(utf8, "名前"));
    CHECK_FALSE(holds(utf8, "\x1b"));
  }

  TEST_CASE("a reader that has read enough ends it as a pipe does, a full disk is told") {
    const CannedServer server(all_answers());
    const std::string program = built_program("quotecache").string();
    // A pipe that has no reader any more when the command writes to it.
    const Ran piped =
        run_words({"bash",
                   "-c",
                   "cd $(mktemp -d) && mkfifo pipe && exec 4<>pipe 5>pipe 4<&- && " + program +
                       " credits --server " + server.address() + " >&5; echo $?; rm -r $PWD"});
    CHECK(piped.out == "141\n");
    CHECK(piped.err.empty());

    const Ran full = run_words({"bash", "-c", program + " --help >/dev/full"});
    CHECK(full.code == 74);
    CHECK(holds(full.err, "cannot write"));
  }

  TEST_CASE("a terminal is filled and coloured, unless NO_COLOR is set") {
    const CannedServer server(all_answers());
    const std::vector<std::string> report{"credits", "--server", server.address()};
    const std::string wide = run_on_terminal(report, 200);
    CHECK(holds(wide, "EXPECTED BY THEN"));
    CHECK(holds(wide, "\x1b[33mwarning\x1b[0m"));
    const std::string plain = run_on_terminal(report, 80, "NO_COLOR=1");
    CHECK(holds(plain, "WINDOW"));
    CHECK_FALSE(holds(plain, "EXPECTED BY THEN"));
    CHECK_FALSE(holds(plain, "\x1b"));
  }

  TEST_CASE("no text of the daemon's moves a terminal's cursor, and JSON keeps its meaning") {
    auto answers = all_answers();
    const std::string old = "month: 81 % spent";
    const std::string sly = "a\x7f\xc2\x9b[31m\xe2\x80\xae-b";
    auto document = kCredits;
    document.replace(document.find(old), old.size(), sly);
    answers["GET /admin/credits"] = {200, document};
    answers["GET /sly"] = {200, document + "\x9b"};  // else it were no JSON
    const CannedServer server(answers);
    const std::vector<std::vector<std::string>> lines{{"credits", "--format", "json"},
                                                      {"credits", "--format", "csv"},
                                                      {"credits"},
                                                      {"raw", "/sly"}};
    for (auto line : lines) {
      CAPTURE(line.back());
      line.insert(line.end(), {"--server", server.address()});
      const auto text = run_on_terminal(line, 80, "LC_ALL=C.UTF-8");
      CHECK_FALSE(text.empty());
      for (const char* const wrong : {"\x7f", "\x9b", "\xe2\x80\xae"})
        CHECK_FALSE(holds(text, wrong));
      if (line.front() == "raw" || line[2] == "json")
        CHECK(holds(text, R"(a\u007f\u009b[31m\u202e-b)"));
    }
    CHECK(run({"raw", "/sly", "--server", server.address()}).out == document + "\x9b");
  }

  TEST_CASE("on a terminal too COLUMNS counts more, and --width most") {
    const CannedServer server(all_answers());
    std::vector<std::string> report{"credits", "--server", server.address()};
    CHECK(holds(run_on_terminal(report, 80, "COLUMNS=200"), "EXPECTED BY THEN"));
    CHECK_FALSE(holds(run_on_terminal(report, 200, "COLUMNS=80"), "EXPECTED BY THEN"));
    CHECK(holds(run_on_terminal(report, 200, "COLUMNS=0"), "EXPECTED BY THEN"));
    report.insert(report.end(), {"--width", "80"});
    CHECK_FALSE(holds(run_on_terminal(report, 80, "COLUMNS=200"), "EXPECTED BY THEN"));
  }

  TEST_CASE("Ctrl-C ends a command that waits, at once") {
    const CannedServer server({{"GET /admin/credits", {200, "", false, true}}});
    const TempDir dir;
    Process process(
        Command{{built_program("quotecache").string(), "credits", "--server", server.address()}},
        dir.path(),
        "quotecache");
    REQUIRE(wait_until([&] { return !server.requests().empty(); }));
    process.signal(SIGINT);
    const auto status = process.wait();
    REQUIRE(status);
    CHECK(status->signal == SIGINT);
  }
}

}  // namespace quotecache::test
