// The raw text of a query string: pairs, percent-encoding, and the storage that decoded text gets.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quotecached::catalog {

// Text that views point into. Sized once per request and never moved while it fills.
class Arena {
 public:
  Arena(std::vector<char>& storage, std::size_t capacity);

  // A view of `text` (in upper case) that lives as long as the storage. Requires: it fits.
  std::string_view add(std::string_view text, bool upper_case = false);
  // Makes room for `size` characters. Requires: they fit.
  char* grow(std::size_t size);
  // Gives back the last `size` characters.
  void shrink(std::size_t size);

 private:
  std::vector<char>& storage_;
  std::size_t used_ = 0;
};

struct Pair {
  std::string_view name;  // both as they stand in the query
  std::string_view value;
};

// Takes the next non-empty pair off the front of `rest`; false at the end.
[[nodiscard]] bool next_pair(std::string_view& rest, Pair& out) noexcept;

// `raw` with its escapes undone; '+' is a space, as the provider reads it. Returns `raw` itself
// when there are none, nothing when an escape is broken. Requires: raw.size() fits the arena.
[[nodiscard]] std::optional<std::string_view> decode(std::string_view raw, Arena& arena);

// Appends `text` with all but unreserved characters and `$,:@/` escaped.
void append_encoded(std::string& out, std::string_view text);

}  // namespace quotecached::catalog
