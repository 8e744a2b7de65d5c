// What is wrong with the settings, and where: the whole list, for a person.
#pragma once

#include <string>
#include <vector>

namespace quotecached::settings {

struct Problem {
  std::string file;      // a path, "environment NAME" or "--set"; empty for a default
  std::size_t line = 0;  // 0: the source has no lines
  std::string key;       // empty when it is about the whole file
  std::string text;      // never holds a secret

  friend bool operator==(const Problem&, const Problem&) = default;
};

using Problems = std::vector<Problem>;

// "quotecached.toml:12: upstream.timeout: must be a duration ..."
std::string to_string(const Problem& problem);
// One line each.
std::string to_string(const Problems& problems);

// As a reader of the sources meets them: those of `first` by line, then the other sources in the
// order in which they came up, each by line.
void sort_by_place(Problems& problems, const std::string& first);

// "file:line" or "file": where something stands.
std::string place(const std::string& file, std::size_t line);

}  // namespace quotecached::settings
