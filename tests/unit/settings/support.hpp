// Loading settings from text, as the tests do it.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <unistd.h>

#include "settings/load.hpp"

namespace quotecached::settings::test {

inline LoadInput input_named(std::string file = "q.toml") {
  LoadInput input;
  input.file = std::move(file);
  input.environment = {{"HOME", "/home/someone"}};
  input.families = {"listings", "quotes"};
  input.plans = {"basic", "growth"};
  return input;
}

// The settings from this text, which must be right.
inline Loaded loaded(std::string_view toml, const LoadInput& input = input_named()) {
  auto result = load_text(input, toml);
  if (!result) FAIL(to_string(result.error()));
  return *std::move(result);
}

// All that is wrong with this text, one line each; empty when nothing is.
inline std::string problems(std::string_view toml, const LoadInput& input = input_named()) {
  const auto result = load_text(input, toml);
  return result ? std::string() : to_string(result.error());
}

inline std::filesystem::path repository() { return QUOTECACHED_SOURCE_DIR; }

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// A directory of its own that goes away with it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  // Writes a file that only its owner may read, unless told otherwise.
  [[nodiscard]] std::string file(const std::string& name,
                                 std::string_view text,
                                 unsigned mode = 0600) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary) << text;
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
    return path.string();
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace quotecached::settings::test
