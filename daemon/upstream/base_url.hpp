// The rules for the upstream's address: which ones the daemon will send its key to.
//
// Pure. Only https, or plain http to this very machine; no credentials, query or fragment inside.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace quotecached::upstream {

struct BaseUrl {
  std::string text;  // as given, without a trailing slash: a target is appended to it
  std::string host;
  bool is_tls = true;

  // Fails with Invalid; the message never repeats the text, which may hold a credential.
  static Result<BaseUrl> parse(std::string_view text);
};

// 127.0.0.0/8, ::1 or localhost, as written (nothing is resolved).
bool is_loopback(std::string_view host);

// A path and query that can follow a base URL: starts with '/', printable ASCII, no blank, no '#'.
bool is_target(std::string_view text) noexcept;

}  // namespace quotecached::upstream
