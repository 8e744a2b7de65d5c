// What the memory tier costs: time per lookup, and bytes per entry as it counts them and as the
// system does. Prints one line each.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include "cache/memory_tier.hpp"

namespace {

using namespace quotecached;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kAssets = 10'000;
constexpr std::size_t kTextSize = 1100;
constexpr std::size_t kLookups = 4'000'000;

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) /
         (1 << 20);
}

void fill(cache::MemoryTier& tier, const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    auto entry = std::make_shared<cache::Entry>();
    entry->fragment.text.assign(kTextSize, 'x');
    entry->fragment.slots.resize(1);
    tier.store(key, std::move(entry));
  }
}

// Nanoseconds per lookup in one thread, the keys in a scattered order.
double lookup(const cache::MemoryTier& tier, const std::vector<std::string>& keys) {
  std::size_t found = 0;
  const auto start = Steady::now();
  for (std::size_t i = 0; i < kLookups; ++i) {
    found += tier.lookup(keys[i * 7919 % keys.size()]) ? 1U : 0U;
  }
  const std::chrono::duration<double, std::nano> took = Steady::now() - start;
  if (found != kLookups) std::printf("only %zu of %zu found\n", found, kLookups);
  return took.count() / static_cast<double>(kLookups);
}

}  // namespace

int main() {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kAssets; ++i) {
    keys.push_back("qc1:quotes:id:" + std::to_string(i) + ":USD:0123456789abcdef");
  }
  const double before = resident_mib();
  cache::MemoryTier::Options options;
  options.max_bytes = mebibytes(32);
  cache::MemoryTier tier(options);
  fill(tier, keys);
  const double counted = static_cast<double>(tier.usage().bytes) / (1 << 20);
  std::printf("%zu entries of %zu bytes: %.1f MiB counted, %.1f MiB resident\n",
              kAssets,
              kTextSize,
              counted,
              resident_mib() - before);
  std::vector<std::string> hot(keys.begin(), keys.begin() + 100);
  std::printf("lookup, 100 hot keys: %.0f ns\n", lookup(tier, hot));
  std::printf("lookup, all keys: %.0f ns\n", lookup(tier, keys));
  std::thread other([&] { lookup(tier, keys); });
  std::printf("lookup, all keys, two threads: %.0f ns\n", lookup(tier, keys));
  other.join();
}
