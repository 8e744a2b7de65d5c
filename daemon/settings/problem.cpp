#include "settings/problem.hpp"

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

}  // namespace quotecached::settings
