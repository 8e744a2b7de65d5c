// What docs/command.md shows is what the command prints.
#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "cli/cache_view.hpp"
#include "cli/get.hpp"
#include "cli/grammar.hpp"
#include "cli/health.hpp"
#include "cli/purge.hpp"
#include "cli/report_view.hpp"
#include "cli/state_view.hpp"
#include "cli/warm.hpp"
#include "cli/watch_lines.hpp"
#include "client/cache_samples.hpp"
#include "client/documents.hpp"
#include "client/quotes.hpp"
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

  TEST_CASE("prices are shown as they are printed") {
    CommandLine line;
    line.ask.fields = {"market_cap"};
    const auto reply = told_quotes(documents::sample_quotes(), line, kLook);
    CHECK(shown_below("quotecache get bitcoin pepe NOPE XYZ --fields market_cap") ==
          reply.out + reply.err);
  }

  TEST_CASE("changes are shown as they are printed") {
    WatchLines lines(Format::Table, {}, kLook);
    auto later = documents::bitcoin("67000.25");
    later.fetched_at += std::chrono::seconds(60);
    CHECK(shown_below("quotecache watch bitcoin pepe | cat") ==
          lines.quote(documents::bitcoin()) + lines.quote(documents::pepe()) + lines.quote(later));
  }

  TEST_CASE("what the daemon tells of itself is shown as it is printed") {
    CHECK(shown_below("quotecache health") == health_text(documents::sample_health(), kLook));
    CHECK(shown_below("quotecache stats") == stats_text(documents::sample_stats(), kLook));
    CHECK(shown_below("quotecache explain 1") ==
          explanation_text(documents::sample_explanation(), kLook));
    CHECK(shown_below("quotecache purge --asset BTC") ==
          purge_text(documents::sample_purge(), kLook));
    const auto run = read_warm_run(documents::kWarmRun);
    REQUIRE(run);
    CHECK(shown_below("quotecache warm --assets-file coins.txt --wait") == summary(*run) + "\n");
  }

  TEST_CASE("every command, option and exit status is on the page") {
    const std::string page =
        quotecached::test::read_file(QUOTECACHED_SOURCE_DIR "/docs/command.md");
    const auto has = [&page](const std::string& part) {
      const bool is_there = page.find(part) != std::string::npos;
      if (!is_there) MESSAGE("no '", part, "'");
      return is_there;
    };
    for (const auto& command : grammar().commands) {
      CHECK(has("`quotecache " + command.name));
      for (const auto* option : grammar().options_of(command)) CHECK(has("`" + option->name));
      for (const auto& status : command.statuses)
        CHECK(has("| " + std::to_string(status.status) + " |"));
    }
  }
}

}  // namespace quotecache::cli::test
