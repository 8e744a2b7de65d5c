#include "http/ask_log.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace quotecached::http;

using Keys = std::vector<std::uint64_t>;

namespace {

// Of a request for so many keys, from `first` on.
Keys keys_from(std::uint64_t first, std::size_t count) {
  Keys keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(first + i);
  return keys;
}

}  // namespace

TEST_SUITE("http::AskLog") {
  TEST_CASE("what was added is taken once, in order") {
    const auto log = std::make_unique<AskLog>();
    CHECK(log->take().keys.empty());
    log->add({});
    log->add(keys_from(1, 2));
    log->add(keys_from(7, 1));
    const auto asks = log->take();
    CHECK(asks.keys == Keys{1, 2, 7});
    CHECK(asks.each == 1);
    CHECK(log->take().keys.empty());
  }

  TEST_CASE("is filled to its last place, and goes round") {
    const auto log = std::make_unique<AskLog>();
    log->add(keys_from(0, 1000));
    (void)log->take();
    const auto all = keys_from(5, AskLog::kRoom);
    log->add(all);
    const auto asks = log->take();
    CHECK(asks.keys == all);
    CHECK(asks.each == 1);
  }

  TEST_CASE("what finds no room is counted, and those that are kept stand for it") {
    const auto log = std::make_unique<AskLog>();
    log->add(keys_from(0, AskLog::kRoom - 1));
    log->add(keys_from(0, 2));  // all of a request or nothing
    log->add(keys_from(9, 1));
    log->add(keys_from(0, AskLog::kRoom));
    auto asks = log->take();
    CHECK(asks.keys.size() == AskLog::kRoom);
    CHECK(asks.keys.back() == 9);
    CHECK(asks.each == doctest::Approx((2.0 * AskLog::kRoom + 2) / AskLog::kRoom));
    log->add(keys_from(3, 1));
    asks = log->take();
    CHECK(asks.keys == Keys{3});
    CHECK(asks.each == 1);
  }

  TEST_CASE("a request for more than there is room for is left out, and burdens nobody later") {
    const auto log = std::make_unique<AskLog>();
    log->add(keys_from(0, AskLog::kRoom + 1));
    CHECK(log->take().keys.empty());
    log->add(keys_from(1, 1));
    CHECK(log->take().each == 1);
  }

  TEST_CASE("one thread adds while another takes: nothing is torn or taken twice") {
    const auto log = std::make_unique<AskLog>();
    constexpr std::uint64_t kOfEach = 3;
    std::atomic<bool> is_enough{false};
    std::uint64_t added = 0;
    std::thread writer([&] {
      for (; !is_enough; added += kOfEach) {
        const std::uint64_t keys[] = {added, added + 1, added + 2};
        log->add(keys);
      }
    });
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    std::size_t taken = 0;
    double stood_for = 0;
    std::uint64_t next = 0;  // the least that may come
    bool is_whole = true;
    while (is_whole && taken < 50'000 && std::chrono::steady_clock::now() < end) {
      const auto asks = log->take();
      taken += asks.keys.size();
      stood_for += static_cast<double>(asks.keys.size()) * asks.each;
      is_whole = asks.keys.size() % kOfEach == 0;
      for (std::size_t at = 0; is_whole && at < asks.keys.size(); at += kOfEach) {
        const auto first = asks.keys[at];
        is_whole = first >= next && first % kOfEach == 0 && asks.keys[at + 2] == first + 2;
        next = first + kOfEach;
      }
    }
    is_enough = true;
    writer.join();
    CHECK(is_whole);
    CHECK(taken >= 50'000);
    CHECK(stood_for >= static_cast<double>(taken));
    CHECK(stood_for <= static_cast<double>(added) * (1 + 1e-9));
  }
}
