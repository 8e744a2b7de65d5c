#include "metrics/registry.hpp"

#include <array>
#include <stdexcept>

#include <doctest/doctest.h>

using namespace quotecached::metrics;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("metrics::Registry") {
  TEST_CASE("renders what its sources say") {
    Registry registry;
    registry.add_source([](Page& page) {
      page.counter("quotecached_things_total", "Things.", 3, {{"kind", "a"}});
      page.gauge("quotecached_level_bytes", "Level.", 1.5);
    });
    registry.add_source([](Page& page) {
      page.counter("quotecached_things_total", "Things.", 4, {{"kind", "b"}});
    });
    const auto text = registry.render();
    CHECK(has_line(text, "# TYPE quotecached_things_total counter"));
    CHECK(has_line(text, "quotecached_things_total{kind=\"a\"} 3"));
    CHECK(has_line(text, "quotecached_things_total{kind=\"b\"} 4"));
    CHECK(has_line(text, "quotecached_level_bytes 1.5"));
    CHECK(text.find("# TYPE quotecached_things_total") ==
          text.rfind("# TYPE quotecached_things_total"));
  }

  TEST_CASE("leaves out and counts a source that fails") {
    Registry registry;
    registry.add_source([](Page&) { throw std::runtime_error("broken"); });
    registry.add_source([](Page& page) { page.gauge("quotecached_up", "Up.", 1); });
    const auto text = registry.render();
    CHECK(has_line(text, "quotecached_up 1"));
    CHECK(has_line(text, "quotecached_metrics_source_failures_total 1"));
  }

  TEST_CASE("makes the buckets of a histogram cumulative") {
    constexpr std::array kBounds{0.1, 1.0};
    Page page;
    const Distribution values{kBounds, {2, 3, 4}, 12.5};
    page.histogram("quotecached_wait_seconds", "Wait.", values);
    const auto text = page.text();
    CHECK(has_line(text, "quotecached_wait_seconds_bucket{le=\"0.1\"} 2"));
    CHECK(has_line(text, "quotecached_wait_seconds_bucket{le=\"1\"} 5"));
    CHECK(has_line(text, "quotecached_wait_seconds_bucket{le=\"+Inf\"} 9"));
    CHECK(has_line(text, "quotecached_wait_seconds_count 9"));
    CHECK(has_line(text, "quotecached_wait_seconds_sum 12.5"));
  }
}
