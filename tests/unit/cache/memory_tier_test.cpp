#include "cache/memory_tier.hpp"

#include <cmath>
#include <list>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <doctest/doctest.h>

#include "cache/memory_shard.hpp"
#include "fakes.hpp"

using namespace quotecached;
using namespace quotecached::cache;
using test::make_entry;

namespace {

std::string key_of(std::size_t i) { return "qc1:quotes:id:" + std::to_string(i) + ":USD:0"; }

std::size_t cost_of_one(std::size_t text_size) {
  return memory_cost(key_of(100'000), *make_entry(std::string(text_size, 'x')));
}

MemoryTier::Options options(std::uint64_t bytes, std::size_t shards = 16) {
  return {Bytes{bytes}, shards};
}

// The textbook, to compare with.
class Lru {
 public:
  explicit Lru(std::size_t capacity) : capacity_(capacity) {}
  bool ask(std::size_t key) {
    const auto at = places_.find(key);
    if (at != places_.end()) {
      order_.splice(order_.begin(), order_, at->second);
      return true;
    }
    if (places_.size() == capacity_) {
      places_.erase(order_.back());
      order_.pop_back();
    }
    order_.push_front(key);
    places_[key] = order_.begin();
    return false;
  }

 private:
  std::size_t capacity_;
  std::list<std::size_t> order_;
  std::unordered_map<std::size_t, std::list<std::size_t>::iterator> places_;
};

}  // namespace

TEST_SUITE("cache::MemoryTier") {
  TEST_CASE("what was stored is found, and nothing else") {
    MemoryTier tier({});
    const auto entry = make_entry("{}");
    CHECK(tier.lookup("a") == nullptr);
    CHECK(tier.store("a", entry));
    CHECK(tier.lookup("a") == entry);
    CHECK(tier.lookup("A") == nullptr);
    CHECK(tier.lookup("") == nullptr);
    tier.remove("a");
    CHECK(tier.lookup("a") == nullptr);
    CHECK(tier.usage().entries == 0);
    CHECK(tier.usage().bytes == 0);
  }

  TEST_CASE("a younger entry is never replaced by an older one") {
    MemoryTier tier({});
    const auto old = make_entry("old", std::chrono::seconds(30));
    const auto young = make_entry("young");
    const auto as_young = make_entry("as young");
    CHECK(tier.store("a", young));
    CHECK_FALSE(tier.store("a", old));
    CHECK(tier.lookup("a") == young);
    CHECK(tier.store("a", as_young));
    CHECK(tier.lookup("a") == as_young);
  }

  TEST_CASE("the bytes stay within the limit whatever is stored") {
    MemoryTier tier(options(200'000));
    for (std::size_t i = 0; i < 5000; ++i) {
      CHECK(tier.store(key_of(i), make_entry(std::string(i % 3000, 'x'))));
      CHECK(tier.usage().bytes <= 200'000);
      CHECK(tier.lookup(key_of(i)) != nullptr);  // read your write
    }
    CHECK(tier.usage().bytes > 150'000);
    CHECK(tier.usage().evictions > 4000);
    tier.clear();
    CHECK(tier.usage().bytes == 0);
    CHECK(tier.usage().entries == 0);
  }

  TEST_CASE("replacing an entry counts its new size") {
    MemoryTier tier({});
    tier.store("a", make_entry(std::string(10'000, 'x')));
    const auto before = tier.usage().bytes;
    tier.store("a", make_entry(std::string(1000, 'x')));
    CHECK(before - tier.usage().bytes >= 8900);
    CHECK(tier.usage().entries == 1);
  }

  TEST_CASE("an entry larger than a quarter of the tier is not kept, nor is what it replaces") {
    MemoryTier tier(options(100'000, 4));
    tier.store("b", make_entry("{}"));
    tier.store("a", make_entry("{}", std::chrono::seconds(10)));
    CHECK_FALSE(tier.store("a", make_entry(std::string(25'000, 'x'))));
    CHECK(tier.lookup("a") == nullptr);
    CHECK(tier.lookup("b") != nullptr);
    CHECK(tier.store("c", make_entry(std::string(24'000, 'x'))));
  }

  TEST_CASE("a large entry takes its room from all shards") {
    MemoryTier tier(options(400'000, 16));
    for (std::size_t i = 0; i < 1000; ++i) tier.store(key_of(i), make_entry(std::string(500, 'x')));
    CHECK(tier.store("large", make_entry(std::string(90'000, 'x'))));
    CHECK(tier.lookup("large") != nullptr);
    CHECK(tier.usage().bytes <= 400'000);
  }

  TEST_CASE("what was asked for survives a scan of ten times the tier") {
    MemoryTier tier(options(1000 * cost_of_one(1000), 1));
    for (std::size_t i = 0; i < 500; ++i) tier.store(key_of(i), make_entry(std::string(1000, 'x')));
    for (std::size_t round = 0; round < 10; ++round) {
      for (std::size_t i = 0; i < 500; ++i) (void)tier.lookup(key_of(i));
      for (std::size_t i = 0; i < 1000; ++i) {
        tier.store(key_of(10'000 + round * 1000 + i), make_entry(std::string(1000, 'x')));
      }
    }
    std::size_t survivors = 0;
    for (std::size_t i = 0; i < 500; ++i) survivors += tier.lookup(key_of(i)) ? 1U : 0U;
    CHECK(survivors == 500);
  }

  TEST_CASE("popular assets with scans in between: more hits than LRU") {
    constexpr std::size_t kCapacity = 1000;
    MemoryTier tier(options(kCapacity * cost_of_one(100), 1));
    Lru lru(kCapacity);
    std::mt19937_64 random(42);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    std::size_t hits = 0;
    std::size_t lru_hits = 0;
    std::size_t asked = 0;
    std::size_t next_scan = 100'000;
    const auto ask = [&](std::size_t key) {
      ++asked;
      if (tier.lookup(key_of(key))) {
        ++hits;
      } else {
        tier.store(key_of(key), make_entry(std::string(100, 'x')));
      }
      lru_hits += lru.ask(key) ? 1U : 0U;
    };
    for (int round = 0; round < 40; ++round) {
      // Log-uniform ranks are close to Zipf's law.
      for (int i = 0; i < 1000; ++i) {
        ask(static_cast<std::size_t>(std::exp(unit(random) * std::log(10'000.0))));
      }
      for (int i = 0; i < 500; ++i) ask(next_scan++);
    }
    CAPTURE(asked);
    CAPTURE(lru_hits);
    CHECK(static_cast<double>(hits) > static_cast<double>(lru_hits) * 1.05);
  }

  TEST_CASE("keys that match are removed, and named") {
    MemoryTier tier({});
    for (std::size_t i = 0; i < 100; ++i) tier.store(key_of(i), make_entry("{}"));
    const auto removed = tier.remove_if(
        [](std::string_view key, const Entry&) { return key.starts_with("qc1:quotes:id:1"); });
    CHECK(removed.size() == 11);
    CHECK(tier.lookup(key_of(17)) == nullptr);
    CHECK(tier.lookup(key_of(27)) != nullptr);
    CHECK(tier.usage().entries == 89);
  }

  TEST_CASE("a purge sweeps what it covers, and lets nothing of before in again") {
    MemoryTier tier({});
    for (std::size_t i = 0; i < 100; ++i) tier.store(key_of(i), make_entry("{}"));
    PurgePattern pattern;
    pattern.globs = {"*:id:1?:*"};
    CHECK(tier.purge({{pattern, test::kNow, test::kNow}}) == 10);
    CHECK(tier.lookup(key_of(17)) == nullptr);
    CHECK(tier.lookup(key_of(27)) != nullptr);
    CHECK_FALSE(tier.store(key_of(17), make_entry("{}")));
    CHECK(tier.store(key_of(17), make_entry("{}", milliseconds(-1))));
    CHECK(tier.purge({}) == 0);
    CHECK(tier.store(key_of(18), make_entry("{}")));
  }

  TEST_CASE("while threads store, nothing of before a purge is found after it") {
    MemoryTier tier(options(1'000'000, 4));
    std::atomic<bool> is_over{false};
    std::atomic<milliseconds::rep> purged{-1};  // before kNow
    std::atomic<std::size_t> wrong{0};
    std::vector<std::thread> threads;
    for (unsigned seed = 0; seed < 3; ++seed) {
      threads.emplace_back([&, seed] {
        std::mt19937 random(seed);
        while (!is_over) {
          const auto key = key_of(random() % 50);
          const milliseconds::rep oldest = purged;
          tier.store(key, make_entry("{}", milliseconds(-static_cast<int>(random() % 300))));
          const auto found = tier.lookup(key);
          if (found && found->fetched_at <= test::kNow + milliseconds(oldest)) ++wrong;
        }
      });
    }
    PurgePattern pattern;
    pattern.globs = {"*"};
    for (int i = 0; i < 300; ++i) {
      const auto before = test::kNow + milliseconds(i);
      tier.purge({{pattern, before, before}});
      purged = i;
    }
    is_over = true;
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(tier.usage().entries == 0);
  }

  TEST_CASE("threads that look up, store and remove the same keys at once") {
    MemoryTier tier(options(300'000, 4));
    std::atomic<std::size_t> wrong{0};
    std::vector<std::thread> threads;
    for (unsigned seed = 0; seed < 4; ++seed) {
      threads.emplace_back([&tier, &wrong, seed] {
        std::mt19937 random(seed);
        for (int i = 0; i < 20'000; ++i) {
          const std::size_t key = random() % 500;
          const std::string text = key_of(key) + std::string(random() % 1000, 'x');
          switch (random() % 8) {
            case 0: tier.remove(key_of(key)); break;
            case 1:
            case 2: tier.store(key_of(key), make_entry(text)); break;
            default: {
              const auto entry = tier.lookup(key_of(key));
              if (entry && !entry->fragment.text.starts_with(key_of(key))) ++wrong;
            }
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(tier.usage().bytes <= 300'000 + 4 * 1500);  // stores at once may each be over by one
    tier.clear();
    CHECK(tier.usage().bytes == 0);
  }
}
