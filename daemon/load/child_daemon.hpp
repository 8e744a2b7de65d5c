// The very program that runs, started once more as a daemon to be loaded, with settings of its own:
// nothing of the environment's settings or keys reaches it.
//
// It dies with the object, and with the thread that started it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "base/result.hpp"

namespace quotecached::load {

// What the daemon under test is told: what suits a load test first, then `sets` of the user. Fails
// with Invalid for those that would have made-up prices reach others, or take it elsewhere.
[[nodiscard]] Result<std::vector<std::string>> child_settings(const std::vector<std::string>& sets,
                                                              std::uint16_t upstream_port,
                                                              const std::filesystem::path& folder,
                                                              bool ends_copies);

// The port of 127.0.0.1 that a daemon's log says it listens on; nothing while it does not.
[[nodiscard]] std::optional<std::uint16_t> listening_port(std::string_view log);

class ChildDaemon {
 public:
  // `sets` as child_settings() gives them. Fails with Unavailable.
  static Result<std::unique_ptr<ChildDaemon>> start(const std::vector<std::string>& sets,
                                                    const std::filesystem::path& folder);
  ~ChildDaemon();  // SIGTERM, and SIGKILL where that takes long
  ChildDaemon(const ChildDaemon&) = delete;
  ChildDaemon& operator=(const ChildDaemon&) = delete;

  // Nothing until it listens. Fails with Unavailable, and what it said, when it has ended.
  [[nodiscard]] Result<std::optional<std::uint16_t>> port();
  // The processor time that it has used; nothing when the kernel does not tell.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> cpu() const;

 private:
  ChildDaemon(pid_t pid, std::filesystem::path log) : pid_(pid), log_(std::move(log)) {}
  bool reap(int options);

  pid_t pid_;
  std::filesystem::path log_;
  bool has_ended_ = false;
};

}  // namespace quotecached::load
