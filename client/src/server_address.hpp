// Where the daemon listens, as a person writes it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "quotecache/error.hpp"

namespace quotecache {

struct ServerAddress {
  std::string text;           // as given, for messages
  std::string base_url;       // "http://127.0.0.1:8466": a target is appended to it
  std::string socket_path;    // of a Unix socket; else empty
  bool keeps_secrets = true;  // nobody on the way can read what is sent

  // Fails with Invalid; the message never repeats the text, which may hold a password.
  [[nodiscard]] static Result<ServerAddress> parse(std::string_view text);
};

}  // namespace quotecache
