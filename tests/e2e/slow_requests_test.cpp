// An operator asks why a request takes so long.
#include <doctest/doctest.h>

#include "e2e/bed.hpp"
#include "e2e/fault_bed.hpp"
#include "support/address.hpp"
#include "support/wait.hpp"

using namespace quotecached;
using namespace quotecached::test;

TEST_SUITE("e2e::SlowRequests") {
  TEST_CASE("while upstream hangs the list says that a request waits for the call") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url(), .sets = {"log.slow_request=200ms"}});
    CHECK(json_value(daemon.get("/admin/requests").body, "requests") == "[]");
    sim.fault(R"({"kind":"hang","count":-1})");
    Connection client(port_of(daemon));
    client.send("GET " + kV2Quotes + "?id=1&CMC_PRO_API_KEY=secret HTTP/1.1\r\nHost: test\r\n" +
                "Connection: close\r\n\r\n");
    std::string list;
    CHECK(wait_until([&] {
      list = daemon.get("/admin/requests").body;
      return list.find("\"waits_for\":\"call\"") != std::string::npos &&
             list.find("\"waited_ms\":0}") == std::string::npos;
    }));
    CAPTURE(list);
    CHECK(list.starts_with("{\"in_progress\":1,"));
    CHECK(list.find("\"target\":\"" + kV2Quotes + "?id=1") != std::string::npos);
    CHECK(list.find("\"reason\":\"absent\"") != std::string::npos);
    CHECK(list.find("secret") == std::string::npos);
    let_run(milliseconds(300));
    sim.clear_faults();
    CHECK_FALSE(client.read_until("\r\nno such end", milliseconds(30'000)).empty());
    CHECK(wait_until([&] { return daemon.log().find("slow_request") != std::string::npos; }));
    const auto log = daemon.log();
    CAPTURE(log);
    CHECK(log.find("reason=absent") != std::string::npos);
    CHECK(log.find(", call ") != std::string::npos);
    CHECK(log.find("secret") == std::string::npos);
    CHECK(metric(daemon, "quotecached_misses_total{reason=\"absent\"}") == 1);
    CHECK(json_value(daemon.get("/admin/requests").body, "requests") == "[]");
  }
}
