// Replays requests on a virtual clock: what is fetched when, at what cost, and how old what clients
// were served was. A Decider decides; this keeps the copies, the provider and the score.
//
// As in the daemon a request that lacks something is answered by what there is, or waits for the
// call that is made for it, and what was bought by one name of an asset answers for the others
// (proxy::Translation). Calls take no time here, and what one request lacks shares no call with
// another but by riding along. Pure: the time is that of the requests. Not thread-safe. Bounded:
// copies that nobody may be shown any more are dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "cache/entry.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "proxy/gather.hpp"
#include "proxy/translation.hpp"
#include "refill/grouping.hpp"
#include "simulate/age_histogram.hpp"
#include "simulate/coins.hpp"
#include "simulate/decider.hpp"
#include "simulate/provider.hpp"

namespace quotecached::simulate {

struct SimulatedFigures {
  std::int64_t requests = 0;       // that the catalogue knows
  std::int64_t unknown = 0;        // that it does not, which are forwarded uncached: not simulated
  std::int64_t refused = 0;        // lacking what may not be paid for
  std::int64_t by_name = 0;        // by symbol or slug, where one leads to what is held by id
  std::int64_t by_stray_name = 0;  // of these: with a name that the map does not have
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
    milliseconds names{0};  // how long it is believed what a name means; 0: none leads anywhere
    Coins coins{};          // what names lead to
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
  // The request in hand, and what there is of it.
  struct Asked {
    Asked(const catalog::Request& request, milliseconds names)
        : gather(request), translation(request, names) {}
    proxy::Gather gather;
    proxy::Translation translation;
  };

  void move_to(TimePoint now);
  void drop_dead(TimePoint now);
  [[nodiscard]] cache::EntryPtr find(std::string_view key) const;
  void look_up(Asked& asked, TimePoint now);
  void look_up(proxy::Gather& gather, TimePoint now) const;
  void spell(Asked& asked, TimePoint now);
  void count_names(const Asked& asked);
  void count_asks(Asked& asked, TimePoint now);
  void count_asks(const catalog::Request& request, proxy::Gather& gather, TimePoint now);
  void fetch(Asked& asked, TimePoint now);
  void make_calls(const catalog::Request& request,
                  proxy::Gather& gather,
                  bool lacks,
                  TimePoint now);
  void make_call(const refill::LanePtr& lane,
                 std::span<const std::size_t> slots,
                 const catalog::Request& request,
                 proxy::Gather& gather,
                 bool lacks,
                 TimePoint now);
  cache::EntryPtr file(const refill::Lane& lane,
                       std::string_view asset,
                       std::size_t convert,
                       const std::string& key,
                       TimePoint now);
  void file_told(const refill::Lane& lane,
                 std::string_view asset,
                 std::size_t convert,
                 cache::Entry& entry);
  void keep(const cache::Item& item);
  void serve(const proxy::Gather& gather, TimePoint now);

  const catalog::Catalogue& catalogue_;
  Decider& decider_;
  const TimePoint start_;
  const milliseconds names_;
  Provider provider_;
  SimulatedFigures figures_;
  std::unordered_map<std::string, cache::EntryPtr> copies_;  // by key; aliases too
  TimePoint next_minute_;
  TimePoint swept_at_;
  catalog::Request request_;  // in hand
};

}  // namespace quotecached::simulate
