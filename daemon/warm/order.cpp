#include "warm/order.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace quotecached::warm {
namespace {

constexpr std::size_t kLongestId = 10;
constexpr std::size_t kLongestSymbol = 30;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// What the provider takes in one.
bool is_of_symbol(char c) { return is_alphanumeric(c) || c == '$' || c == '@' || c == '-'; }

}  // namespace

bool is_id(std::string_view asset) noexcept { return std::ranges::all_of(asset, is_digit); }

std::optional<std::string> parse_asset(std::string_view word) {
  if (word.empty()) return std::nullopt;
  if (is_id(word)) {
    if (word.size() > kLongestId || word[0] == '0') return std::nullopt;
    return std::string(word);
  }
  if (word.size() > kLongestSymbol || !std::ranges::all_of(word, is_of_symbol)) return std::nullopt;
  std::string symbol(word);
  std::ranges::transform(symbol, symbol.begin(), to_upper);
  return symbol;
}

}  // namespace quotecached::warm
