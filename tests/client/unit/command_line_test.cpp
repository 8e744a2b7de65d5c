#include "cli/command_line.hpp"

#include <fstream>
#include <vector>

#include <doctest/doctest.h>

#include "cli/duration.hpp"
#include "cli/suggestion.hpp"
#include "cli/token_file.hpp"
#include "support/temp_dir.hpp"

namespace quotecache::cli::test {
namespace {

std::variant<CommandLine, Reply> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "quotecache");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

CommandLine parsed(std::vector<const char*> words) {
  auto result = parse(std::move(words));
  REQUIRE(std::holds_alternative<CommandLine>(result));
  return std::get<CommandLine>(result);
}

}  // namespace

TEST_SUITE("client::command_line") {
  TEST_CASE("each task has its options, before and behind its name") {
    CHECK(parsed({"credits"}).task == Task::State);
    CHECK(parsed({"credits", "forecast"}).task == Task::Forecast);
    const auto report = parsed(
        {"credits", "--format", "csv", "report", "--days=30", "--by", "day", "--limit", "5"});
    CHECK(report.task == Task::Report);
    CHECK(report.format == Format::Csv);
    CHECK(report.report.days == 30);
    CHECK(report.report.by == Grouping::Day);
    CHECK(report.limit == 5);
    const auto calls = parsed({"credits", "calls", "--cursor", "12", "--server", "unix:/s"});
    CHECK(calls.task == Task::Calls);
    CHECK(calls.cursor == "12");
    CHECK(calls.server == "unix:/s");
    CHECK_FALSE(calls.limit);
    const auto mode = parsed({"credits", "mode", "economise", "--for", "90s", "--timeout", "3"});
    CHECK(mode.task == Task::Mode);
    CHECK(mode.mode == SpendMode::Economise);
    CHECK(mode.life == std::chrono::seconds(90));
    CHECK(mode.timeout == std::chrono::seconds(3));
  }

  TEST_CASE("a report is of the last days, of a month, of some days or of a billing month") {
    const auto month = parsed({"credits", "report", "--month", "2028-02"}).report;
    CHECK(month.from == "2028-02-01");
    CHECK(month.to == "2028-02-29");
    const auto days =
        parsed({"credits", "report", "--to=2026-11-02", "--from", "2026-10-05", "--by", "day"});
    CHECK(days.report.from == "2026-10-05");
    CHECK(days.report.to == "2026-11-02");
    CHECK(days.report.by == Grouping::Day);
    CHECK(parsed({"credits", "report"}).report.billing == BillingMonth::None);
    const auto billing = [](const char* word) {
      return parsed({"credits", "report", word, "--by", "asset"}).report.billing;
    };
    CHECK(billing("--billing-month") == BillingMonth::Current);
    CHECK(billing("--billing-month=current") == BillingMonth::Current);
    CHECK(billing("--billing-month=previous") == BillingMonth::Previous);
  }

  TEST_CASE("a period that is none, and several at once, are refused with what would be right") {
    struct Row {
      std::vector<const char*> words;
      std::string says;
    };
    const std::vector<Row> rows{
        {{"--month", "2026-13"}, "'2026-13' is no month of the calendar such as 2026-10"},
        {{"--month", "2026-10-05"}, "is no month"},
        {{"--month", ""}, "--month"},
        {{"--from", "2026-02-29", "--to", "2026-03-01"}, "'2026-02-29' is no day"},
        {{"--from", "05.10.2026", "--to", "2026-11-02"}, "such as 2026-10-05"},
        {{"--from", "2026-11-02", "--to", "2026-10-05"}, "2026-11-02 is after --to 2026-10-05"},
        {{"--from", "2026-10-05"}, "--from and --to need each other"},
        {{"--to", "2026-10-05"}, "--from and --to need each other"},
        {{"--billing-month=next"}, "--billing-month"},
        {{"--month", "2026-10", "--days", "3"}, "exclude each other"},
        {{"--month", "2026-10", "--billing-month"}, "exclude each other"},
        {{"--days", "3", "--billing-month"}, "exclude each other"},
        {{"--from", "2026-10-05", "--to", "2026-10-06", "--month", "2026-10"},
         "exclude each other"},
        {{"--from", "2026-10-05", "--to", "2026-10-06", "--days", "3"}, "exclude each other"},
        {{"--from", "2026-10-05", "--to", "2026-10-06", "--billing-month"}, "exclude each other"}};
    for (const auto& row : rows) {
      std::vector<const char*> words{"credits", "report"};
      words.insert(words.end(), row.words.begin(), row.words.end());
      CAPTURE(row.says);
      const auto wrong = parse(words);
      REQUIRE(std::holds_alternative<Reply>(wrong));
      const auto& reply = std::get<Reply>(wrong);
      CAPTURE(reply.err);
      CHECK(reply.status == 64);
      CHECK(reply.err.find(row.says) != std::string::npos);
      CHECK(reply.err.ends_with("; see 'quotecache credits report --help'\n"));
    }
  }

  TEST_CASE("a report covers up to ten years") {
    CHECK(parsed({"credits", "report", "--days", "1"}).report.days == 1);
    CHECK(parsed({"credits", "report", "--days", "3660"}).report.days == 3660);
    for (const char* const days : {"0", "3661", "-1", "7.5", "week"}) {
      CAPTURE(days);
      const auto wrong = parse({"credits", "report", "--days", days});
      REQUIRE(std::holds_alternative<Reply>(wrong));
      const auto& reply = std::get<Reply>(wrong);
      CHECK(reply.status == 64);
      CHECK(reply.err.find("whole number from 1 to 3660") != std::string::npos);
      CHECK(reply.err.ends_with("; see 'quotecache credits report --help'\n"));
    }
    const auto help = std::get<Reply>(parse({"credits", "report", "--help"}));
    CHECK(help.out.find("up to 3660") != std::string::npos);
  }

  TEST_CASE("an asset to explain is written as one to get") {
    const auto asked = [](const char* word) { return parsed({"explain", word}).explain.asset; };
    CHECK(asked("bitcoin") == "slug:bitcoin");
    CHECK(asked("BTC") == "symbol:BTC");
    CHECK(asked("1") == "id:1");
    CHECK(asked("symbol:42") == "symbol:42");
    for (const char* const word : {"", "bitcoin,ethereum", "007"}) {
      const auto wrong = parse({"explain", word});
      REQUIRE(std::holds_alternative<Reply>(wrong));
      CHECK(std::get<Reply>(wrong).err.find("is not one asset") != std::string::npos);
    }
  }

  TEST_CASE("auto takes no time") {
    CHECK(parsed({"credits", "mode", "auto"}).mode == SpendMode::Automatic);
    const auto wrong = parse({"credits", "mode", "auto", "--for", "1h"});
    REQUIRE(std::holds_alternative<Reply>(wrong));
    CHECK(std::get<Reply>(wrong).status == 64);
  }

  TEST_CASE("durations are from a second to 31 days") {
    using namespace std::chrono_literals;
    CHECK(parse_duration("1s") == 1s);
    CHECK(parse_duration("15m") == 15min);
    CHECK(parse_duration("2h") == 2h);
    CHECK(parse_duration("31d") == 31 * 24h);
    for (const char* const text : {"",
                                   "s",
                                   "5",
                                   "0s",
                                   "-1h",
                                   "+1h",
                                   " 1h",
                                   "1.5h",
                                   "32d",
                                   "745h",
                                   "1w",
                                   "99999999999999999h"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_duration(text));
    }
  }

  TEST_CASE("the nearest word is meant, a distant one is not") {
    const std::vector<std::string> known{"report", "forecast", "calls", "--days"};
    CHECK(nearest("reprot", known) == "report");
    CHECK(nearest("forcast", known) == "forecast");
    CHECK(nearest("call", known) == "calls");
    CHECK(nearest("--dyas", known) == "--days");
    CHECK(nearest("weather", known).empty());
    CHECK(nearest(std::string(100'000, 'a'), known).empty());
  }
}

TEST_SUITE("client::token_file") {
  TEST_CASE("a token is one word in a file, and what is no token is named") {
    const quotecached::test::TempDir dir;
    const std::string file = dir / "token";
    struct Row {
      std::string content;
      const char* says;
    };
    for (const Row& row : std::initializer_list<Row>{{"", "is empty"},
                                                     {"\n \n", "is empty"},
                                                     {"two words", "more than one word"},
                                                     {"two\nlines\n", "more than one word"},
                                                     {std::string(5000, 'a'), "too long"}}) {
      quotecached::test::write_file(file, row.content);
      const auto token = read_token(file);
      REQUIRE_FALSE(token);
      CHECK_MESSAGE(token.error().find(row.says) != std::string::npos, token.error());
    }
    quotecached::test::write_file(file, "a-token\r\n");
    CHECK(read_token(file) == "a-token");
    CHECK_FALSE(read_token(dir.path().string()));
  }
}

}  // namespace quotecache::cli::test
