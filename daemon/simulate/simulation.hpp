// Replays requests on a virtual clock: what is fetched when, at what cost, and how old what clients
// were served was. A Decider decides; this keeps the copies, the provider and the score.
//
// As in the daemon a request that lacks something is answered by what there is, or waits for the
// call that is made for it; calls take no time here, and what one request lacks shares no call with
// another but by riding along. Pure: the time is that of the requests. Not thread-safe. Bounded:
// copies that nobody may be shown any more are dropped.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "cache/entry.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "credit/price_check.hpp"
#include "refill/grouping.hpp"
#include "simulate/age_histogram.hpp"
#include "simulate/decider.hpp"

namespace quotecached::simulate {

// How the provider's data turns over: each `tick`, served so much later.
struct ProviderTicks {
  milliseconds tick{60000};  // 0: at every call
  milliseconds late{0};

  // What is served at `now` is of this moment.
  [[nodiscard]] TimePoint data_at(TimePoint now) const noexcept;
};

struct SimulatedFigures {
  std::int64_t requests = 0;  // that the catalogue knows
  std::int64_t unknown = 0;   // that it does not, which are forwarded uncached: not simulated
  std::int64_t refused = 0;   // lacking what may not be paid for
  std::int64_t calls = 0;
  std::int64_t credits = 0;
  std::int64_t fetched = 0;   // entries, riders included
  AgeHistogram ages;          // of entries served, since the provider was asked
  AgeHistogram content_ages;  // since their data turned over
};

class Simulation {
 public:
  struct Options {
    TimePoint start;
    ProviderTicks provider;
  };

  // Both must outlive it.
  Simulation(const catalog::Catalogue& catalogue, Decider& decider, Options options);

  // A client sends `target` at `at` after the start. Returns for how many entries it asks: 0 when
  // the catalogue does not know it. Requires: not before the one before.
  std::size_t ask(milliseconds at, std::string_view target);

  // Goes on to `until` after the start.
  void finish(milliseconds until);

  [[nodiscard]] const SimulatedFigures& figures() const noexcept { return figures_; }

 private:
  // One key of the request in hand.
  struct Slot {
    std::string key;
    bool has_copy = false;  // that may be shown
    bool is_fresh = false;
    bool is_fetched = false;
    cache::Entry copy;  // as it was before anything was fetched
  };

  void move_to(TimePoint now);
  void drop_dead(TimePoint now);
  void gather(TimePoint now);
  void fetch(TimePoint now);
  void make_call(const refill::LaneGroup& group, bool lacks, TimePoint now);
  void file(const catalog::Endpoint& endpoint, const std::string& key, TimePoint now);
  void serve(TimePoint now);
  void note_asked(std::size_t at, const cache::Entry& copy, TimePoint now);

  const catalog::Catalogue& catalogue_;
  Decider& decider_;
  Options options_;
  credit::PriceCheck prices_;  // learns nothing here: prices are those of the catalogue
  SimulatedFigures figures_;
  std::unordered_map<std::string, cache::Entry> copies_;  // by key
  TimePoint next_minute_;
  TimePoint swept_at_;
  // Of the request in hand.
  catalog::Request request_;
  refill::LanePtr lane_;  // of all of it
  std::vector<Slot> slots_;
};

}  // namespace quotecached::simulate
