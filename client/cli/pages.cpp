#include "cli/pages.hpp"

#include <sysexits.h>

namespace quotecache::cli {

std::optional<Reply> page_of(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front() != "--print") return std::nullopt;
  const std::string name = arguments.size() == 2 ? arguments.back() : "";
  if (name == "man") return Reply{0, manual_page(), ""};
  if (name == "bash") return Reply{0, bash_completion(), ""};
  if (name == "zsh") return Reply{0, zsh_completion(), ""};
  return Reply{EX_USAGE, "", "quotecache: --print takes man, bash or zsh\n"};
}

}  // namespace quotecache::cli
