// What clients ask for, and the copies they get, as Renewals is told.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "cache/entry.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "refill/renewals.hpp"

namespace quotecached::test {

inline const TimePoint kAsked{std::chrono::seconds(1'790'000'000)};

// The lane of all that a target asks for.
inline refill::LanePtr lane_of(const std::string& target) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return refill::lane_of(request);
}

// Quotes by id.
inline refill::LanePtr quotes_in(const std::string& converts) {
  return lane_of("/v2/cryptocurrency/quotes/latest?id=1&convert=" + converts);
}

inline cache::Entry copy_of(TimePoint fetched_at, std::size_t bytes = 100) {
  cache::Entry entry;
  entry.fragment.text = std::string(bytes, 'x');
  entry.fetched_at = fetched_at;
  return entry;
}

struct RenewalsBed {
  explicit RenewalsBed(const refill::Renewals::Options& options = {}) : renewals(options) {}

  // A client asks for it at `now`, and there is a copy `age` old.
  void ask(const std::string& asset,
           milliseconds age,
           TimePoint now = kAsked,
           std::size_t convert = 0,
           std::size_t bytes = 100) {
    renewals.note_asked(lane, asset, convert, key(asset, convert), copy_of(now - age, bytes), now);
  }
  // So many clients are answered by that from memory.
  void hit(const std::string& asset, double asks, TimePoint now) {
    const auto hash = hash64(key(asset));
    renewals.note_hits({&hash, 1}, asks, now);
  }
  [[nodiscard]] std::string key(const std::string& asset, std::size_t convert = 0) const {
    return refill::key_of(*lane, asset, convert);
  }
  [[nodiscard]] double debt(TimePoint now = kAsked) { return renewals.debt(lane, now).count(); }
  bool is_worth(double price, TimePoint now = kAsked) {
    return renewals.is_worth({&lane, 1}, pacing::Age(price), now);
  }
  // The names of those that ride.
  std::vector<std::string> riding(TimePoint now = kAsked,
                                  std::size_t room = 100,
                                  const std::set<std::string, std::less<>>& busy = {}) {
    const auto is_busy = [&](std::string_view one) { return busy.contains(one); };
    std::vector<std::string> names;
    for (const auto& rider : renewals.riders(lane, room, is_busy, now))
      names.push_back(rider.asset);
    return names;
  }

  refill::Renewals renewals;
  refill::LanePtr lane = quotes_in("USD");
};

}  // namespace quotecached::test
