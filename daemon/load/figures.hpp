// What a load test counted, of the daemon and of the floor beside it, and the ratios between them.
//
// Machines differ, and one machine differs from hour to hour; how many times as much the daemon
// takes as a loop that does nothing differs far less. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "load/answer_head.hpp"
#include "load/latency_histogram.hpp"

namespace quotecached::load {

struct Figures {
  LatencyHistogram latency;                // of answers, whatever their status
  LatencyHistogram good_latency;           // of those with status 200
  std::map<int, std::int64_t> answers;     // by status
  std::map<Source, std::int64_t> sources;  // of answers with status 200
  std::int64_t failures = 0;               // requests without an answer
  std::int64_t unsent = 0;                 // that were due while all connections waited
  std::int64_t bytes = 0;                  // of answers, heads included
  nanoseconds elapsed{0};
  std::optional<nanoseconds> cpu;  // of the server; empty: it cannot be told

  void add(const Figures& other);

  // Answered or not.
  [[nodiscard]] std::int64_t requests() const noexcept { return latency.count() + failures; }
  // Without an answer, or with another status than 200.
  [[nodiscard]] std::int64_t wrong() const;
  // The part of all requests; 0 of none.
  [[nodiscard]] double wrong_share() const;
  [[nodiscard]] double share_of(Source source) const;
  [[nodiscard]] double per_second() const;
  // Microseconds; empty when nobody knows, or nothing was answered.
  [[nodiscard]] std::optional<double> cpu_per_answer() const;
};

// The daemon loaded for a while, and the floor right after it.
struct Round {
  Figures daemon;
  Figures floor;
};

// Each the median of what the rounds say, so that one that was disturbed does not count.
struct Ratios {
  std::optional<double> cpu;
  std::optional<double> p50;
  std::optional<double> p99;
};
[[nodiscard]] Ratios ratios_of(std::span<const Round> rounds);

}  // namespace quotecached::load
