// Random questions, the popular assets more often than the others. The same seed asks the same.
#pragma once

#include <cstdint>
#include <random>

#include "model/world.hpp"

namespace quotecached::model {

// Below `n`. Of the generator alone, so that it is the same everywhere.
inline std::size_t below(std::mt19937_64& random, std::size_t n) { return random() % n; }
inline bool happens(std::mt19937_64& random, std::size_t percent) {
  return below(random, 100) < percent;
}

[[nodiscard]] Question random_question(const World& world, std::mt19937_64& random);

}  // namespace quotecached::model
