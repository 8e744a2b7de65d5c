// A bed: an upstream that knows everything, one or more daemons over it with their tiers, and the
// time they believe in.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/account_rules.hpp"
#include "model/knowing_upstream.hpp"
#include "model/plan.hpp"
#include "model/seen.hpp"
#include "model/timeline.hpp"
#include "support/daemon.hpp"
#include "support/memcached_server.hpp"
#include "support/redis_server.hpp"

namespace quotecached::model {

struct Ask {
  Question question;
  std::size_t daemon = 0;
  std::string client{};  // a token's name
};

class Bed {
 public:
  Bed(const BedPlan& plan, std::uint64_t seed);

  // All of them at once, sixteen at a time. Answers stand in the order of the asks.
  std::vector<Seen> ask(const std::vector<Ask>& asks);
  // The same, while a daemon is killed after a moment. It runs again on return.
  std::vector<Seen> ask_and_kill(const std::vector<Ask>& asks,
                                 std::size_t daemon,
                                 milliseconds after);

  // Each of these waits until nothing is under way.
  void jump(milliseconds by);
  void restart(std::size_t daemon);
  void lose_copies(std::size_t what);  // any number

  // Until no daemon has a request or a call in progress; throws after twenty seconds.
  void settle();
  // After settle().
  Ledger ledger(std::size_t daemon);
  // How the tokens' days stand now; without what their answers said.
  std::vector<Spent> budgets(std::size_t daemon);

  [[nodiscard]] const World& world() const noexcept { return world_; }
  [[nodiscard]] const Timeline& timeline() const noexcept { return timeline_; }
  [[nodiscard]] const std::vector<milliseconds>& losses() const noexcept { return losses_; }
  [[nodiscard]] bool has_stepped_back() const noexcept { return has_stepped_back_; }
  [[nodiscard]] KnowingUpstream& upstream() noexcept { return *upstream_; }
  // The calls of one daemon's account.
  [[nodiscard]] std::vector<Call> calls_of(std::size_t daemon) const;

 private:
  [[nodiscard]] milliseconds now() const;
  // By the daemon's clock.
  [[nodiscard]] std::string data_time(std::uint32_t call, bool lies) const;
  [[nodiscard]] std::vector<std::string> sets() const;
  [[nodiscard]] std::string url_of(const Ask& ask) const;
  test::HttpResponse order(std::size_t daemon,
                           const std::string& method,
                           const std::string& target,
                           const std::string& body = {});
  bool is_settled(std::size_t daemon);
  // The clock of a daemon that was started again is the system's.
  void clock_was_reset(std::size_t daemon);
  void move_clock(std::size_t daemon, milliseconds by);
  static void read_page(const std::string& page, Ledger& ledger);

  const BedPlan plan_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const World world_;
  Timeline timeline_;
  std::atomic<milliseconds> clock_offset_{milliseconds(0)};  // the timeline's, for other threads
  std::vector<milliseconds> losses_;
  bool has_stepped_back_ = false;
  test::TempDir dir_;
  std::optional<test::RedisServer> redis_;
  std::optional<test::MemcachedServer> memcached_;
  std::unique_ptr<KnowingUpstream> upstream_;
  std::vector<std::unique_ptr<test::Daemon>> daemons_;
  test::HttpClient client_;
};

}  // namespace quotecached::model
