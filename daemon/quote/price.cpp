#include "quote/price.hpp"

#include <charconv>

namespace quotecached::quote {
namespace {

// Clients read prices as doubles: what does not fit into one is none to them.
bool fits_double(std::string_view number) {
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  return error == std::errc{};
}

}  // namespace

PriceFlaw read_price(Document& document, ondemand::value& value) {
  if (value.type() == ondemand::json_type::null) {
    document.pass(value);
    return PriceFlaw::Null;
  }
  const auto number = document.pass_number(value);
  if (!number) return PriceFlaw::NotANumber;
  const std::string_view digits = number->substr(0, number->find_first_of("eE"));
  if (digits.find_first_of("123456789") == std::string_view::npos) return PriceFlaw::Zero;
  if (digits.starts_with('-')) return PriceFlaw::Negative;
  return fits_double(*number) ? PriceFlaw::None : PriceFlaw::OutOfRange;
}

}  // namespace quotecached::quote
