// Purges: takes orders, holds the rules that they come to, and has them hold on all daemons that
// share a Redis.
//
// A rule covers what was fetched before it: it is kept (in the database) for as long as any tier
// may hold such a copy, and every copy that a tier has is held against it. When an order is
// answered, nothing that it covers is served here, nor by any daemon that the answer says has
// confirmed. Used on the engine's loop only.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "cache/chain.hpp"
#include "catalog/catalogue.hpp"
#include "io/event.hpp"
#include "io/task_group.hpp"
#include "purge/census.hpp"
#include "purge/exchange.hpp"
#include "purge/order.hpp"
#include "purge/rule_book.hpp"

namespace quotecached::store {
class Writer;
}

namespace quotecached::purge {

// What became of an order.
struct Report {
  enum class Others : std::uint8_t {
    None,          // no Redis is shared, or nobody else was heard of for five minutes
    Confirmed,     // all of them hold the rule
    NotConfirmed,  // those of `lacking` may not
    NotTold,       // Redis does not answer: they are told when it does
  };
  bool is_dry = false;
  std::vector<std::string> quoted;  // the assets as currencies: what is priced in them goes as well
  Census census;
  std::size_t swept = 0;  // out of memory
  TimePoint before{};     // of what was not purged in the end: when it was counted
  TimePoint until{};
  bool is_kept = false;  // in the database: a restart does not undo it
  Others others = Others::None;
  Confirmation confirmation;
};

class Desk {
 public:
  struct Options {
    Tags tags;
    // How long any tier may hold a copy.
    milliseconds longest_hold{std::chrono::hours(48)};
    std::size_t most_rules = 1000;
    std::size_t most_unconfirmed = 100;            // entries that go without Order::is_confirmed
    std::chrono::milliseconds look_limit{10'000};  // at memory, on a thread of the pool
    std::chrono::milliseconds census_limit{10'000};
    std::chrono::milliseconds commit_limit{2000};
    std::chrono::milliseconds confirm_limit{2000};
    std::chrono::milliseconds talk_every{200};
  };
  // All must outlive it. `writer` may be null, as the readers: there is no database.
  struct Parts {
    const catalog::Catalogue& catalogue;
    cache::MemoryTier& memory;
    cache::Chain& chain;
    store::Writer* writer;
    std::shared_ptr<store::ReaderPool> readers;
    io::OffloadPool* pool;
    const Clock& clock;
  };

  // Holds the rules that the database has. Blocks.
  Desk(asio::any_io_executor loop, const Parts& parts, Options options, Log log);
  ~Desk();

  // Daemons on this Redis are told, and tell. Before begin(); fails with Invalid.
  Result<void> share(Exchange::Options options);

  // Hears what others have purged, at most `limit`, and goes on doing so. To be awaited before
  // anybody is served.
  asio::awaitable<void> begin(std::chrono::milliseconds limit);

  // Called whenever more is purged than before, once memory is swept. Before begin().
  void on_purged(std::function<void()> observer) { on_purged_ = std::move(observer); }

  // Fails with Invalid, naming the field, and with Exhausted: too many entries without a word that
  // they may go, or too many rules.
  asio::awaitable<Result<Report>> purge(Order order);

  // All rules again, in a database that was made anew.
  void keep_all();

  // Ends rules whose time is over. To be called each second, and when the clock was moved.
  void tick();

  [[nodiscard]] std::size_t rules() const noexcept { return book_.size(); }

  // Of orders from here on.
  void change_tags(Tags tags) { options_.tags = std::move(tags); }
  // Rules from here on last as long, if that is longer than before: copies that are held may be of
  // before.
  void lengthen_hold(milliseconds longest) {
    options_.longest_hold = std::max(options_.longest_hold, longest);
  }

  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  // What memory has of a purge.
  struct Seen {
    cache::PurgePattern pattern;  // with all that its assets are called
    std::set<std::string> keys;   // that it covers
  };
  struct Look;

  asio::awaitable<void> resolve(cache::PurgePattern* pattern);
  asio::awaitable<Seen> look(cache::PurgePattern pattern);
  bool take_over(const cache::PurgeRules& rules);
  std::size_t hold(const cache::PurgeRules& added);
  // Those that the database and Redis need not have any more.
  std::vector<ReplacedRule> take_replaced();
  asio::awaitable<bool> keep(cache::PurgeRules rules);
  asio::awaitable<void> confirm(Report* report);
  asio::awaitable<void> talk_on();
  [[nodiscard]] Result<cache::PurgeRule> add_rule(cache::PurgePattern pattern);

  asio::any_io_executor loop_;
  Parts parts_;
  Options options_;
  Log log_;
  RuleBook book_;
  std::unique_ptr<Exchange> exchange_;  // null: nobody shares the tiers
  std::function<void()> on_purged_;
  io::Event has_talked_;
  io::TaskGroup tasks_;
};

}  // namespace quotecached::purge
