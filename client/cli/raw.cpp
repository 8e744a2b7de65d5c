#include "cli/raw.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

// Line by line, fit to be shown.
std::string shown_head(std::string_view head, const Look& look) {
  std::string text;
  while (!head.empty()) {
    const auto end = head.find('\n');
    auto one = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
    if (one.ends_with('\r')) one.remove_suffix(1);
    text += clean(one, look) + '\n';
  }
  return text;
}

// Blanks and letters of all kinds, as a browser writes them. Control characters are a mistake.
std::string encoded(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c == ' ' || c == '#' || static_cast<unsigned char>(c) >= 0x80) {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

Reply raw(const Client& client, const CommandLine& line, const Look& look) {
  auto answer = client.whole(encoded(line.path));
  if (!answer) return failure(answer.error(), look);
  Reply reply;
  if (line.shows_head) reply.before = shown_head(answer->head, look);
  if (answer->status < 200 || answer->status > 299) {
    reply.status = kOtherStatus;
    reply.err = fmt::format("quotecache: the daemon answers {} to this path; the body tells why\n",
                            answer->status);
  }
  reply.out = std::move(answer->body);
  return reply;
}

}  // namespace quotecache::cli
