// Secrets that live in files of their own: the API key, a password, the clients' tokens.
//
// Such a file must be a regular one that not everyone may read. No error repeats what it holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "settings/problem.hpp"
#include "settings/settings.hpp"

namespace quotecached::settings {

// The text of a regular file, up to 256 KiB. Fails with NotFound, Unavailable or Invalid.
Result<std::string> read_file(const std::string& path);

// The same, and fails with Invalid when others than its owner and group may read it.
Result<std::string> read_private_file(const std::string& path);

// One secret and nothing else; blanks around it are not part of it. Fails with Invalid when it is
// empty or holds what cannot be sent in a header.
Result<Secret> make_secret(std::string_view text);

// The tokens of a tokens file, by name. Adds all that is wrong to `problems`.
std::vector<Token> parse_tokens(std::string_view toml, const std::string& file, Problems& problems);

}  // namespace quotecached::settings
