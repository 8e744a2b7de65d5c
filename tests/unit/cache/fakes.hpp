// A tier in memory that fails, dawdles or lies on demand, and a clock that stands still.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/hash.hpp"
#include "cache/tier.hpp"

namespace quotecached::test {

using std::chrono::milliseconds;

inline constexpr TimePoint kNow{std::chrono::seconds(1'800'000'000)};

struct StillClock final : Clock {
  std::atomic<TimePoint> at{kNow};
  [[nodiscard]] TimePoint now() const noexcept override { return at; }
};

// An entry fetched `age` ago, fresh for a minute and usable for an hour from then.
inline cache::EntryPtr make_entry(std::string text, milliseconds age = milliseconds(0)) {
  cache::Entry entry;
  entry.content_hash = hash64(text);
  entry.fragment.text = std::move(text);
  entry.fetched_at = kNow - age;
  entry.fresh_until = entry.fetched_at + std::chrono::seconds(60);
  entry.stale_until = entry.fetched_at + std::chrono::hours(1);
  return std::make_shared<const cache::Entry>(std::move(entry));
}

// What a test does to a tier, and what the tier was asked; outlives both.
struct TierControl {
  std::map<std::string, cache::EntryPtr> held;
  bool is_failing = false;
  bool is_read_only = false;
  bool is_throwing = false;
  milliseconds delay{0};
  std::vector<std::vector<std::string>> lookups;
  std::vector<std::size_t> stores;  // batch sizes
  int probes = 0;
};

class FakeTier final : public cache::Tier {
 public:
  FakeTier(std::string name, std::shared_ptr<TierControl> control)
      : name_(std::move(name)), control_(std::move(control)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }

  boost::asio::awaitable<Result<cache::Found>> lookup(std::vector<std::string> keys,
                                                      TimePoint) override {
    control_->lookups.push_back(keys);
    co_await wait();
    if (control_->is_throwing) throw std::runtime_error("a bug");
    if (control_->is_failing) co_return fail(ErrorCode::Unavailable, "pulled the plug");
    cache::Found found;
    for (const auto& key : keys) {
      const auto at = control_->held.find(key);
      found.entries.push_back(at == control_->held.end() ? nullptr : at->second);
    }
    co_return found;
  }

  boost::asio::awaitable<Result<void>> store(std::vector<cache::Item> items, TimePoint) override {
    control_->stores.push_back(items.size());
    co_await wait();
    if (control_->is_failing || control_->is_read_only) {
      co_return fail(ErrorCode::Unavailable, "cannot write");
    }
    for (auto& item : items) control_->held[item.key] = item.entry;
    co_return Result<void>();
  }

  boost::asio::awaitable<Result<void>> remove(std::vector<std::string> keys) override {
    if (control_->is_failing) co_return fail(ErrorCode::Unavailable, "pulled the plug");
    for (const auto& key : keys) control_->held.erase(key);
    co_return Result<void>();
  }

  boost::asio::awaitable<Result<void>> probe() override {
    ++control_->probes;
    if (control_->is_failing) co_return fail(ErrorCode::Unavailable, "pulled the plug");
    co_return Result<void>();
  }

 private:
  boost::asio::awaitable<void> wait() {
    if (control_->delay == milliseconds(0)) co_return;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, control_->delay);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }

  std::string name_;
  std::shared_ptr<TierControl> control_;
};

}  // namespace quotecached::test
