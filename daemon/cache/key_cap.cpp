#include "cache/key_cap.hpp"

#include <algorithm>

namespace quotecached::cache {
namespace {

// "quotes" of "qc1:quotes:id:1:USD:"; empty when the key has no such word.
std::string_view second_word(std::string_view key) noexcept {
  const std::size_t begin = std::min(key.find(':'), key.size());
  if (begin == key.size()) return {};
  const std::string_view rest = key.substr(begin + 1);
  const std::size_t end = rest.find(':');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

}  // namespace

milliseconds cap_of(std::string_view key,
                    milliseconds cap,
                    const FreshTimes* fresh_times) noexcept {
  if (fresh_times == nullptr) return cap;
  const auto word = second_word(key);
  const auto found = fresh_times->find(word);
  return word.empty() || found == fresh_times->end() ? cap : std::max(cap, found->second);
}

}  // namespace quotecached::cache
