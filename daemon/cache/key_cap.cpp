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

void FreshTimes::set(std::string_view word, milliseconds fresh) {
  const auto known = times_.find(word);
  if (known == times_.end()) {
    times_.emplace(word, fresh);
  } else {
    known->second.store(fresh, std::memory_order_relaxed);
  }
}

std::optional<milliseconds> FreshTimes::of(std::string_view word) const noexcept {
  const auto known = times_.find(word);
  if (known == times_.end()) return std::nullopt;
  return known->second.load(std::memory_order_relaxed);
}

milliseconds cap_of(std::string_view key,
                    milliseconds cap,
                    const FreshTimes* fresh_times) noexcept {
  if (fresh_times == nullptr) return cap;
  const auto word = second_word(key);
  const auto fresh = word.empty() ? std::nullopt : fresh_times->of(word);
  return fresh ? std::max(cap, *fresh) : cap;
}

}  // namespace quotecached::cache
