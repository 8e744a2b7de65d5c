// docs/log.md names each event that the sources log, at its levels, and no other; the other pages
// name none that is not.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace {

namespace fs = std::filesystem;

using Levels = std::set<std::string>;
using Events = std::map<std::string, Levels>;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The first argument of a call: its literals, joined unless a condition chooses between them.
std::set<std::string> events_of(std::string_view argument) {
  std::set<std::string> events;
  std::string joined;
  bool is_chosen = false;
  for (std::size_t at = 0; at < argument.size() && argument[at] != ',' && argument[at] != ')';) {
    if (argument[at] == '?') is_chosen = true;
    if (argument[at++] != '"') continue;
    const auto end = argument.find('"', at);
    const auto literal = std::string(argument.substr(at, end - at));
    events.insert(literal);
    joined += literal;
    at = end + 1;
  }
  return is_chosen ? events : std::set{joined};
}

void add_events(std::string_view source, const std::string& level, Events& events) {
  for (const std::string log : {"log.", "log_."}) {
    const std::string call = log + level + "(";
    for (auto at = source.find(call); at != source.npos; at = source.find(call, at + 1))
      for (const auto& event : events_of(source.substr(at + call.size())))
        events[event].insert(level);
  }
}

Events of_sources() {
  Events events;
  for (const auto& file : fs::recursive_directory_iterator(QUOTECACHED_SOURCE_DIR "/daemon")) {
    if (file.path().extension() != ".cpp") continue;
    const std::string source = text_of(file.path());
    for (const std::string level : {"debug", "info", "warn", "error"})
      add_events(source, level, events);
  }
  return events;
}

// Its rows: | `event` | level, level | fields | meaning |
Events of_page() {
  Events events;
  std::istringstream page(text_of(QUOTECACHED_SOURCE_DIR "/docs/log.md"));
  for (std::string line; std::getline(page, line);) {
    if (line == "## The access log") break;  // it has fields, not events
    if (!line.starts_with("| `")) continue;
    const auto end = line.find("` | ", 3);
    std::string levels = line.substr(end + 4, line.find(" |", end + 4) - end - 4);
    for (auto& c : levels)
      if (c == ',') c = ' ';
    std::istringstream words(levels);
    events[line.substr(3, end - 3)] = {std::istream_iterator<std::string>(words), {}};
  }
  return events;
}

// What a page says is in the log: log `event field=value`, the log says `event`, `event` in the
// log.
std::vector<std::string> said_of_log(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  std::vector<std::string> said;
  for (const std::string_view before : {"log `", "log says `"})
    for (auto at = text.find(before); at != text.npos; at = text.find(before, at + 1)) {
      const auto begin = at + before.size();
      said.push_back(text.substr(begin, text.find('`', begin) - begin));
    }
  for (auto at = text.find("` in the log"); at != text.npos;
       at = text.find("` in the log", at + 1)) {
    const auto begin = text.rfind('`', at - 1) + 1;
    said.push_back(text.substr(begin, at - begin));
  }
  return said;
}

// An event, and fields behind it.
bool is_of(const std::string& said, const Events& events) {
  std::istringstream words(said);
  std::string word;
  if (!(words >> word) || !events.contains(word)) return false;
  while (words >> word)
    if (word.find('=') == word.npos) return false;
  return true;
}

std::vector<fs::path> pages() {
  const fs::path root = QUOTECACHED_SOURCE_DIR;
  std::vector<fs::path> found{root / "README.md"};
  for (const auto& file : fs::directory_iterator(root / "docs"))
    if (file.path().extension() == ".md") found.push_back(file.path());
  return found;
}

}  // namespace

TEST_SUITE("base::log_page") {
  TEST_CASE("an event has a name that is one word, so that filters and alerts can hold on to it") {
    for (const auto& [event, levels] : of_sources()) {
      CAPTURE(event);
      CHECK(event.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == event.npos);
    }
  }

  TEST_CASE("it has each event of the sources at its levels, and no other") {
    const Events page = of_page();
    const Events sources = of_sources();
    REQUIRE(sources.size() > 80);
    for (const auto& [event, levels] : sources) {
      CAPTURE(event);
      REQUIRE(page.contains(event));
      CHECK(page.at(event) == levels);
    }
    for (const auto& [event, levels] : page)
      CHECK_MESSAGE(sources.contains(event), "no event: " << event);
  }

  TEST_CASE("a row stands below a head or another row: after an empty line it is no table") {
    std::istringstream page(text_of(QUOTECACHED_SOURCE_DIR "/docs/log.md"));
    std::string before;
    for (std::string line; std::getline(page, line); before = line)
      if (line.starts_with("| `")) CHECK_MESSAGE(before.starts_with("|"), "no table: " << line);
  }

  TEST_CASE("what pages say of the log is an event by its name") {
    const Events sources = of_sources();
    std::size_t count = 0;
    for (const auto& page : pages())
      for (const auto& said : said_of_log(text_of(page))) {
        ++count;
        CHECK_MESSAGE(is_of(said, sources), page.filename() << ": no event: " << said);
      }
    CHECK(count > 5);
    CHECK(said_of_log("(`not shared` in the\nlog)") == std::vector<std::string>{"not shared"});
    CHECK_FALSE(is_of("not shared", {{"not", {}}}));
  }
}
