// How the cache does: what GET /admin/stats answers. Pure; docs/admin.md names the members.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace quotecached::admin {

struct TierStats {
  std::string name;
  bool is_up = true;
  std::string error;           // why not, or what failed last; empty when all is well
  std::uint64_t answered = 0;  // requests of which it had the last that was wanting, all fresh
  std::optional<std::uint64_t> found;  // keys that were looked up there, of memory not counted
  std::optional<std::uint64_t> not_found;
  std::optional<std::uint64_t> entries;  // nothing: it cannot tell
  std::optional<std::uint64_t> bytes;
};

struct WindowStats {
  std::int64_t spent = 0;
  std::optional<std::int64_t> cap;
};

struct Stats {
  TimePoint at;
  // Requests of clients since the start, by how they were answered: "hit", "miss", ...
  std::vector<std::pair<std::string, std::uint64_t>> requests;
  std::vector<TierStats> tiers;
  std::optional<WindowStats> day;  // credits; nothing while they are not known
  std::optional<WindowStats> month;
  bool is_upstream_up = true;
  std::string upstream_error;  // of the last call; empty when it went well
  milliseconds upstream_latency{0};
  std::size_t purges = 0;  // rules that hold
};

[[nodiscard]] std::string to_json(const Stats& stats);

}  // namespace quotecached::admin
