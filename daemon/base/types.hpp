// Quantities that must not be mixed up: credits and bytes.
#pragma once

#include <compare>
#include <cstdint>

namespace quotecached {

// Upstream credits, the provider's unit of money.
struct Credits {
  std::int64_t count = 0;

  friend constexpr auto operator<=>(Credits, Credits) = default;
  constexpr Credits& operator+=(Credits other) {
    count += other.count;
    return *this;
  }
  friend constexpr Credits operator+(Credits a, Credits b) { return {a.count + b.count}; }
  friend constexpr Credits operator-(Credits a, Credits b) { return {a.count - b.count}; }
};

// A size in memory, on disk or on the wire.
struct Bytes {
  std::uint64_t count = 0;

  friend constexpr auto operator<=>(Bytes, Bytes) = default;
};

constexpr Bytes kibibytes(std::uint64_t n) { return {n * 1024}; }
constexpr Bytes mebibytes(std::uint64_t n) { return {n * 1024 * 1024}; }

}  // namespace quotecached
