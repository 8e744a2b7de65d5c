// What the daemon tells of its health, check by check.
#pragma once

#include <string>

#include "e2e/bed.hpp"

namespace quotecached::test {

// The object of a check, empty when there is no such check.
inline std::string health_check(Daemon& daemon, const std::string& name) {
  const auto answer = daemon.get("/health?verbose");
  const std::string start = "\"" + name + "\":[";
  const auto at = answer.body.find(start);
  if (at == std::string::npos) return {};
  const auto begin = at + start.size();
  return answer.body.substr(begin, value_end(answer.body, begin) - begin);
}

// "pass", "warn" or "fail".
inline std::string health_of(Daemon& daemon, const std::string& name) {
  const auto check = health_check(daemon, name);
  return check.empty() ? check : json_text(check, "status");
}

// A trial is made each five seconds, a report each second.
inline bool turns(Daemon& daemon, const std::string& name, const std::string& status) {
  return wait_until([&] { return health_of(daemon, name) == status; }, milliseconds(30'000));
}

}  // namespace quotecached::test
