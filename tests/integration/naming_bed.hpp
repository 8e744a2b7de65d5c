// A proxy with memory and a tier below it over a provider that serves a NamingWorld; asked on the
// test's own thread, by a clock that stands still until it is moved.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "cache/chain.hpp"
#include "cache/codec.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "naming_answer.hpp"
#include "naming_world.hpp"
#include "provider/coinmarketcap.hpp"
#include "proxy/proxy.hpp"
#include "refill/refill.hpp"
#include "scripted_upstream.hpp"
#include "upstream/client.hpp"

namespace quotecached::test {

// The tier below memory: what is stored is encoded, as in the real ones.
class MapTier final : public cache::Tier {
 public:
  using Rows = std::map<std::string, std::string>;
  explicit MapTier(std::shared_ptr<Rows> rows) : rows_(std::move(rows)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "sqlite"; }
  asio::awaitable<Result<cache::Found>> lookup(std::vector<std::string> keys, TimePoint) override {
    cache::Found found;
    for (const auto& key : keys) {
      const auto at = rows_->find(key);
      cache::EntryPtr entry;
      if (at != rows_->end()) {
        if (auto decoded = cache::decode(at->second, key)) entry = *decoded;
      }
      found.entries.push_back(std::move(entry));
    }
    co_return found;
  }
  asio::awaitable<Result<void>> store(std::vector<cache::Item> items, TimePoint) override {
    for (const auto& item : items) (*rows_)[item.key] = cache::encode(*item.entry, item.key);
    co_return Result<void>();
  }
  asio::awaitable<Result<void>> remove(std::vector<std::string> keys) override {
    for (const auto& key : keys) rows_->erase(key);
    co_return Result<void>();
  }
  asio::awaitable<Result<void>> probe() override { co_return Result<void>(); }

 private:
  std::shared_ptr<Rows> rows_;
};

struct HandClock final : Clock {
  static constexpr TimePoint kStart{std::chrono::seconds(1'800'000'000)};
  std::atomic<TimePoint> at{kStart};
  [[nodiscard]] TimePoint now() const noexcept override { return at; }
  [[nodiscard]] milliseconds since_start() const { return at.load() - kStart; }
};

class NamingBed {
 public:
  explicit NamingBed(int coins, milliseconds names = std::chrono::hours(1), bool rides = false)
      : world(coins),
        upstream(loop, [this](const std::string& target) { return answer(target); }),
        chain(loop.get_executor(), {memory, lower()}, {}, clock, Log()),
        client(make_client()),
        book({nullptr, policy, clock}, {}, unrecorded(), Log()),
        clients(book, {}, {}, clock),
        refill(loop.get_executor(),
               {chain, *client, book, dialect, forms, policy},
               refill_options(names, rides),
               clock,
               Log()),
        proxy(loop.get_executor(),
              {memory, chain, refill, book, clients, dialect, forms, policy, clock},
              proxy_options(names),
              Log()) {}

  // What a client gets, and its body.
  proxy::Answer ask(const std::string& target, std::string& body) {
    proxy::ClientRequest asked;
    REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, asked.canonical));
    std::optional<proxy::Answer> got(std::in_place);
    if (!proxy.try_answer(asked.canonical, *got)) got = serve(std::move(asked));
    body.clear();
    for (const auto piece : got->pieces) body += piece;
    return std::move(*got);
  }

  // Lets what runs behind answers come to its end.
  void settle() {
    while (loop.run_one_for(std::chrono::milliseconds(2)) > 0) {
    }
  }

  [[nodiscard]] NamingAsk call(std::size_t at) const {
    return read_naming_ask(upstream.calls()[at]);
  }
  [[nodiscard]] milliseconds called_at(std::size_t at) const { return call_times_[at]; }
  [[nodiscard]] std::size_t calls() const { return upstream.calls().size(); }

  asio::io_context loop;
  HandClock clock;
  NamingWorld world;
  std::shared_ptr<MapTier::Rows> below = std::make_shared<MapTier::Rows>();
  ScriptedUpstream upstream;
  cache::MemoryTier memory{{}};
  cache::Chain chain;
  std::unique_ptr<upstream::Client> client;
  pacing::PublishedPolicy policy;
  credit::Book book;
  credit::ClientBook clients;
  provider::CoinMarketCap dialect;
  provider::StatusForms forms{catalog::Catalogue::built_in().endpoints().size()};
  refill::Refill refill;
  proxy::Proxy proxy;

 private:
  static credit::Book::Options unrecorded() {
    credit::Book::Options options;
    options.stops_on_ledger_failure = false;
    return options;
  }
  static refill::Refill::Options refill_options(milliseconds names, bool rides) {
    refill::Refill::Options options;
    options.rides = rides;
    options.planner.window = milliseconds(0);
    options.times.ttl_jitter = 0;
    options.times.names = names;
    options.junk.free_names = 1e9;
    options.failure_throttle = milliseconds(0);
    options.caller.retries = 0;
    return options;
  }
  static proxy::Proxy::Options proxy_options(milliseconds names) {
    proxy::Proxy::Options options;
    options.names = names;
    return options;
  }
  std::vector<std::unique_ptr<cache::Tier>> lower() {
    std::vector<std::unique_ptr<cache::Tier>> tiers;
    tiers.push_back(std::make_unique<MapTier>(below));
    return tiers;
  }
  std::unique_ptr<upstream::Client> make_client() {
    upstream::Client::Options options;
    options.base_url = upstream.url();
    auto made = upstream::Client::make(loop.get_executor(), std::move(options), Log());
    REQUIRE(made);
    return std::move(*made);
  }

  proxy::Answer serve(proxy::ClientRequest asked) {
    std::optional<proxy::Answer> got;
    auto serving = proxy.serve(std::move(asked));
    asio::co_spawn(
        loop, std::move(serving), [&got](std::exception_ptr failure, proxy::Answer answer) {
          if (!failure) got.emplace(std::move(answer));
        });
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!got && std::chrono::steady_clock::now() < end)
      loop.run_one_for(std::chrono::seconds(1));
    REQUIRE(got);
    return std::move(*got);
  }

  Reply answer(const std::string& target) {
    call_times_.push_back(clock.since_start());
    return {.body = naming_answer(world, read_naming_ask(target), clock.since_start())};
  }

  std::vector<milliseconds> call_times_;
};

}  // namespace quotecached::test
