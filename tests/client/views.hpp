// Documents of the daemon as values, for tests of how they are shown.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "cli/look.hpp"
#include "client/documents.hpp"
#include "src/documents.hpp"

namespace quotecache::cli::test {

namespace documents = quotecache::test;

inline Look wide(std::size_t columns) { return {columns, true, false}; }

template <class T>
T whole(Result<T> result) {
  REQUIRE(result);
  return *std::move(result);
}

inline Credits credits() { return whole(read_credits(documents::kCredits)); }
inline Report report(const std::string& document) { return whole(read_report(document)); }

}  // namespace quotecache::cli::test
