#include "settings/suggest.hpp"

#include <algorithm>
#include <vector>

namespace quotecached::settings {
namespace {
constexpr std::size_t kLongestWord = 100;  // longer ones are no slip of the keyboard
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

std::string nearest(std::string_view wrong, std::span<const std::string> words) {
  if (wrong.size() > kLongestWord) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(2, wrong.size() / 4) + 1;
  for (const std::string& word : words) {
    const auto [shorter, longer] = std::minmax({wrong.size(), word.size()});  // by value
    if (longer - shorter >= least) continue;
    const std::size_t distance = edit_distance(wrong, word);
    if (distance >= least) continue;
    least = distance;
    best = word;
  }
  return best;
}

std::string suggestion(std::string_view wrong, std::span<const std::string> words) {
  const std::string word = nearest(wrong, words);
  return word.empty() ? std::string() : "; did you mean \"" + word + "\"?";
}

}  // namespace quotecached::settings
