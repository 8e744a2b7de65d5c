#include "model/price_text.hpp"

#include <charconv>

namespace quotecached::model {

namespace {

constexpr std::size_t kCurrencyWidth = 3;
constexpr std::size_t kGenerationWidth = 9;
constexpr std::size_t kCallWidth = 8;

std::string padded(std::int64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

// Takes `width` digits off the front.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t width) {
  if (width == 0 || text.size() < width) return std::nullopt;
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + width, number);
  if (read.ec != std::errc() || read.ptr != text.data() + width || number < 0) return std::nullopt;
  text.remove_prefix(width);
  return number;
}

}  // namespace

std::string price_text(const PriceTag& tag) {
  return std::to_string(tag.asset) + "." + std::to_string(static_cast<int>(tag.kind)) +
         padded(tag.currency, kCurrencyWidth) + padded(tag.generation.count(), kGenerationWidth) +
         padded(tag.call, kCallWidth) + "1";
}

std::optional<PriceTag> read_price(std::string_view text) {
  const auto point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const auto asset = take_number(text, point);
  if (!asset) return std::nullopt;
  text.remove_prefix(1);
  const auto kind = take_number(text, 1);
  const auto currency = take_number(text, kCurrencyWidth);
  const auto generation = take_number(text, kGenerationWidth);
  const auto call = take_number(text, kCallWidth);
  if (!call || text != "1" || *kind >= kKinds || *currency >= kCurrencies) return std::nullopt;
  return PriceTag{static_cast<int>(*asset),
                  static_cast<Kind>(*kind),
                  static_cast<int>(*currency),
                  milliseconds(*generation),
                  static_cast<std::uint32_t>(*call)};
}

}  // namespace quotecached::model
