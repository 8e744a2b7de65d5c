// The dashboard for Grafana and the rules for Prometheus use metrics that there are, and each alert
// names a section of the operations page. What promtool says of metrics and rules, where it is.
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include <simdjson.h>

#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

const std::filesystem::path kDocs = std::filesystem::path(QUOTECACHED_SOURCE_DIR) / "docs";

using Words = std::set<std::string>;

// The names that a daemon exports samples under, with those that not every daemon has.
Words names_exported(const std::string& metrics) {
  static const std::regex kSample("^([a-z_]+)[ {]");
  static const std::regex kHistogram("^# TYPE ([a-z_]+) histogram");
  Words names{"quotecached_alerts_dropped_total"};  // where alerts are sent somewhere
  Words histograms;                                 // of which no sample has the very name
  std::istringstream text(metrics);
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (std::regex_search(line, match, kSample)) names.insert(match[1]);
    if (std::regex_search(line, match, kHistogram)) histograms.insert(match[1]);
  }
  std::erase_if(names, [&](const auto& name) { return histograms.contains(name); });
  return names;
}

// Every word in `text` that can only be the name of a metric.
Words names_in(const std::string& text) {
  static const std::regex kName("\\b(?:quotecached|process)_[a-z0-9_]+");
  Words names;
  for (std::sregex_iterator at(text.begin(), text.end(), kName), end; at != end; ++at)
    names.insert(at->str());
  return names;
}

// As a link to a heading has it.
Words anchors_of(const std::string& page) {
  Words anchors;
  std::istringstream text(page);
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("#")) continue;
    std::string anchor;
    for (const char c : line.substr(line.find(' ') + 1)) {
      if (c == ' ') anchor += '-';
      if (std::isalnum(static_cast<unsigned char>(c)) != 0)
        anchor += static_cast<char>(std::tolower(c));
    }
    anchors.insert(anchor);
  }
  return anchors;
}

std::string metrics_page(Daemon& daemon) {
  std::string page;
  REQUIRE(wait_until([&] {
    page = daemon.get("/metrics").body;
    return page.find("\nquotecached_ledger_up ") != std::string::npos;
  }));
  return page;
}

bool has_promtool() {
  return std::system("command -v promtool >/dev/null 2>&1") == 0;  // NOLINT(concurrency-mt-unsafe)
}

// What promtool says, "" when it finds nothing to say.
std::string said_by_promtool(const std::string& what, const std::filesystem::path& input) {
  const TempDir dir;
  Process process(
      {{"/bin/sh", "-c", "exec promtool check " + what + " < '" + input.string() + "'"}},
      dir.path(),
      "promtool");
  const auto status = process.wait();
  REQUIRE(status);
  if (status->is_success()) return {};
  return process.out() + process.err();
}

}  // namespace

TEST_SUITE("e2e::monitoring_files") {
  TEST_CASE("dashboard and rules use metrics that there are") {
    Daemon daemon({});
    const auto exported = names_exported(metrics_page(daemon));
    REQUIRE(exported.size() > 100);
    for (const auto* const file : {"grafana.json", "alerts.rules.yml"}) {
      CAPTURE(file);
      const auto used = names_in(read_file(kDocs / file));
      CHECK(used.size() > 15);
      for (const auto& name : used)
        CHECK_MESSAGE(exported.contains(name), "there is no metric " << name);
    }
  }

  TEST_CASE("the dashboard is JSON, and each of its panels asks for something") {
    simdjson::dom::parser parser;
    const auto text = simdjson::padded_string::load((kDocs / "grafana.json").string());
    REQUIRE(text.error() == simdjson::SUCCESS);
    simdjson::dom::element board;
    REQUIRE(parser.parse(text.value_unsafe()).get(board) == simdjson::SUCCESS);
    std::size_t charts = 0;
    for (const auto panel : board["panels"].get_array()) {
      std::string_view title;
      REQUIRE(panel["title"].get(title) == simdjson::SUCCESS);
      std::string_view kind;
      REQUIRE(panel["type"].get(kind) == simdjson::SUCCESS);
      if (kind == "row") continue;
      CAPTURE(title);
      ++charts;
      for (const auto target : panel["targets"].get_array()) {
        std::string_view asks;
        REQUIRE(target["expr"].get(asks) == simdjson::SUCCESS);
        CHECK_FALSE(names_in(std::string(asks)).empty());
      }
    }
    CHECK(charts > 20);
  }

  TEST_CASE("each alert asks for something, and names a section of the operations page") {
    const auto anchors = anchors_of(read_file(kDocs / "operations.md"));
    const std::string link = "runbook_url: docs/operations.md#";
    std::istringstream rules(read_file(kDocs / "alerts.rules.yml"));
    std::size_t alerts = 0;
    std::size_t links = 0;
    for (std::string line; std::getline(rules, line);) {
      if (line.find("- alert: ") != std::string::npos) ++alerts;
      const auto at = line.find(link);
      if (at == std::string::npos) continue;
      ++links;
      const auto anchor = line.substr(at + link.size());
      CHECK_MESSAGE(anchors.contains(anchor), "no section " << anchor);
    }
    CHECK(alerts > 10);
    CHECK(links == alerts);
  }

  TEST_CASE("promtool finds nothing to say of metrics and rules") {
    if (!has_promtool()) {
      MESSAGE("skipped: there is no promtool (scripts/bootstrap dev)");
      return;
    }
    Daemon daemon({});
    must(daemon.get("/health/live"));
    const TempDir dir;
    write_file(dir / "metrics.txt", metrics_page(daemon));
    CHECK(said_by_promtool("metrics", dir / "metrics.txt").empty());
    const auto rules = kDocs / "alerts.rules.yml";
    CHECK(said_by_promtool("rules '" + rules.string() + "'", rules).empty());
  }
}

}  // namespace quotecached::test
