// The lines of quotecache that config/ and systemd/ show are understood by the command.
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "cli/command_line.hpp"
#include "support/temp_dir.hpp"

namespace quotecache::cli::test {
namespace {

// The words from "quotecache" on, up to what a shell makes of them.
std::vector<std::string> words_in(const std::string& line) {
  std::istringstream in(line.substr(line.find("quotecache ")));
  std::vector<std::string> words;
  for (std::string word; in >> word && word != "|" && word != "2>&1";) words.push_back(word);
  return words;
}

// Those lines of the file that order something, commented ones too.
std::vector<std::string> orders_in(const std::string& file) {
  std::istringstream in(quotecached::test::read_file(QUOTECACHED_SOURCE_DIR + file));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.find("quotecache warm --") != std::string::npos) lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_SUITE("client::examples") {
  TEST_CASE("what cron and systemd are told to order is understood") {
    for (const std::string file : {"/config/cron.example", "/systemd/quotecache-warm.service"}) {
      const auto lines = orders_in(file);
      CAPTURE(file);
      CHECK_FALSE(lines.empty());
      for (const auto& line : lines) {
        CAPTURE(line);
        const auto words = words_in(line);
        std::vector<const char*> arguments;
        for (const auto& word : words) arguments.push_back(word.c_str());
        const auto parsed =
            parse_command_line(static_cast<int>(arguments.size()), arguments.data());
        REQUIRE(std::holds_alternative<CommandLine>(parsed));
        CHECK(std::get<CommandLine>(parsed).task == Task::Warm);
        CHECK(std::get<CommandLine>(parsed).waits);
      }
    }
  }

  TEST_CASE("cron finds the command where docs/running.md installs it") {
    const auto text = quotecached::test::read_file(QUOTECACHED_SOURCE_DIR "/config/cron.example");
    CHECK(text.find("\nPATH=/usr/local/bin:") != std::string::npos);
  }
}

}  // namespace quotecache::cli::test
