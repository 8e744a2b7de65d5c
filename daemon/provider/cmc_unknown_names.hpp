// Reads the provider's complaint about unknown names: `Invalid value for "id": "9999"` and
// `Invalid values for "symbol": "AAA,BBB"`. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "provider/reading.hpp"

namespace quotecached::provider::cmc {

// `parameter` is empty when the message is of another form.
UnknownNames read_unknown_names(std::string_view message);

// The same complaint, as the provider words it.
std::string unknown_names_message(std::string_view parameter,
                                  const std::vector<std::string_view>& names);

}  // namespace quotecached::provider::cmc
