// How the cache and its copies are shown to people; the samples of docs/command.md are tested
// there.
#include "cli/cache_view.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "cli/text.hpp"
#include "client/cache_samples.hpp"

namespace quotecache::cli::test {
namespace {

namespace samples = quotecache::test;

std::size_t widest_line(const std::string& text) {
  std::size_t columns = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    columns = std::max(columns, columns_of(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return columns;
}

}  // namespace

TEST_SUITE("client::cache_view") {
  TEST_CASE("sentences about the cache are broken at the terminal's width") {
    CHECK(widest_line(stats_text(samples::sample_stats(), {50, true, false})) <= 50);
    CHECK(widest_line(explanation_text(samples::sample_explanation(), {70, true, false})) <= 70);
  }

  TEST_CASE("where no copy answers it is said of which endpoint") {
    auto given = samples::sample_explanation();
    given.answer.reset();
    given.next_refresh_why = "a\x1b[2J";
    const auto text = explanation_text(given, {80, true, false});
    CHECK(text.find("\nAnswer     no copy of this endpoint's may be shown (see --endpoint)\n") !=
          std::string::npos);
    CHECK(text.find("a?[2J\n") != std::string::npos);
  }

  TEST_CASE("copies of a tier are told apart by their keys at 80 columns") {
    auto given = samples::sample_explanation();
    given.copies.push_back(given.copies[0]);
    given.copies[1].key = "qc1:v2.quotes:symbol:BTC:USD:-";
    CHECK(explanation_text(given, {80, true, false}).find("  qc1:v2.quotes:symbol:BTC:USD:-\n") !=
          std::string::npos);
  }
}

}  // namespace quotecache::cli::test
