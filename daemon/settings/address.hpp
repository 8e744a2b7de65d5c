// Addresses as the settings spell them: "host:port", "[v6]:port" or "unix:/path".
//
// Pure; resolves nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace quotecached::settings {

struct Address {
  std::string host;        // without brackets; empty for a Unix socket
  std::uint16_t port = 0;  // 0: any free one, to listen on
  std::string path;        // of a Unix socket; empty for TCP

  [[nodiscard]] bool is_unix() const noexcept { return !path.empty(); }
};

// Fails with Invalid.
Result<Address> parse_address(std::string_view text);

// Can only this machine reach it? "localhost", 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(std::string_view host);

// An address, or "localhost", rather than a name that would have to be resolved?
[[nodiscard]] bool is_numeric(std::string_view host);

// The scheme, host and the rest of "https://host:port/path?query".
struct Url {
  std::string scheme;
  std::string host;  // without brackets
  std::string rest;  // from the port's colon or the path on
  bool has_user = false;
};

// Fails with Invalid.
Result<Url> parse_url(std::string_view text);

}  // namespace quotecached::settings
