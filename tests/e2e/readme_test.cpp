// What README and docs tell a reader to do works: the commands and the program in README run as
// they are printed, against a daemon on another port, and what they point at is there.
#include <filesystem>
#include <optional>
// GCC 12 takes std::regex's own state for uninitialised under sanitizers.
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <regex>
#ifndef __clang__
#pragma GCC diagnostic pop
#endif
#include <sstream>

#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = QUOTECACHED_SOURCE_DIR;
const std::string kPrinted = "http://127.0.0.1:8466";

// The Python package that README uses, as far as it uses it: tests need nothing but Python itself.
constexpr std::string_view kRequests = R"(import json, urllib.parse, urllib.request
class Answer:
    def __init__(self, body): self.body = body
    def json(self): return json.loads(self.body)
def get(url, params, headers, timeout):
    asked = urllib.request.Request(url + "?" + urllib.parse.urlencode(params), headers=headers)
    with urllib.request.urlopen(asked, timeout=timeout) as answer: return Answer(answer.read())
)";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

// The fenced blocks of a page that begin with "```" and `language`.
std::vector<std::string> blocks(const std::string& page, const std::string& language) {
  std::vector<std::string> found;
  const std::string fence = "```";
  for (auto at = page.find(fence); at != std::string::npos;) {
    const auto begin = page.find('\n', at) + 1;
    const auto end = page.find(fence, begin);
    if (page.substr(at, begin - at) == fence + language + "\n")
      found.push_back(page.substr(begin, end - begin));
    at = page.find(fence, end + fence.size());
  }
  return found;
}

std::vector<std::string> curl_commands(const std::string& page) {
  std::vector<std::string> commands;
  for (const auto* const language : {"sh", "console"}) {
    for (const auto& block : blocks(page, language)) {
      std::istringstream lines(block);
      for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("$ ")) line.erase(0, 2);
        if (line.starts_with("curl ") && line.find(" | ") == std::string::npos)
          commands.push_back(line);
      }
    }
  }
  return commands;
}

struct Bed {
  Bed() : sim({.has_tls = false, .arguments = frozen()}) {
    daemon.emplace(Daemon::Options{.base_url = sim.base_url()});
  }
  Sim sim;
  std::optional<Daemon> daemon;
};

std::string run(const std::vector<std::string>& words, const TempDir& dir) {
  Process process({words, {{"PYTHONPATH", dir.path().string()}}}, dir.path(), "example");
  const auto status = process.wait();
  CAPTURE(process.err());
  REQUIRE(status);
  CHECK(status->is_success());
  return process.out();
}

std::vector<fs::path> pages() {
  std::vector<fs::path> found = {
      kRoot / "README.md", kRoot / "examples/README.md", kRoot / "examples/spreadsheet/README.md"};
  for (const auto& file : fs::directory_iterator(kRoot / "docs"))
    if (file.path().extension() == ".md") found.push_back(file.path());
  return found;
}

}  // namespace

TEST_SUITE("e2e::readme") {
  TEST_CASE("the commands of README and of the page on quotes answer as they are printed") {
    Bed bed;
    const TempDir dir;
    auto commands = curl_commands(read_file(kRoot / "README.md"));
    REQUIRE(commands.size() >= 2);
    for (auto& command : curl_commands(read_file(kRoot / "docs" / "quotes.md")))
      commands.push_back(std::move(command));
    for (const auto& command : commands) {
      CAPTURE(command);
      REQUIRE(command.find(kPrinted) != std::string::npos);
      const auto line = replaced(command, kPrinted, bed.daemon->base_url());
      const auto answer = run({"/bin/sh", "-c", line + " --silent --fail --max-time 10"}, dir);
      CAPTURE(answer);
      if (command.find("/quotes?") == std::string::npos) {  // of the provider's paths
        CHECK(answer.find("\"error_code\":0") != std::string::npos);
        CHECK(answer.find("\"symbol\":\"BTC\"") != std::string::npos);
      } else if (command.find("format=csv") != std::string::npos) {
        CHECK(answer.find("\n1,BTC,Bitcoin,bitcoin,USD,") != std::string::npos);
      } else {
        CHECK(answer.find("{\"id\":1,\"symbol\":\"BTC\",") != std::string::npos);
      }
    }
  }

  TEST_CASE("the program of README prints prices") {
    Bed bed;
    const TempDir dir;
    const auto programs = blocks(read_file(kRoot / "README.md"), "python");
    REQUIRE(programs.size() == 1);
    write_file(dir / "requests.py", kRequests);
    write_file(dir / "example.py", replaced(programs[0], kPrinted, bed.daemon->base_url()));
    const auto printed = run({"python3", (dir / "example.py").string()}, dir);
    CAPTURE(printed);
    CHECK(std::regex_search(printed, std::regex("Bitcoin [0-9.]+\nEthereum [0-9.]+\n")));
  }

  TEST_CASE("what the pages name and link to is there") {
    const std::regex link(R"(\]\(([^)#:]+)[^):]*\))");
    const std::regex script(R"(scripts/([a-z_]+(\.py)?))");
    for (const auto& page : pages()) {
      CAPTURE(page.string());
      const std::string text = read_file(page);
      REQUIRE_FALSE(text.empty());
      for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) {
        CAPTURE(it->str(1));
        CHECK(fs::exists(page.parent_path() / it->str(1)));
      }
      for (std::sregex_iterator it(text.begin(), text.end(), script), end; it != end; ++it) {
        CAPTURE(it->str(1));
        CHECK(fs::exists(kRoot / "scripts" / it->str(1)));
      }
    }
  }
}

}  // namespace quotecached::test
