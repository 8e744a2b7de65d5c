// The library as programs outside the tree get it: installed under a prefix of its own, found by
// CMake and by pkg-config, used against a live daemon.
#include <chrono>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "quotecache/version.hpp"
#include "support/daemon.hpp"
#include "support/process.hpp"
#include "support/sim.hpp"
#include "support/temp_dir.hpp"

namespace quotecache::test {
namespace {

using namespace quotecached::test;
using Words = std::vector<std::string>;

const std::string kSource = QUOTECACHED_SOURCE_DIR;
const std::string kFlags = QUOTECACHED_CXX_FLAGS;
constexpr std::chrono::minutes kBuildLimit{5};

// What a program says that must succeed.
std::string said_by(const TempDir& dir,
                    const Words& words,
                    std::map<std::string, std::string> env = {}) {
  Process process({words, std::move(env)}, dir.path(), "step");
  const auto status = process.wait(kBuildLimit);
  REQUIRE(status);
  REQUIRE_MESSAGE(status->is_success(), words.front(), ": ", process.out(), process.err());
  return process.out();
}

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Words split(const std::string& text) {
  std::istringstream words(text);
  Words all;
  for (std::string word; words >> word;) all.push_back(word);
  return all;
}

std::filesystem::path found_below(const std::filesystem::path& dir, const std::string& name) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir))
    if (entry.path().filename() == name) return entry.path();
  FAIL("not installed: " << name);
  return {};
}

struct Installed {
  Installed() : prefix(dir / "prefix") {
    for (const char* component : {"library", "sdk"})
      said_by(dir,
              {CMAKE_COMMAND,
               "--install",
               QUOTECACHED_BINARY_DIR,
               "--component",
               component,
               "--prefix",
               prefix.string()});
    libraries = found_below(prefix, "libquotecache.so").parent_path();
  }

  TempDir dir;
  std::filesystem::path prefix;
  std::filesystem::path libraries;
};

void check_prices(const Installed& installed, const std::string& program) {
  Sim sim;
  Daemon daemon({.base_url = sim.base_url(), .sets = {}, .toml = {}, .env = {}});
  const auto out = said_by(installed.dir,
                           {program, "xrp"},
                           {{"LD_LIBRARY_PATH", installed.libraries.string()},
                            {"QUOTECACHE_SERVER", daemon.base_url()}});
  CHECK_MESSAGE(out.starts_with("xrp "), out);
}

}  // namespace

TEST_SUITE("sdk: package") {
  TEST_CASE("a CMake project outside the tree finds it, shared and static") {
    const Installed installed;
    const auto project = installed.dir / "project";
    std::filesystem::copy(installed.prefix / "share/doc/quotecached/examples/cpp", project);
    const auto build = (installed.dir / "build").string();
    said_by(installed.dir,
            {CMAKE_COMMAND,
             "-S",
             project.string(),
             "-B",
             build,
             "-DCMAKE_PREFIX_PATH=" + installed.prefix.string(),
             "-DCMAKE_CXX_COMPILER=" CXX_COMPILER,
             "-DCMAKE_CXX_FLAGS=" + kFlags});
    said_by(installed.dir, {CMAKE_COMMAND, "--build", build});
    check_prices(installed, build + "/example_prices");

    write_file(project / "CMakeLists.txt",
               "cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES CXX)\n"
               "find_package(quotecache REQUIRED COMPONENTS static)\n"
               "add_executable(p prices.cpp)\n"
               "target_link_libraries(p PRIVATE quotecache::quotecache_static)\n");
    said_by(installed.dir,
            {CMAKE_COMMAND,
             "-S",
             project.string(),
             "-B",
             build + "2",
             "-DCMAKE_PREFIX_PATH=" + installed.prefix.string(),
             "-DCMAKE_CXX_COMPILER=" CXX_COMPILER,
             "-DCMAKE_CXX_FLAGS=" + kFlags});
    said_by(installed.dir, {CMAKE_COMMAND, "--build", build + "2"});
    check_prices(installed, build + "2/p");
  }

  TEST_CASE("pkg-config tells what a compiler needs, wherever the prefix was moved") {
    const Installed installed;
    const auto moved = installed.dir / "moved";
    std::filesystem::rename(installed.prefix, moved);
    const auto libraries = found_below(moved, "libquotecache.so").parent_path();
    const std::map<std::string, std::string> env{
        {"PKG_CONFIG_PATH", (libraries / "pkgconfig").string()}};
    const auto flags =
        said_by(installed.dir, {"pkg-config", "--cflags", "--libs", "quotecache"}, env);
    CHECK(one_line(said_by(installed.dir, {"pkg-config", "--modversion", "quotecache"}, env)) ==
          version());
    Words words{CXX_COMPILER, "-std=c++20", kSource + "/examples/cpp/prices.cpp"};
    for (const auto& text : {kFlags, flags})
      for (const auto& word : split(text)) words.push_back(word);
    const auto program = (installed.dir / "prices").string();
    words.insert(words.end(), {"-o", program});
    said_by(installed.dir, words);
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {}, .toml = {}, .env = {}});
    const auto out = said_by(
        installed.dir,
        {program, "xrp"},
        {{"LD_LIBRARY_PATH", libraries.string()}, {"QUOTECACHE_SERVER", daemon.base_url()}});
    CHECK_MESSAGE(out.starts_with("xrp "), out);
  }

  TEST_CASE("only names of quotecache are shown, under a soname of the version") {
    const Installed installed;
    const auto library = (installed.libraries / "libquotecache.so").string();
    std::istringstream names(said_by(installed.dir, {"nm", "-D", "-C", "--defined-only", library}));
    int count = 0;
    for (std::string line; std::getline(names, line); ++count)
      CHECK_MESSAGE(line.find(" quotecache::") != std::string::npos, line);
    CHECK(count > 20);
    const auto dynamic = said_by(installed.dir, {"readelf", "-d", library});
    const auto minor = std::string(version()).substr(0, version().rfind('.'));
    CHECK_MESSAGE(dynamic.find("[libquotecache.so." + minor + "]") != std::string::npos, dynamic);
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(installed.prefix / "include")) {
      if (!entry.is_regular_file()) continue;
      std::istringstream lines(said_by(installed.dir, {"cat", entry.path().string()}));
      for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("#include <")) continue;
        CHECK_MESSAGE(line.find('/') == std::string::npos, entry.path().string(), ": ", line);
        CHECK_MESSAGE(line.find(".h") == std::string::npos, entry.path().string(), ": ", line);
      }
    }
  }

  TEST_CASE("the command's manual page and completions are where man, bash and zsh look") {
    const TempDir dir;
    const auto prefix = dir / "prefix";
    said_by(dir,
            {CMAKE_COMMAND,
             "-DCMAKE_INSTALL_PREFIX=" + prefix.string(),
             "-P",
             QUOTECACHED_BINARY_DIR "/client/pages/cmake_install.cmake"});
    const auto begins = [&prefix](const std::string& file, const std::string& with) {
      const auto text = read_file(prefix / "share" / file);
      CHECK_MESSAGE(text.find(with) < 80, file);
    };
    begins("man/man1/quotecache.1", "quotecache --print man");
    begins("bash-completion/completions/quotecache", "# Completion of quotecache for bash");
    begins("zsh/vendor-completions/_quotecache", "#compdef quotecache\n");
  }
}

}  // namespace quotecache::test
