#include "cli/asset_file.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace quotecache::cli {
namespace {

constexpr std::size_t kLongestId = 10;
constexpr std::size_t kLongestSymbol = 30;

bool is_between(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ','; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_of_symbol(char c) {
  const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return is_digit(c) || is_letter || c == '$' || c == '@' || c == '-';
}

}  // namespace

bool is_asset(std::string_view word) noexcept {
  if (word.empty() || word.size() > kLongestSymbol) return false;
  if (std::ranges::all_of(word, is_digit)) return word.size() <= kLongestId && word.front() != '0';
  return std::ranges::all_of(word, is_of_symbol);
}

AssetFile::AssetFile(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) {
    why_not_ = "is a directory";
    return;
  }
  in_.open(path);
  if (!in_.is_open()) why_not_ = std::generic_category().message(errno);
  can_begin_anew_ = std::filesystem::is_regular_file(path, failure);
  begin();
}

// Some editors put a mark before UTF-8.
void AssetFile::begin() {
  line_ = 1;
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (in_.peek() != std::char_traits<char>::to_int_type(kMark[0])) return;
  for (const char wanted : kMark) {
    if (in_.get() != std::char_traits<char>::to_int_type(wanted))
      wrong_ = "a broken mark in line 1";
  }
}

void AssetFile::check() {
  if (!can_begin_anew_) return;
  while (!next(1000).empty()) continue;
  in_.clear();
  in_.seekg(0);
  if (wrong_.empty()) begin();
}

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
    if (word.size() > kLongestSymbol) return true;
  }
  return !word.empty();
}

std::vector<std::string> AssetFile::next(std::size_t most) {
  std::vector<std::string> assets;
  std::string word;
  while (assets.size() < most && wrong_.empty() && read_word(word)) {
    if (is_asset(word)) {
      assets.push_back(word);
    } else {
      wrong_ = "'" + word + "' in line " + std::to_string(line_);
    }
  }
  return assets;
}

}  // namespace quotecache::cli
