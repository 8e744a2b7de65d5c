// Where a Redis server is and how to enter it, from a URL:
//
//   redis://[[user]:password@]host[:port][/db]       host may be [::1]
//   unix:/path[?db=N]   redis+unix://[[user]:password@]/path[?db=N]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace quotecached::redis {

struct Address {
  std::string host;  // a name or an IP address; empty: `unix_path` is used
  std::uint16_t port = 6379;
  std::string unix_path;
  std::string user;  // empty: the default user
  std::string password;
  int db = 0;

  // For people and logs: without user and password.
  [[nodiscard]] std::string to_text() const;
};

// Fails with Invalid; the message never repeats the URL, which may hold a password.
Result<Address> parse_url(std::string_view url);

// The address `url` names, entered with `password` where that is not empty. Leaves both empty:
// either may be a secret that nobody else needs.
Result<Address> take_address(std::string& url, std::string& password);

}  // namespace quotecached::redis
