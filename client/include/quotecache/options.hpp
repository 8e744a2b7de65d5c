// How a client reaches the daemon.
#pragma once

#include <chrono>
#include <string>

namespace quotecache {

struct Options {
  // "http://HOST:PORT", "https://HOST:PORT" or "unix:/PATH/TO/SOCKET". Proxies named in the
  // environment are not used.
  std::string server = "http://127.0.0.1:8466";
  // Sent as `Authorization: Bearer`; empty: none. Plain http to another machine is refused with
  // one, since everybody on the way could read it.
  std::string token;
  std::chrono::milliseconds timeout{10'000};         // for a whole call
  std::chrono::milliseconds connect_timeout{3'000};  // of which for connecting
};

}  // namespace quotecache
