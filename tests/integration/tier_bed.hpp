// Runs a tier's calls on a loop of the test's own, and makes entries.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "cache/entry.hpp"
#include "cache/tier.hpp"

namespace quotecached::test {

inline TimePoint now() { return SystemClock().now(); }

inline cache::EntryPtr make_entry(std::string text, milliseconds age = milliseconds(0)) {
  cache::Entry entry;
  entry.content_hash = hash64(text);
  entry.fragment.text = std::move(text);
  entry.fetched_at = now() - age;
  entry.fresh_until = entry.fetched_at + std::chrono::seconds(60);
  entry.stale_until = entry.fetched_at + std::chrono::hours(1);
  return std::make_shared<const cache::Entry>(std::move(entry));
}

class TierBed {
 public:
  boost::asio::io_context loop;

  // Runs one call to its end and keeps how long it took.
  template <class T>
  T await(boost::asio::awaitable<T> call) {
    std::optional<T> result;
    const auto start = std::chrono::steady_clock::now();
    boost::asio::co_spawn(loop, std::move(call), [&](std::exception_ptr failure, T value) {
      CHECK_FALSE(failure);
      result.emplace(std::move(value));
    });
    loop.restart();
    const auto deadline = start + std::chrono::seconds(10);
    while (!result && std::chrono::steady_clock::now() < deadline) {
      loop.run_one_for(std::chrono::milliseconds(100));
    }
    took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
    REQUIRE(result.has_value());
    return std::move(*result);
  }

  Result<cache::Found> lookup(cache::Tier& tier, std::vector<std::string> keys) {
    return await(tier.lookup(std::move(keys), now()));
  }
  Result<void> store(cache::Tier& tier, std::vector<cache::Item> items) {
    return await(tier.store(std::move(items), now()));
  }
  // The text under `key`, or "-" for a miss.
  std::string text(cache::Tier& tier, const std::string& key) {
    auto found = lookup(tier, {key});
    REQUIRE_MESSAGE(found, found.error().message);
    const auto& entry = found->entries.at(0);
    return entry ? entry->fragment.text : "-";
  }

  milliseconds took{0};
};

}  // namespace quotecached::test
