// Writes the `status` object of an answer as the provider does, in the form of its endpoint:
// numbers and null on the classic endpoints, strings on the newer ones. Pure.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "provider/dialect.hpp"

namespace quotecached::provider::cmc {

// Appends `{"timestamp":...}`.
void append_status(std::string& out, const StatusText& status, TimePoint now);

}  // namespace quotecached::provider::cmc
