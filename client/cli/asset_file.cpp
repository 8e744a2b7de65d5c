#include "cli/asset_file.hpp"

#include <algorithm>

namespace quotecache::cli {
namespace {

constexpr std::size_t kLongestId = 10;

bool is_between(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ','; }

bool is_id(const std::string& word) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return word.size() <= kLongestId && word.front() != '0' && std::ranges::all_of(word, is_digit);
}

}  // namespace

bool AssetFile::read_word(std::string& word) {
  word.clear();
  bool is_comment = false;
  for (char c = 0; in_.get(c);) {
    const bool ends = is_between(c) || c == '#';
    if (ends && !word.empty()) {
      in_.unget();
      return true;
    }
    if (c == '\n') {
      ++line_;
      is_comment = false;
    }
    if (c == '#') is_comment = true;
    if (ends || is_comment) continue;
    word += c;
    if (word.size() > kLongestId) return true;
  }
  return !word.empty();
}

std::vector<std::string> AssetFile::next(std::size_t most) {
  std::vector<std::string> ids;
  std::string word;
  while (ids.size() < most && wrong_.empty() && read_word(word)) {
    if (is_id(word)) {
      ids.push_back(word);
    } else {
      wrong_ = "'" + word + "' in line " + std::to_string(line_);
    }
  }
  return ids;
}

}  // namespace quotecache::cli
