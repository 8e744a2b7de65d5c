// What docs/command.md shows is what the command prints.
#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "cli/report_view.hpp"
#include "cli/state_view.hpp"
#include "client/documents.hpp"
#include "src/documents.hpp"
#include "support/temp_dir.hpp"

namespace quotecache::cli::test {
namespace {

namespace documents = quotecache::test;

const Look kLook{80, true, false};

// Of the page's first block of commands, what stands below this one.
std::string shown_below(const std::string& command) {
  const std::string page = quotecached::test::read_file(QUOTECACHED_SOURCE_DIR "/docs/command.md");
  const std::string prompt = "$ " + command + "\n";
  const auto at = page.find(prompt);
  REQUIRE(at != std::string::npos);
  const auto begin = at + prompt.size();
  const auto end = std::min(page.find("\n$ ", begin), page.find("```", begin));
  REQUIRE(end != std::string::npos);
  return page.substr(begin, end - begin);
}

}  // namespace

TEST_SUITE("client::command_page") {
  TEST_CASE("the state is shown as it is printed") {
    const auto credits = read_credits(documents::kCredits);
    REQUIRE(credits);
    CHECK(shown_below("quotecache credits") == state_text(*credits, kLook));
  }

  TEST_CASE("the report is shown as it is printed") {
    const auto report = read_report(documents::kReport);
    REQUIRE(report);
    CHECK(shown_below("quotecache credits report") == report_table(*report, std::nullopt, kLook));
  }
}

}  // namespace quotecache::cli::test
