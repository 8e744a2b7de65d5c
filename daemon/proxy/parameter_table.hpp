// What the provider said of parameters that the catalogue does not list, and how often it is asked.
// Pure.
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
    std::chrono::seconds known_for{86400};   // after it was last used
    std::chrono::seconds unknown_for{3600};  // until a parameter that is added is noticed
    std::chrono::seconds unsaid_for{600};    // taken for unknown
    // Questions take a place among the plan's requests of a minute.
    std::size_t questions_per_minute = 6;
  };

  explicit ParameterTable(Options options) : options_(options) {}

  // Known or Unknown; nothing when it is to be asked (again).
  [[nodiscard]] std::optional<provider::ParameterVerdict> find(std::string_view endpoint,
                                                               std::string_view parameter,
                                                               Time now);
  void note(std::string_view endpoint,
            std::string_view parameter,
            provider::ParameterVerdict verdict,
            Time now);

  // Nothing is asked at this endpoint until then.
  void rest(std::string_view endpoint, Time until);
  // How long it still rests; 0: it does not.
  [[nodiscard]] std::chrono::seconds rests(std::string_view endpoint, Time now) const;

  // May the provider be asked now? Counts a question if so.
  [[nodiscard]] bool take_question(Time now);
  // The last one was not asked after all.
  void give_back_question();
  // Until it may be asked again; 0: now.
  [[nodiscard]] std::chrono::seconds until_question(Time now) const;

 private:
  struct Said {
    provider::ParameterVerdict verdict = provider::ParameterVerdict::Unsaid;
    Time until{};
  };
  using Name = std::pair<std::string, std::string>;  // endpoint, parameter

  const Options options_;
  std::map<Name, Said> said_;
  std::map<std::string, Time, std::less<>> resting_;  // by endpoint, until when
  Time minute_{};                                     // when the first of `questions_` was asked
  std::size_t questions_ = 0;
};

}  // namespace quotecached::proxy
