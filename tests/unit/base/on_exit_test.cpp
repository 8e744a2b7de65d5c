#include "base/on_exit.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

using namespace quotecached;

TEST_SUITE("base::OnExit") {
  TEST_CASE("runs once, at the end of its scope") {
    int runs = 0;
    {
      const OnExit guard([&runs] { ++runs; });
      CHECK(runs == 0);
    }
    CHECK(runs == 1);
  }

  TEST_CASE("runs when the scope ends by an exception") {
    bool has_run = false;
    try {
      const OnExit guard([&has_run] { has_run = true; });
      throw std::runtime_error("early");
    } catch (const std::runtime_error&) {
      CHECK(has_run);
    }
    CHECK(has_run);
  }
}
