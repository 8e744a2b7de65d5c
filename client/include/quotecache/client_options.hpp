// How a Client reaches its daemons.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace quotecache {

struct ClientOptions {
  // Each "http://HOST:PORT", "https://HOST:PORT" or "unix:/PATH/TO/SOCKET". The first that works is
  // asked; the next ones where it fails. Proxies named in the environment are not used.
  std::vector<std::string> servers{"http://127.0.0.1:8466"};
  // Sent as `Authorization: Bearer`; empty: none. Plain http to another machine is refused with
  // one, since everybody on the way could read it.
  std::string token{};

  std::chrono::milliseconds timeout{10'000};         // for a whole call, all tries included
  std::chrono::milliseconds connect_timeout{1'000};  // of which for connecting, each time
  // After which a daemon that does not answer is given up for the next; the last has all the time
  // there is.
  std::chrono::milliseconds attempt_timeout{4'000};

  // How often a call that every daemon failed is begun anew, after a random pause that grows. All
  // calls together may do so for a tenth of their number: retries never double a load. 0: never.
  int retries = 2;
  // A daemon that failed is left alone this long, twice as long each time, up to the second.
  std::chrono::milliseconds shortest_pause{500};
  std::chrono::milliseconds longest_pause{30'000};

  // Connections to each daemon that calls hold at once; further calls wait. Asynchronous calls have
  // as many of their own, each subscription one.
  std::size_t max_connections = 16;
};

}  // namespace quotecache
