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
  // Without the quote that ends it, where the name of a coding goes: `W/"0123456789abcdef`.
  [[nodiscard]] std::string_view open_text() const noexcept {
    return text().substr(0, text_.size() - 1);
  }

 private:
  std::array<char, 20> text_;
};

// Does an If-None-Match value name `tag`, by weak comparison? `*` names every tag. So does the tag
// of the same data in a content coding, which is `tag` with the coding's name behind it: a client
// may have one form and accept another by now. A malformed list matches as far as it can be read.
[[nodiscard]] bool matches(std::string_view if_none_match, std::string_view tag) noexcept;

}  // namespace quotecached::routing
