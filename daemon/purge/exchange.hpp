// Talks with the other daemons on the Redis about purges: tells ours, takes over theirs.
//
// The talk is pure but for the connection (purge/told.hpp). Used on the engine's loop only;
// destroyed before it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "purge/rule_book.hpp"
#include "purge/told.hpp"

namespace quotecached::redis {
class Connection;
}

namespace quotecached::purge {

namespace asio = boost::asio;

class Exchange {
 public:
  struct Options {
    std::string url = "redis://127.0.0.1:6379";  // see redis_url.hpp
    std::string password;                        // instead of one in the URL
    std::string name;                            // ours, among all daemons: for people as well
    std::chrono::milliseconds timeout{1000};
    std::chrono::milliseconds connect_timeout{500};
  };
  // Takes rules over: on return they hold here. False: not all of them could be.
  using TakeOver = std::function<bool(const cache::PurgeRules& rules)>;

  // Does not connect yet. Fails with Invalid when the URL is not one. `book` must outlive it.
  static Result<std::unique_ptr<Exchange>> make(asio::any_io_executor loop,
                                                Options options,
                                                const RuleBook& book,
                                                const Clock& clock,
                                                TakeOver take_over,
                                                Log log);
  ~Exchange();

  // The rule of this text is to be told at the next talk; all that are held.
  void tell(std::string text) { untold_.insert(std::move(text)); }
  void tell_all();
  // These have given way to rules that are held: once all are told, who comes later need not hear
  // of them.
  void withdraw(const std::vector<ReplacedRule>& rules) {
    withdrawn_.insert(withdrawn_.end(), rules.begin(), rules.end());
  }

  // Tells what is to be told, and takes over what is new. Fails with Unavailable or Timeout, which
  // was logged: it is told at the next talk.
  enum class Talk : std::uint8_t { Full, Brief };  // Brief: of other daemons if rules are new only
  asio::awaitable<Result<Heard>> talk(Talk how);

  // Talks until all others that were heard of lately hold what was told up to now, at most `limit`.
  asio::awaitable<Result<Confirmation>> confirm(std::chrono::milliseconds limit);

  // How far the clock of any other may be ahead of ours, by the last talk.
  [[nodiscard]] milliseconds lead_of_others() const;

  // No daemon waits for this one any more.
  asio::awaitable<void> leave();

 private:
  Exchange(Options options,
           std::unique_ptr<redis::Connection> connection,
           const RuleBook& book,
           const Clock& clock,
           TakeOver take_over,
           Log log);
  asio::awaitable<Result<Heard>> exchange(Talk how);
  [[nodiscard]] std::set<std::string> take_untold();
  asio::awaitable<void> withdraw_replaced();
  [[nodiscard]] std::vector<ReplacedRule> take_withdrawn();
  [[nodiscard]] cache::PurgeRules rules_of(const std::set<std::string>& texts) const;
  void note(const Result<Heard>& how);

  Options options_;
  std::unique_ptr<redis::Connection> connection_;
  const RuleBook& book_;
  const Clock& clock_;
  TakeOver take_over_;
  Log log_;
  std::set<std::string> untold_;
  std::vector<ReplacedRule> withdrawn_;
  std::size_t telling_ = 0;  // talks under way that tell rules
  std::string epoch_;
  std::int64_t heard_ = 0;
  milliseconds ahead_at_most_{0};  // of Redis' clock, by the last talk
  milliseconds ahead_at_least_{0};
  Heard last_;
  bool is_failing_ = false;
};

}  // namespace quotecached::purge
