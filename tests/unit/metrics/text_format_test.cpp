#include <limits>

#include <doctest/doctest.h>

#include "metrics/registry.hpp"

using namespace quotecached::metrics;

TEST_SUITE("metrics::text_format") {
  TEST_CASE("writes numbers so that they are read back as they were") {
    struct Row {
      double value;
      const char* text;
    };
    constexpr double kEndless = std::numeric_limits<double>::infinity();
    const Row rows[] = {{0, "0"},
                        {-3, "-3"},
                        {100000, "100000"},
                        {1796083200, "1796083200"},
                        {1e14, "100000000000000"},
                        {0.1, "0.1"},
                        {12.5, "12.5"},
                        {0.0001, "0.0001"},
                        {0.000025, "2.5e-05"},
                        {1e300, "1e+300"},
                        {kEndless, "+Inf"},
                        {-kEndless, "-Inf"},
                        {std::numeric_limits<double>::quiet_NaN(), "NaN"}};
    for (const auto& row : rows) {
      CAPTURE(row.text);
      Page page;
      page.gauge("level", "Level.", row.value);
      CHECK(page.text() ==
            std::string("# HELP level Level.\n# TYPE level gauge\nlevel ") + row.text + "\n");
    }
  }

  TEST_CASE("what labels and help say cannot end them") {
    Page page;
    page.counter("a_total", "One\\two\n\"three\"", 1, {{"who", "a\"} 2\nb\\"}, {"what", ""}});
    CHECK(page.text() ==
          "# HELP a_total One\\\\two\\n\"three\"\n# TYPE a_total counter\n"
          "a_total{who=\"a\\\"} 2\\nb\\\\\",what=\"\"} 1\n");
  }

  TEST_CASE("a histogram's labels stand before its bounds") {
    constexpr double kBounds[] = {0.5};
    Page page;
    page.histogram("wait", "Wait.", {kBounds, {1, 2}, 3.5}, {{"tier", "redis"}});
    CHECK(page.text() ==
          "# HELP wait Wait.\n# TYPE wait histogram\nwait_count{tier=\"redis\"} 3\n"
          "wait_sum{tier=\"redis\"} 3.5\nwait_bucket{tier=\"redis\",le=\"0.5\"} 1\n"
          "wait_bucket{tier=\"redis\",le=\"+Inf\"} 3\n");
  }

  TEST_CASE("metrics of one name stand together") {
    Page page;
    page.counter("a_total", "A.", 1, {{"k", "1"}});
    page.gauge("b", "B.", 2);
    page.counter("a_total", "A.", 3, {{"k", "2"}});
    CHECK(page.text() ==
          "# HELP a_total A.\n# TYPE a_total counter\na_total{k=\"1\"} 1\na_total{k=\"2\"} 3\n"
          "# HELP b B.\n# TYPE b gauge\nb 2\n");
  }
}
