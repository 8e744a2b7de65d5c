#include "metrics/process.hpp"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace quotecached::metrics;

TEST_SUITE("metrics::process") {
  TEST_CASE("reads what the kernel says of a process, whatever it is called") {
    for (const auto* const name : {"quotecached", "a b", "x) R 1 (y", ""}) {
      CAPTURE(name);
      const auto text = "4711 (" + std::string(name) +
                        ") S 1 4711 4711 0 -1 4194560 3000 0 0 0 250 150 0 0 20 0 9 0 12300 "
                        "500000000 2500 18446744073709551615 1 1 0 0 0 0 0 4096 17 0 0\n";
      const auto times = parse_stat(text, 100, 4096);
      CHECK(times.cpu_seconds == doctest::Approx(4));
      CHECK(times.started_seconds == doctest::Approx(123));
      CHECK(times.virtual_bytes == doctest::Approx(5e8));
      CHECK(times.resident_bytes == doctest::Approx(2500.0 * 4096));
    }
  }

  TEST_CASE("what is no such text says nothing") {
    for (const auto* const text : {"", "4711", "4711 (x", "4711 (x)", "4711 (x) S 1 2 3"}) {
      CAPTURE(text);
      CHECK(parse_stat(text, 100, 4096).cpu_seconds == 0);
      CHECK(parse_stat(text, 100, 4096).resident_bytes == 0);
    }
  }

  TEST_CASE("this process is there") {
    Page page;
    write_process(page);
    const auto text = "\n" + page.text();
    for (const auto* const name : {"process_cpu_seconds_total",
                                   "process_resident_memory_bytes",
                                   "process_virtual_memory_bytes",
                                   "process_start_time_seconds",
                                   "process_open_fds",
                                   "process_max_fds"}) {
      CAPTURE(name);
      const auto at = text.find("\n" + std::string(name) + " ");
      REQUIRE(at != std::string::npos);
      CHECK(std::stod(text.substr(text.find(' ', at))) >= 0);
    }
  }

  TEST_CASE("the start of this process is told in seconds since 1970, each time alike") {
    const auto told = [] {
      Page page;
      write_process(page);
      const auto text = "\n" + page.text();
      const auto at = text.find("\nprocess_start_time_seconds ");
      REQUIRE(at != std::string::npos);
      return std::stod(text.substr(text.find(' ', at)));
    };
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    const auto first = told();
    CHECK(first <= now.count() + 1);
    CHECK(first > now.count() - 3600);
    CHECK(told() == doctest::Approx(first).epsilon(1e-9));
  }
}
