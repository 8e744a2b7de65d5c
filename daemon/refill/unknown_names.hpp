// Reads the provider's complaint about unknown names: `Invalid value for "id": "9999"` and
// `Invalid values for "symbol": "AAA,BBB"`. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quotecached::refill {

struct UnknownNames {
  std::string parameter;           // "id", "symbol", "slug", "convert", ...
  std::vector<std::string> names;  // as the provider spells them; empty when it names none
};

// `parameter` is empty when the message is of another form.
UnknownNames read_unknown_names(std::string_view message);

// The same complaint, as the provider words it.
std::string unknown_names_message(std::string_view parameter,
                                  const std::vector<std::string_view>& names);

}  // namespace quotecached::refill
