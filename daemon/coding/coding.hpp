// The content codings that answers are sent in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quotecached::coding {

enum class Coding : std::uint8_t { Identity, Gzip, Brotli, Zstd };
inline constexpr std::size_t kCodings = 4;

// All but identity, those first that are preferred among equals: by the CPU time that a body costs
// (bench/README.md).
inline constexpr std::array kPreferred{Coding::Zstd, Coding::Brotli, Coding::Gzip};

// As HTTP calls it; also behind the entity tag of a body in it.
[[nodiscard]] constexpr std::string_view name_of(Coding coding) noexcept {
  switch (coding) {
    case Coding::Gzip: return "gzip";
    case Coding::Brotli: return "br";
    case Coding::Zstd: return "zstd";
    case Coding::Identity: break;
  }
  return "identity";
}

[[nodiscard]] constexpr std::size_t index_of(Coding coding) noexcept {
  return static_cast<std::size_t>(coding);
}

// How hard each library works; 0: that coding is not offered.
struct Levels {
  int gzip = 1;
  int brotli = 2;
  int zstd = 1;

  [[nodiscard]] constexpr int of(Coding coding) const noexcept {
    switch (coding) {
      case Coding::Gzip: return gzip;
      case Coding::Brotli: return brotli;
      case Coding::Zstd: return zstd;
      case Coding::Identity: break;
    }
    return 0;
  }
};

}  // namespace quotecached::coding
