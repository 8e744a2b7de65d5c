// What requests are called, and the access log: a line for each, that nobody can forge.
#include <algorithm>
#include <csignal>
#include <filesystem>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "e2e/fault_bed.hpp"
#include "support/address.hpp"
#include "support/wait.hpp"

namespace quotecached::test {
namespace {

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The first line of the log that holds `part`, once there is one; empty when none comes.
std::string line_with(const std::filesystem::path& file, std::string_view part) {
  std::string line;
  static_cast<void>(wait_until([&] {
    const auto text = read_file(file);
    const auto at = text.find(part);
    if (at == std::string::npos || text.find('\n', at) == std::string::npos) return false;
    const auto begin = text.rfind('\n', at) + 1;
    line = text.substr(begin, text.find('\n', at) - begin);
    return true;
  }));
  return line;
}

struct CallNames {
  std::string request_id;
  std::string trace_id;
  std::string provider_id;
};

CallNames last_call(const std::filesystem::path& database) {
  const SQLite::Database file(database.string(), SQLite::OPEN_READONLY);
  SQLite::Statement row(file,
                        "SELECT request_id, trace_id, provider_id FROM upstream_calls "
                        "WHERE cause <> 'probe' ORDER BY id DESC");
  REQUIRE(row.executeStep());
  return {row.getColumn(0).getString(), row.getColumn(1).getString(), row.getColumn(2).getString()};
}

}  // namespace

TEST_SUITE("e2e::AccessLog") {
  TEST_CASE("a client's own id comes back and stands with the call that it caused") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    const auto missed =
        daemon.get(kV2Quotes + "?id=1",
                   {"X-Request-Id: job-7", "traceparent: 00-" + kTrace + "-b7ad6b7169203331-01"});
    REQUIRE(missed.status == 200);
    CHECK(missed.header("x-request-id") == "job-7");
    CHECK(missed.header("traceparent").empty());
    const auto hit = daemon.get(kV2Quotes + "?id=1", {"X-Request-Id: job-8"});
    CHECK(is_hit(hit));
    CHECK(hit.header("x-request-id") == "job-8");
    CHECK(daemon.get("/health/live", {"X-Request-Id: job-9"}).header("x-request-id") == "job-9");
    CHECK(wait_until([&] {
      return holds(daemon.get("/admin/credits/calls").body, "\"request_id\":\"job-7\"");
    }));
    REQUIRE(daemon.sigterm());
    const auto call = last_call(daemon.database());
    CHECK(call.request_id == "job-7");
    CHECK(call.trace_id == kTrace);
    CHECK(call.provider_id.starts_with("sim-"));
  }

  TEST_CASE("without one, or with a bad one, what matters gets one of ours") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    const auto missed = daemon.get(kV2Quotes + "?id=1");
    const auto id = missed.header("x-request-id");
    CHECK(id.size() >= 18);
    CHECK(id.find('-') == 16);
    CHECK(daemon.get(kV2Quotes + "?id=1").header("x-request-id").empty());  // from memory, at once
    const auto refused = daemon.get(kV2Quotes + "?id=x").header("x-request-id");
    CHECK(refused.find('-') == 16);
    CHECK(refused != id);
    for (const std::string bad : {"a b", "a,b", "\"x\"", "<script>"}) {
      CAPTURE(bad);
      const auto answer = daemon.get(kV2Quotes + "?id=1", {"X-Request-Id: " + bad});
      CHECK(is_hit(answer));
      CHECK(answer.header("x-request-id").find('-') == 16);
    }
    const auto twice = daemon.get(kV2Quotes + "?id=1", {"X-Request-Id: a", "X-Request-Id: b"});
    CHECK(twice.header("x-request-id").find('-') == 16);
    REQUIRE(daemon.sigterm());
    CHECK(last_call(daemon.database()).request_id == id);
  }

  TEST_CASE("a line for each request: hit, miss, refusal, no such path, HEAD, malformed") {
    Sim sim;
    const TempDir dir;
    const auto file = dir / "access.log";
    Daemon daemon({.base_url = sim.base_url(), .sets = {"log.access=" + file.string()}});
    daemon.get(kV2Quotes + "?id=1&CMC_PRO_API_KEY=hush", {"X-Request-Id: r-miss"});
    daemon.get(kV2Quotes + "?id=1", {"X-Request-Id: r-hit", "User-Agent: bot \"x\" status=1"});
    daemon.get(kV2Quotes + "?id=zzz", {"X-Request-Id: r-refused"});
    daemon.get("/no/such/path", {"X-Request-Id: r-404"});
    daemon.request("HEAD", kV2Quotes + "?id=1", {}, {"X-Request-Id: r-head"});
    Connection odd(port_of(daemon));
    odd.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(holds(odd.read_until("\r\nno such end"), "400"));

    const auto missed = line_with(file, "request_id=r-miss");
    CAPTURE(missed);
    CHECK(holds(missed, " access peer=127.0.0.1 method=GET target="));
    CHECK(holds(missed, "status=200"));
    CHECK(holds(missed, "outcome=miss detail=upstream age=0 credits=1"));
    CHECK(holds(missed, "CMC_PRO_API_KEY=REDACTED"));
    CHECK(holds(missed, " took_us="));
    const auto hit = line_with(file, "request_id=r-hit");
    CHECK(holds(hit, "outcome=hit detail=memory"));
    CHECK(holds(hit, "user_agent=\"bot \\\"x\\\" status=1\""));
    CHECK(holds(line_with(file, "request_id=r-refused"), "status=400"));
    CHECK(holds(line_with(file, "request_id=r-404"), "status=404"));
    CHECK(holds(line_with(file, "request_id=r-head"), "method=HEAD"));
    CHECK(holds(line_with(file, "outcome=malformed"), "status=400"));
    const auto all = read_file(file);
    CHECK_FALSE(holds(all, "hush"));
    CHECK(metric(daemon, "quotecached_access_log_lines_total") >=
          static_cast<double>(std::ranges::count(all, '\n')));
    CHECK(metric(daemon, "quotecached_access_log_dropped_total") == 0);
  }

  TEST_CASE("a client that is gone before its answer has a line all the same") {
    Sim sim;
    const TempDir dir;
    const auto file = dir / "access.log";
    Daemon daemon({.base_url = sim.base_url(),
                   .sets = {"log.access=" + file.string(),
                            "log.access_format=json",
                            "upstream.timeout=1s",
                            "upstream.retries=0"}});
    sim.fault(R"({"kind":"hang","count":-1})");
    {
      Connection client(port_of(daemon));
      client.send("GET " + kV2Quotes +
                  "?id=1 HTTP/1.1\r\nHost: test\r\nX-Request-Id: r-gone\r\n\r\n");
      CHECK(wait_until([&] { return holds(daemon.get("/admin/requests").body, "r-gone"); }));
    }
    const auto line = line_with(file, "\"request_id\":\"r-gone\"");
    CAPTURE(line);
    CHECK(line.starts_with("{\"time\":\""));
    CHECK(line.ends_with("}"));
    CHECK(holds(line, "\"status\":50"));
  }

  TEST_CASE("after a renaming a hang-up begins a new file") {
    Sim sim;
    const TempDir dir;
    const auto file = dir / "access.log";
    Daemon daemon({.base_url = sim.base_url(), .sets = {"log.access=" + file.string()}});
    daemon.get("/health/live", {"X-Request-Id: r-old"});
    CHECK_FALSE(line_with(file, "r-old").empty());
    std::filesystem::rename(file, dir / "access.log.1");
    daemon.process().signal(SIGHUP);
    CHECK(wait_until([&] {
      daemon.get("/health/live", {"X-Request-Id: r-new"});
      return std::filesystem::exists(file) && holds(read_file(file), "r-new");
    }));
  }
}

}  // namespace quotecached::test
