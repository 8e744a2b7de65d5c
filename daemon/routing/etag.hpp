// Entity tags and the conditional requests that name them. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace quotecached::routing {

// `W/"0123456789abcdef"`. Weak: the status object of an answer changes while its data does not.
class ETag {
 public:
  explicit ETag(std::uint64_t hash) noexcept;
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 20> text_;
};

// Does an If-None-Match value name `tag`, by weak comparison? `*` names every tag. A malformed list
// matches as far as it can be read.
[[nodiscard]] bool matches(std::string_view if_none_match, std::string_view tag) noexcept;

}  // namespace quotecached::routing
