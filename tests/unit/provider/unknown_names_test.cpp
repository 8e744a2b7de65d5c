#include <doctest/doctest.h>

#include "provider/cmc_unknown_names.hpp"

using namespace quotecached::provider::cmc;

TEST_SUITE("provider::cmc unknown names") {
  TEST_CASE("the provider's complaints are read") {
    struct Row {
      const char* message;
      const char* parameter;
      std::vector<std::string> names;
    };
    for (const auto& row :
         {Row{R"(Invalid value for "id": "9999")", "id", {"9999"}},
          Row{R"(Invalid values for "symbol": "AAA,BBB")", "symbol", {"AAA", "BBB"}},
          Row{R"(Invalid value for "convert": "ZZZ")", "convert", {"ZZZ"}},
          Row{R"(Invalid value for "id")", "id", {}},
          Row{R"(Invalid values for "symbol": ",A,,")", "symbol", {"A"}},
          Row{R"("id" is not allowed)", "", {}},
          Row{R"(Invalid value for "id": "1)", "id", {}},
          Row{"Invalid value", "", {}},
          Row{"", "", {}}}) {
      CAPTURE(row.message);
      const auto unknown = read_unknown_names(row.message);
      CHECK(unknown.parameter == row.parameter);
      CHECK(unknown.names == row.names);
    }
  }

  TEST_CASE("and worded") {
    CHECK(unknown_names_message("id", {"9999"}) == R"(Invalid value for "id": "9999")");
    CHECK(unknown_names_message("symbol", {"AAA", "BBB"}) ==
          R"(Invalid values for "symbol": "AAA,BBB")");
  }
}
