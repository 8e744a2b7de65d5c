// Any bytes as a file of assets: nothing crashes, what is read is assets, and it does not matter
// how many are asked for at a time.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "cli/asset_file.hpp"

namespace {

using quotecache::cli::AssetFile;

void expect(bool claim) {
  if (!claim) std::abort();
}

struct Read {
  std::vector<std::string> assets;
  std::string wrong;
};

Read read(const std::string& path, std::size_t at_a_time) {
  AssetFile file(path);
  expect(file.why_not().empty());
  Read all;
  while (true) {
    const auto some = file.next(at_a_time);
    expect(some.size() <= at_a_time);
    if (some.empty()) break;
    all.assets.insert(all.assets.end(), some.begin(), some.end());
  }
  all.wrong = file.wrong();
  return all;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int memory = ::memfd_create("assets", 0);
  expect(memory >= 0 && ::write(memory, data, size) == static_cast<ssize_t>(size));
  const std::string path = "/proc/self/fd/" + std::to_string(memory);
  const Read whole = read(path, size + 1);
  for (const auto& asset : whole.assets) expect(quotecache::cli::is_asset(asset));
  const Read by_one = read(path, 1);
  expect(by_one.assets == whole.assets && by_one.wrong == whole.wrong);
  ::close(memory);
  return 0;
}
