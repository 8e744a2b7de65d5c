// docs/metrics.md names each metric family of the sources and no other, and says of each what a
// daemon exports: its type, its labels, and whether it is there from the first request on.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = QUOTECACHED_SOURCE_DIR;
const std::string kPrefixes[] = {"quotecached_", "process_"};

using Words = std::set<std::string>;

struct Family {
  std::string type;
  Words labels;
  bool is_always_there = true;
};
using Families = std::map<std::string, Family>;

// What stands between the bars of a table's row, without blanks and backticks around it.
std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream parts(row.substr(1));
  for (std::string cell; std::getline(parts, cell, '|');) {
    const auto begin = cell.find_first_not_of(" `");
    const auto end = cell.find_last_not_of(" `");
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end + 1 - begin));
  }
  return cells;
}

Words words_of(const std::string& list) {
  Words words;
  std::istringstream in(list);
  for (std::string word; in >> word;) {
    std::erase_if(word, [](char c) { return c == ',' || c == '`'; });
    words.insert(word);
  }
  return words;
}

// Its rows are: metric, type, unit, labels, meaning ("Only with ...": not always there), when.
Families of_page() {
  Families families;
  std::istringstream page(read_file(kRoot / "docs" / "metrics.md"));
  for (std::string line; std::getline(page, line);) {
    const auto is_row = [&line](const auto& prefix) { return line.starts_with("| `" + prefix); };
    if (std::ranges::none_of(kPrefixes, is_row)) continue;
    const auto cells = cells_of(line);
    CAPTURE(line);
    REQUIRE(cells.size() == 6);
    CHECK_FALSE(families.contains(cells[0]));
    families[cells[0]] = {cells[1], words_of(cells[3]), !cells[4].starts_with("Only ")};
  }
  return families;
}

Words names_in_sources() {
  Words names;
  for (const auto& file : fs::recursive_directory_iterator(kRoot / "daemon")) {
    if (file.path().extension() != ".cpp") continue;
    const std::string text = read_file(file.path());
    for (const auto& prefix : kPrefixes) {
      const std::string quoted = "\"" + prefix;
      for (auto at = text.find(quoted); at != std::string::npos; at = text.find(quoted, at + 1))
        names.insert(text.substr(at + 1, text.find('"', at + 1) - at - 1));
    }
  }
  return names;
}

// Of "name{endpoint=\"v2.quotes\",le=\"1\"} 2": endpoint; le is of every histogram.
Words labels_of(const std::string& sample) {
  Words labels;
  for (auto at = sample.find_first_of("{ "); sample[at] != ' ' && sample[at] != '}';) {
    const auto equals = sample.find("=\"", at);
    labels.insert(sample.substr(at + 1, equals - at - 1));
    at = sample.find('"', equals + 2) + 1;
  }
  labels.erase("le");
  return labels;
}

Families exported_by(Daemon& daemon) {
  Families families;
  Family* family = nullptr;
  std::istringstream text(daemon.get("/metrics").body);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# TYPE ")) {
      std::istringstream words(line.substr(7));
      std::string name;
      words >> name;
      family = &families[name];
      words >> family->type;
    } else if (!line.starts_with("#") && family != nullptr) {
      family->labels.merge(labels_of(line));
    }
  }
  return families;
}

}  // namespace

TEST_SUITE("e2e::metrics_page") {
  TEST_CASE("it has each metric of the sources, and no other") {
    Words on_page;
    for (const auto& [name, family] : of_page()) on_page.insert(name);
    const Words in_sources = names_in_sources();
    REQUIRE(in_sources.size() > 100);
    for (const auto& name : in_sources)
      CHECK_MESSAGE(on_page.contains(name), "not on the page: " << name);
    for (const auto& name : on_page)
      CHECK_MESSAGE(in_sources.contains(name), "no metric: " << name);
  }

  TEST_CASE("a daemon exports what it says, by type and labels") {
    Sim sim({.has_tls = false, .arguments = {"--plan", "basic"}});
    Daemon daemon({.base_url = sim.base_url()});
    must(daemon.get(kV2Quotes + "?id=1"));
    const Families page = of_page();
    Families exported;
    const bool is_all_there = wait_until([&] {  // what is told of credits is a second old
      exported = exported_by(daemon);
      return std::ranges::all_of(page, [&](const auto& row) {
        return exported.contains(row.first) || !row.second.is_always_there;
      });
    });
    CHECK(is_all_there);
    for (const auto& [name, family] : page)
      CHECK_MESSAGE((exported.contains(name) || !family.is_always_there), "not exported: " << name);
    for (const auto& [name, family] : exported) {
      CAPTURE(name);
      REQUIRE(page.contains(name));
      CHECK(page.at(name).type == family.type);
      CHECK(page.at(name).labels == family.labels);
    }
  }
}

}  // namespace quotecached::test
