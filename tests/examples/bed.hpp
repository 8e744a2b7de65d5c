// What the tests of the examples share: a daemon over the simulated provider, and programs that are
// run as README says.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "e2e/bed.hpp"
#include "support/address.hpp"
#include "support/temp_dir.hpp"

namespace quotecached::test {

using Words = std::vector<std::string>;

inline const std::filesystem::path kExamples = QUOTECACHED_SOURCE_DIR "/examples";
inline const std::string kServer = "QUOTECACHE_SERVER";
constexpr std::chrono::seconds kRunLimit{60};  // for an interpreter on a busy machine

// Refuses connections.
inline std::string nowhere() {
  static const ReservedPort port;
  return "http://127.0.0.1:" + std::to_string(port.number());
}

inline bool is_in_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (std::filesystem::exists(std::filesystem::path(folder) / program)) return true;
  return false;
}

// Says so where it is not, and what is not tested then.
inline bool is_there(const std::string& program) {
  if (is_in_path(program)) return true;
  MESSAGE("skipped: its examples are not tested, since this is not installed: ", program);
  return false;
}

struct ExamplesBed {
  explicit ExamplesBed(Words arguments = {}, Words sets = {"freshness.ttl_jitter=0"})
      : sim({.has_tls = false, .arguments = std::move(arguments)}) {
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(), .sets = std::move(sets), .toml = {}, .env = {}});
  }
  // Both clocks together.
  void move(seconds by) {
    sim.advance_clock(by);
    advance(*daemon, by);
  }

  Sim sim;
  std::optional<Daemon> daemon;
};

struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

inline Ended run_example(const Words& words, const std::string& server) {
  const TempDir dir;
  Process process({words, {{kServer, server}}}, dir.path(), "example");
  const auto status = process.wait(kRunLimit);
  REQUIRE_MESSAGE(status, words.front());
  return {status->code, process.out(), process.err()};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace quotecached::test
