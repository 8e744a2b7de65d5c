// The admin token, from a file that others cannot read.
#pragma once

#include <string>

#include <tl/expected.hpp>

namespace quotecache::cli {

// The file's only line. Fails with a sentence for a person that holds nothing of the content.
[[nodiscard]] tl::expected<std::string, std::string> read_token(const std::string& path);

}  // namespace quotecache::cli
