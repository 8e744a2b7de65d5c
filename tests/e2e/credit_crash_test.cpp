// kill -9 at any moment, again and again: the provider's own count never passes the cap, and
// nothing it charged is missing from the ledger.
#include <random>
#include <thread>

#include "e2e/credit_bed.hpp"

namespace quotecached::test {
namespace {

constexpr std::size_t kRounds = 10;  // each with an account and a database of its own
constexpr std::size_t kKillsPerRound = 20;
constexpr std::int64_t kCap = 100;
constexpr unsigned kClients = 6;

// Clients that ask for cold things until told to stop, whether they get an answer or not.
class ColdLoad {
 public:
  ColdLoad(std::string base_url, const std::vector<int>& ids, unsigned seed)
      : base_url_(std::move(base_url)), ids_(ids) {
    for (unsigned i = 0; i < kClients; ++i) {
      threads_.emplace_back([this, i, seed] { ask(seed * kClients + i); });
    }
  }
  ~ColdLoad() {
    is_stopping_ = true;
    for (auto& thread : threads_) thread.join();
  }
  ColdLoad(const ColdLoad&) = delete;
  ColdLoad& operator=(const ColdLoad&) = delete;

  // Returns when there were so many answers, good or bad, or after a while.
  void run_until_answered(int answers) const {
    (void)wait_until([&] { return answers_ >= answers; }, seconds(5));
  }

 private:
  void ask(unsigned seed) {
    HttpClient http({.limit = milliseconds(2'000)});
    std::minstd_rand random(seed + 1);
    while (!is_stopping_) {
      const int id = ids_[random() % ids_.size()];
      if (http.get(base_url_ + separate_target(id, random() % kSeparate)).status == 0) return;
      ++answers_;
    }
  }

  const std::string base_url_;
  const std::vector<int>& ids_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<int> answers_{0};
  std::vector<std::thread> threads_;
};

struct Round {
  std::int64_t charged = 0;
  std::int64_t in_ledger = 0;   // before the provider was asked
  std::int64_t reconciled = 0;  // after
  std::size_t calls_lost = 0;   // that a kill found under way
};

Round run_round(std::size_t number) {
  stay_in_day(std::chrono::minutes(3));
  Sim sim(Sim::Options{.has_tls = false, .arguments = frozen({"--latency", "lognormal:6:40"})});
  const auto ids = asset_ids(sim, 1000);
  Daemon daemon({.base_url = sim.base_url(),
                 .sets = {"credits.plan=auto", "credits.per_day=" + std::to_string(kCap)},
                 .waits_until_ready = false});
  std::minstd_rand random(static_cast<unsigned>(number) + 7);
  for (std::size_t kill = 0; kill < kKillsPerRound; ++kill) {
    {
      const ColdLoad load(daemon.base_url(), ids, static_cast<unsigned>(number * 100 + kill));
      // At any moment; and, since a slow machine does nothing in that time, when there was work.
      if (kill % 2 == 0) {
        let_run(milliseconds(random() % 40));
      } else {
        load.run_until_answered(1 + static_cast<int>(random() % 6));
      }
      daemon.kill9();
    }
    CAPTURE(kill);
    REQUIRE(charged(daemon_calls(sim)) <= kCap);
    daemon.start();
  }
  Round round;
  round.charged = charged(daemon_calls(sim));
  round.in_ledger = spent(daemon, "day");
  round.calls_lost =
      count_of(daemon.get("/admin/credits/calls?limit=1000").body, "\"state\":\"lost\"");
  // The provider's count is believed about calls that are over for a while.
  advance_both(daemon, sim, seconds(120));
  const auto after = daemon.request("POST", "/admin/credits/reconcile");
  must(after);
  round.reconciled = number_in(window_in(after.body, "day"), "spent");
  return round;
}

}  // namespace

TEST_SUITE("e2e::credit_crash") {
  TEST_CASE("200 kills under load never overspend, and the ledger misses nothing") {
    std::int64_t sum = 0;
    std::int64_t on_top = 0;
    std::size_t calls_lost = 0;
    for (std::size_t number = 0; number < kRounds; ++number) {
      CAPTURE(number);
      const Round round = run_round(number);
      CHECK(round.charged > 0);
      CHECK(round.in_ledger >= round.charged);
      CHECK(round.reconciled == round.charged);
      sum += round.charged;
      on_top += round.in_ledger - round.charged;
      calls_lost += round.calls_lost;
    }
    CHECK(calls_lost > 0);  // else no kill came at the moment that matters
    MESSAGE((kRounds * kKillsPerRound)
            << " kills: " << sum << " credits charged of "
            << (kRounds * static_cast<std::size_t>(kCap)) << ", " << calls_lost
            << " calls were under way, for which " << on_top
            << " credits too many counted until the provider was asked");
  }
}

}  // namespace quotecached::test
