#include "provider/dialect.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace quotecached::provider {

Result<std::string> Dialect::key_line(std::string_view key) const {
  if (!std::ranges::all_of(key, is_visible))
    return fail(ErrorCode::Invalid, "API key: holds a blank or a character that is not ASCII");
  std::string line;
  line.reserve(key_header().size() + 2 + key.size());  // so that no copy of the key is left behind
  line.append(key_header()).append(": ").append(key);
  return line;
}

}  // namespace quotecached::provider
