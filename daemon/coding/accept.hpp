// What a client accepts of content codings: its Accept-Encoding field (RFC 9110, 12.5.3).
//
// Pure. What is malformed counts as not said, so that a client that cannot spell gets what it
// would get without the field.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "coding/coding.hpp"

namespace quotecached::coding {

struct Accepted {
  static constexpr std::uint16_t kMost = 1000;

  // In thousandths, by index_of(); 0: not to be sent, but for identity, which nobody has to name.
  std::array<std::uint16_t, kCodings> weights{};
  bool refuses_identity = false;

  [[nodiscard]] std::uint16_t of(Coding coding) const noexcept { return weights[index_of(coding)]; }
  friend bool operator==(const Accepted&, const Accepted&) = default;
};

// `field` is the value of the one such field; empty: there was none, or it names nothing. Of a
// coding that is named twice the lower weight counts.
[[nodiscard]] Accepted parse_accept_encoding(std::string_view field) noexcept;

// The same for a connection: a client says the same in all its requests, which is read once. Owned
// by a session.
class KnownAccept {
 public:
  [[nodiscard]] Accepted read(std::string_view field);

 private:
  std::string field_;
  Accepted accepted_;
};

}  // namespace quotecached::coding
