// What the provider said of parameters that the catalogue does not list. Pure.
//
// Bounded by how often it may be asked: what it said is forgotten in time.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "provider/reading.hpp"

namespace quotecached::proxy {

class ParameterTable {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    std::chrono::seconds known_for{86400};
    std::chrono::seconds unknown_for{3600};  // until a parameter that it adds is noticed
    // Questions take a place among the plan's requests of a minute.
    std::size_t questions_per_minute = 6;
  };

  explicit ParameterTable(Options options) : options_(options) {}

  // Known or Unknown; nothing when it is to be asked (again).
  [[nodiscard]] std::optional<provider::ParameterVerdict> find(std::string_view endpoint,
                                                               std::string_view parameter,
                                                               Time now) const;
  // Requires: Known or Unknown.
  void note(std::string_view endpoint,
            std::string_view parameter,
            provider::ParameterVerdict verdict,
            Time now);

  // May the provider be asked now? Counts a question if so.
  [[nodiscard]] bool take_question(Time now);
  // Until it may be asked again; 0: now.
  [[nodiscard]] std::chrono::seconds rests(Time now) const;

 private:
  struct Said {
    provider::ParameterVerdict verdict = provider::ParameterVerdict::Unsaid;
    Time until{};
  };
  using Name = std::pair<std::string, std::string>;  // endpoint, parameter

  const Options options_;
  std::map<Name, Said> said_;
  Time minute_{};  // when the first of `questions_` was asked
  std::size_t questions_ = 0;
};

}  // namespace quotecached::proxy
