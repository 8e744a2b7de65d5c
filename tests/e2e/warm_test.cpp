// Renewed before clients ask: by the daemon itself, and by order of quotecache warm.
#include <csignal>
#include <thread>

#include "e2e/credit_bed.hpp"
#include "support/process.hpp"
#include "support/wait.hpp"

using namespace quotecached::test;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds kLimit{20'000};

struct Bed {
  explicit Bed(std::vector<std::string> sets)
      : sim({.arguments = {"--tick", "0", "--latency", "50"}}),
        daemon({.base_url = sim.base_url(), .sets = std::move(sets)}) {}

  // quotecache warm with these words, to its end.
  int warm(const std::vector<std::string>& words) {
    Process process(command(words), dir.path(), "quotecache");
    const auto ended = process.wait(kLimit);
    said = process.out() + process.err();
    return ended ? ended->code : -1;
  }
  [[nodiscard]] Command command(const std::vector<std::string>& words) const {
    Command command{{built_program("quotecache").string(), "warm", "--server", daemon.base_url()},
                    {}};
    command.words.insert(command.words.end(), words.begin(), words.end());
    return command;
  }
  [[nodiscard]] bool says(const std::string& part) const {
    return said.find(part) != std::string::npos;
  }
  std::string runs() { return daemon.get("/admin/warm").body; }

  Sim sim;
  Daemon daemon;
  TempDir dir;
  std::string said;
};

std::string ids(int from, int to) {
  std::string text;
  for (int id = from; id <= to; ++id) text += std::to_string(id) + '\n';
  return text;
}

// Answers of one asset, asked for again and again over a while: how many were fresh.
struct Asked {
  std::size_t all = 0;
  std::size_t fresh = 0;
};
Asked ask_for(Daemon& daemon, const std::vector<int>& assets, std::chrono::seconds time) {
  Asked asked;
  const auto end = Steady::now() + time;
  for (std::size_t i = 0; Steady::now() < end; ++i) {
    const auto answer = daemon.get(quotes_of(assets[i % assets.size()]));
    REQUIRE(answer.status == 200);
    ++asked.all;
    if (is_hit(answer) && !says_stale(answer)) ++asked.fresh;
    std::this_thread::sleep_for(10ms);
  }
  return asked;
}

}  // namespace

TEST_SUITE("warm") {
  TEST_CASE("clients of popular assets meet hardly a stale copy, at no further credit") {
    struct End {
      Asked asked;
      std::int64_t credits = 0;
    };
    const auto run = [](const std::string& mode) {
      Bed bed({"warm.mode=" + mode,
               "warm.window=[]",
               "freshness.quotes.fresh=2s",
               "freshness.ttl_jitter=0"});
      const auto assets = asset_ids(bed.sim, 10);
      // A minute of the daemon's, past the calm after its start, in which all are popular.
      for (int second = 0; second < 61; ++second) {
        for (std::size_t i = 0; i < 4 * assets.size(); ++i)
          REQUIRE(bed.daemon.get(quotes_of(assets[i % assets.size()])).status == 200);
        advance(bed.daemon, 1s);
      }
      (void)ask_for(bed.daemon, assets, 3s);
      bed.sim.clear_calls();
      End end;
      end.asked = ask_for(bed.daemon, assets, 12s);
      end.credits = charged(daemon_calls(bed.sim));
      return end;
    };
    const auto without = run("off");
    const auto with = run("daemon");
    MESSAGE("stale without: ",
            without.asked.all - without.asked.fresh,
            ", with: ",
            with.asked.all - with.asked.fresh,
            "; credits ",
            without.credits,
            " and ",
            with.credits);
    CHECK(without.asked.fresh < without.asked.all);
    CHECK(static_cast<double>(with.asked.fresh) >= 0.98 * static_cast<double>(with.asked.all));
    CHECK(with.asked.all - with.asked.fresh <= without.asked.all - without.asked.fresh);
    CHECK(with.credits <= without.credits + 1);  // where the first copy ends differs
  }

  TEST_CASE("a window's assets are warmed once, and no more while nobody asks") {
    Bed bed({"warm.mode=daemon", R"(warm.window=[{name="all",assets=["1","1027"]}])"});
    CHECK(daemon_calls(bed.sim).empty());
    advance(bed.daemon, 61s);
    REQUIRE(wait_until([&] { return daemon_calls(bed.sim).size() == 1; }, kLimit));
    REQUIRE(
        wait_until([&] { return metric(bed.daemon, "quotecached_warmed_total") == 2; }, kLimit));
    CHECK(is_hit(bed.daemon.get(quotes_of(1))));
    advance(bed.daemon, 61s);
    // Only the one that was asked for.
    REQUIRE(wait_until([&] { return daemon_calls(bed.sim).size() == 2; }, kLimit));
    CHECK(daemon_calls(bed.sim).back().target.find("id=1&") != std::string::npos);
  }

  TEST_CASE("a window that opens has a row: what it renewed, cost, and was good for") {
    Bed bed({"warm.mode=daemon", R"(warm.window=[{name="all",assets=["1","2","1027"]}])"});
    advance(bed.daemon, 61s);
    const auto run = [&] {
      const auto body = bed.runs();
      const auto runs = json_members(json_value(body, "runs"));
      return runs.empty() ? std::string() : std::string(runs[0].value);
    };
    const auto says = [&](const std::string& name, const std::string& value) {
      return wait_until([&] { return json_text(run(), name) == value; }, kLimit);
    };
    REQUIRE(says("renewed", "3"));
    CHECK(json_text(run(), "state") == "running");
    CHECK(json_text(run(), "begun_by") == "clock");
    CHECK(json_text(run(), "what") == "window all");
    CHECK(json_text(run(), "assets") == "3");
    CHECK(says("calls", "1"));
    CHECK(json_text(run(), "credits_estimated") == "1");
    CHECK(json_text(run(), "credits_spent") == "1");
    for (int i = 0; i < 2; ++i) CHECK(is_hit(bed.daemon.get(quotes_of(1))));
    // The one that was asked for is renewed, and how often its copy was found fresh is counted.
    // With five asks it would be popular, and renewed for that.
    advance(bed.daemon, 61s);
    CHECK(says("renewed", "4"));
    CHECK(says("credits_spent", "2"));
    CHECK(says("asks_fresh", "2"));
    // What is not a minute old yet is lost with the daemon.
    advance(bed.daemon, 61s);
    bed.daemon.kill9();
    bed.daemon.start();
    CHECK(json_text(run(), "state") == "lost");
    CHECK(json_text(run(), "begun_by") == "clock");
    CHECK(json_text(run(), "renewed") == "4");
    CHECK(json_text(run(), "credits_spent") == "2");
    // At its proper end nothing is.
    advance(bed.daemon, 61s);
    REQUIRE(says("id", "2"));
    const auto is_warm = [&] {
      return std::stoi(json_text(run(), "renewed")) + std::stoi(json_text(run(), "fresh")) >= 3;
    };
    REQUIRE(wait_until(is_warm, kLimit));
    const auto renewed = json_text(run(), "renewed");
    bed.daemon.restart();
    CHECK(json_text(run(), "state") == "done");
    CHECK(json_text(run(), "renewed") == renewed);
    CHECK(json_text(run(), "stopped_by") == "the daemon's end");
  }

  TEST_CASE("the command says what it did, by its status too") {
    Bed bed({"warm.mode=cron"});
    CHECK(bed.warm({"--assets", "1,2,1027", "--dry-run", "--explain"}) == 0);
    CHECK(bed.says("3 planned"));
    CHECK(bed.says("ordered"));
    CHECK(daemon_calls(bed.sim).empty());
    CHECK(bed.warm({"--assets", "1,2,1027", "--wait"}) == 0);
    CHECK(bed.says("3 renewed; 1 calls, 1 credits estimated, 1 spent"));
    CHECK(is_hit(bed.daemon.get(quotes_of(1027))));
    CHECK(bed.warm({"--assets", "1,2,1027", "--wait"}) == 0);
    CHECK(bed.says("3 fresh; 0 calls"));
    CHECK(charged(daemon_calls(bed.sim)) == 1);
    advance(bed.daemon, 1s);  // hits from memory are counted once a second
    CHECK(bed.warm({"--popular", "2", "--explain"}) == 0);
    CHECK(bed.says("asks a minute"));
    CHECK(bed.warm({"--runs"}) == 0);
    CHECK(bed.says("popular 2"));
    CHECK(bed.warm({"--runs", "--format", "json"}) == 0);
    CHECK(bed.said == bed.runs());
    CHECK(bed.warm({"--window", "none", "--wait"}) == 64);
    CHECK(bed.warm({"--assets", "B.C", "--wait"}) == 64);
    CHECK(bed.warm({"--due", "--popular", "3"}) == 64);
    bed.daemon.sigterm();
    CHECK(bed.warm({"--popular", "3"}) == 3);
  }

  TEST_CASE("assets may be named by symbol, and a symbol stands for all that share it") {
    Bed bed({"warm.mode=cron"});
    CHECK(bed.warm({"--assets", "BTC,eth", "--wait"}) == 0);
    CHECK(bed.says("2 renewed"));
    const auto calls = daemon_calls(bed.sim).size();
    CHECK(is_hit(bed.daemon.get(quotes_of(1027))));
    CHECK(is_hit(bed.daemon.get("/v2/cryptocurrency/quotes/latest?symbol=BTC,ETH")));
    CHECK(daemon_calls(bed.sim).size() == calls);
    CHECK(bed.warm({"--assets", "ETH,1,NOSUCHCOIN", "--wait", "--explain"}) == 0);
    CHECK(bed.says("2 fresh"));
    CHECK(bed.says("1 absent"));
    CHECK(bed.says("; unknown: NOSUCHCOIN; shared: ETH (2 assets)"));
    const auto other = asset_ids(bed.sim, 50).back();
    bed.sim.change_coin("{\"id\":" + std::to_string(other) + ",\"symbol\":\"BTC\"}");
    advance(bed.daemon, 61s);
    CHECK(bed.warm({"--assets", "BTC,ETH", "--wait", "--format", "json"}) == 0);
    CHECK(bed.says(R"("names":[{"name":"BTC","assets":4},{"name":"ETH","assets":2}])"));
    CHECK(is_hit(bed.daemon.get(quotes_of(other))));
  }

  TEST_CASE("nothing can be ordered where the settings say so") {
    Bed bed({"warm.mode=daemon"});
    CHECK(bed.warm({"--popular", "3"}) == 64);
    CHECK(bed.says("warm.mode"));
  }

  TEST_CASE("a call that fails is said, and the run ends") {
    Bed bed({"warm.mode=cron", "upstream.retries=0"});
    bed.sim.fault(R"({"kind":"status_5xx","count":-1})");
    CHECK(bed.warm({"--assets", "1,2", "--wait"}) == 2);
    CHECK(bed.says("2 failed"));
    CHECK(bed.says("; failed: The provider "));
    // Nor is the next one tried while the lane is held off, and it says why.
    CHECK(bed.warm({"--assets", "1 2", "--wait"}) == 2);
    CHECK(bed.says("2 not tried; 0 calls"));
    CHECK(bed.says("; failed: The provider "));
  }

  TEST_CASE("nothing of a file is ordered that has a mistake in it") {
    Bed bed({"warm.mode=cron"});
    write_file(bed.dir / "ids", ids(1, 6000) + "1;2\n");
    CHECK(bed.warm({"--assets-file", bed.dir / "ids"}) == 65);
    CHECK(bed.says("'1;2' in line 6001"));
    CHECK(bed.runs() == "{\"runs\":[]}\n");
  }

  TEST_CASE("unknown assets of a list keep no client waiting for a name") {
    Bed bed({"warm.mode=cron"});
    write_file(bed.dir / "ids", ids(900'000, 901'000));
    CHECK(bed.warm({"--assets-file", bed.dir / "ids"}) == 0);
    CHECK(bed.says("1,001 absent"));
    const auto asked = Steady::now();
    CHECK(bed.daemon.get("/v2/cryptocurrency/quotes/latest?symbol=NOSUCHCOIN").status == 200);
    CHECK(Steady::now() - asked < 5s);  // of the twelve that a name may be kept waiting
  }

  TEST_CASE("warming stops before what is kept for clients, who are served on") {
    Bed bed({"warm.mode=cron", "credits.per_month=10", "credits.foreground_reserve=0.5"});
    write_file(bed.dir / "ids", ids(1, 1000));
    CHECK(bed.warm({"--assets-file", bed.dir / "ids", "--wait"}) == 1);
    CHECK(bed.says("stopped"));
    const auto spent = charged(daemon_calls(bed.sim));
    CHECK(spent >= 4);
    CHECK(spent <= 5);
    CHECK(bed.daemon.get(quotes_of(4000)).status == 200);
    CHECK(bed.warm({"--assets-file", bed.dir / "ids", "--max-credits", "3", "--wait"}) >= 1);
    CHECK(charged(daemon_calls(bed.sim)) <= spent + 1);
  }

  TEST_CASE("a run ends before it costs more than it may") {
    Bed bed({"warm.mode=cron"});
    write_file(bed.dir / "ids", ids(1, 1000));
    CHECK(bed.warm({"--assets-file", bed.dir / "ids", "--max-credits", "3", "--wait"}) == 1);
    CHECK(charged(daemon_calls(bed.sim)) == 3);
    CHECK(bed.says("stopped: max_credits"));
  }

  TEST_CASE("after a clock was set back a run does not take what is asked for as dropped") {
    Bed bed({"warm.mode=cron"});
    advance(bed.daemon, 86400s);
    REQUIRE(bed.daemon.get(quotes_of(1)).status == 200);
    advance(bed.daemon, 61s);
    REQUIRE(bed.warm({"--popular", "5", "--wait"}) == 0);
    CHECK(daemon_calls(bed.sim).size() == 2);
    advance(bed.daemon, -86400s);
    REQUIRE(bed.daemon.get(quotes_of(1)).status == 200);
    advance(bed.daemon, 61s);
    REQUIRE(bed.warm({"--popular", "5", "--wait"}) == 0);
    CHECK(bed.runs().find("\"unasked\":1") == std::string::npos);
    CHECK(daemon_calls(bed.sim).size() == 4);
  }

  TEST_CASE("one run at a time; it goes on without whoever ordered it, and is remembered") {
    Bed bed({"warm.mode=cron"});
    bed.sim.set(R"({"latency":200})");
    write_file(bed.dir / "ids", ids(1, 1000));
    Process first(bed.command({"--assets-file", bed.dir / "ids"}), bed.dir.path(), "first");
    const auto is_running = [&] {
      return bed.runs().find("\"state\":\"running\"") != std::string::npos;
    };
    REQUIRE(wait_until(is_running, kLimit));
    CHECK(bed.warm({"--popular", "3"}) == 4);
    first.signal(SIGINT);
    const auto ended = first.wait(kLimit);
    REQUIRE(ended);
    CHECK(ended->code == 130);
    CHECK(first.err().find("interrupted; run 1 goes on, the rest of the file is not ordered") !=
          std::string::npos);
    CHECK(is_running());
    REQUIRE(wait_until([&] { return !is_running(); }, kLimit));
    CHECK(bed.runs().find("\"state\":\"done\"") != std::string::npos);
    CHECK(charged(daemon_calls(bed.sim)) == 10);
    bed.daemon.restart();
    CHECK(bed.runs().find("\"what\":\"1000 assets\"") != std::string::npos);
  }

  TEST_CASE("a run that the daemon's end cuts short is lost, and the next one has another number") {
    Bed bed({"warm.mode=cron"});
    bed.sim.set(R"({"latency":2000})");
    REQUIRE(bed.warm({"--assets", "1"}) == 0);
    bed.daemon.process().kill9();
    bed.daemon.start();
    CHECK(bed.runs().find("\"id\":1,\"state\":\"lost\"") != std::string::npos);
    REQUIRE(bed.warm({"--assets", "2"}) == 0);
    CHECK(bed.says("run 2"));
  }

  TEST_CASE("asks that found a copy of the run fresh are counted") {
    Bed bed({"warm.mode=cron"});
    REQUIRE(bed.warm({"--assets", "1,2", "--wait"}) == 0);
    for (int i = 0; i < 5; ++i) CHECK(is_hit(bed.daemon.get(quotes_of(1))));
    advance(bed.daemon, 61s);
    const auto is_counted = [&] {
      return bed.runs().find("\"asks_fresh\":5") != std::string::npos;
    };
    CHECK(wait_until(is_counted, kLimit));
    CHECK(metric(bed.daemon, "quotecached_warmed_wasted_total") == 1);
  }
}
