// What a load test asks, request by request.
//
// Pure: the same options give the same requests. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quotecached::load {

enum class Scenario : std::uint8_t {
  Hot,     // one asset, from memory
  Mixed,   // 1 to 20 of 500 assets, the popular ones more often, and something new now and then
  Cold,    // each time another asset, that nobody asked for before
  Herd,    // all at once for the same new asset, over and over
  Outage,  // copies that have just ended, of a provider that dies in the middle
  Trace,   // what a recorded trace says, in its order
};
[[nodiscard]] std::optional<Scenario> parse_scenario(std::string_view word) noexcept;
[[nodiscard]] std::string_view to_string(Scenario scenario) noexcept;

// How many assets are asked for, as far as there are so many.
inline constexpr std::size_t kAssets = 500;
// Of the requests of Mixed one in so many is for something new.
inline constexpr std::uint64_t kRequestsPerNewAsset = 50;

[[nodiscard]] std::string quotes_target(std::string_view ids);

class Workload {
 public:
  struct Options {
    Scenario scenario = Scenario::Hot;
    std::vector<std::int64_t> known{};  // ids, the popular ones first
    // Ids that nobody asked for. Empty: they are made up, without end, if `makes_up`.
    std::vector<std::int64_t> fresh{};
    bool makes_up = true;
    std::vector<std::string> traced{};  // targets
    std::uint64_t seed = 1;
  };

  // Requires: `known`, unless the scenario is Cold, Herd or Trace.
  explicit Workload(Options options);

  // What is to be asked once before anything is measured.
  [[nodiscard]] std::vector<std::string> filling() const;

  // The target of the next request, valid until the one after; nothing once all is asked.
  std::optional<std::string_view> next();

 private:
  void draw();
  std::optional<std::string_view> next_fresh();
  std::string_view next_drawn();

  Options options_;
  std::vector<std::string> drawn_;  // targets, gone through again and again
  std::string made_;
  std::uint64_t asked_ = 0;
  std::size_t fresh_asked_ = 0;
};

}  // namespace quotecached::load
