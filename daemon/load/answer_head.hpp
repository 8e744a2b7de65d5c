// What the head of an answer says, as far as a load test counts it.
//
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace quotecached::load {

// How the daemon came by an answer, by its Cache-Status.
enum class Source : std::uint8_t { Hit, Stale, Miss, Unsaid };

struct AnswerHead {
  int status = 0;
  std::size_t head_bytes = 0;  // with the empty line
  std::size_t body_bytes = 0;
  Source source = Source::Unsaid;
  bool stays_open = true;

  bool operator==(const AnswerHead&) const = default;
};

// The longest head that is taken.
inline constexpr std::size_t kLongestHead = 64 * 1024;

// Of what has been received so far; nothing while the head is not whole. Fails with Invalid when
// it is none, is too long, or does not say how long the body is.
[[nodiscard]] Result<std::optional<AnswerHead>> parse_head(std::string_view received);

}  // namespace quotecached::load
