// What the pages say of alerts is complete.
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "alert/alert.hpp"

using namespace quotecached;

namespace {

std::string text_of_page(const std::string& name) {
  std::ifstream in(QUOTECACHED_SOURCE_DIR "/docs/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_SUITE("alert::pages") {
  TEST_CASE("each kind has a row that explains it and one that says what to do") {
    const std::string meanings = text_of_page("alerts.md");
    const std::string remedies = text_of_page("operations.md");
    for (std::size_t i = 0; i < alert::kAlertKinds; ++i) {
      const auto kind = std::string(to_string(static_cast<alert::AlertKind>(i)));
      const std::string row = "\n| `" + kind + "` | ";
      CAPTURE(kind);
      CHECK(meanings.find(row) != std::string::npos);
      CHECK(remedies.find(row) != std::string::npos);
    }
  }
}
