#include "settings/problem.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace quotecached::settings {

std::string place(const std::string& file, std::size_t line) {
  return line == 0 ? file : file + ":" + std::to_string(line);
}

std::string to_string(const Problem& problem) {
  std::string out = place(problem.file, problem.line);
  if (!problem.key.empty()) out += (out.empty() ? "" : ": ") + problem.key;
  return out + (out.empty() ? "" : ": ") + problem.text;
}

std::string to_string(const Problems& problems) {
  std::string out;
  for (const Problem& problem : problems) out += to_string(problem) + "\n";
  return out;
}

void sort_by_place(Problems& problems, const std::string& first) {
  std::map<std::string, std::size_t> ranks{{first, 0}};
  for (const Problem& problem : problems) ranks.emplace(problem.file, ranks.size());
  std::ranges::stable_sort(problems, {}, [&](const Problem& problem) {
    return std::pair(ranks.at(problem.file), problem.line);
  });
}

}  // namespace quotecached::settings
