// What decides about spending while a trace is simulated: the code that decides in the daemon,
// asked as the daemon asks it. Whoever implements it decides nothing by himself, but for baselines.
//
// Pure: time is an argument. One for each simulation.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "cache/entry.hpp"
#include "catalog/endpoint.hpp"
#include "refill/grouping.hpp"
#include "refill/lane.hpp"
#include "refill/renewals.hpp"
#include "refill/rider.hpp"

namespace quotecached::simulate {

class Decider {
 public:
  Decider() = default;
  Decider(const Decider&) = delete;
  Decider& operator=(const Decider&) = delete;
  virtual ~Decider() = default;

  // The clock has come to a whole minute.
  virtual void each_minute(TimePoint now) = 0;

  // A client asked for `key`, which `lane` brings for `asset` (empty: a whole answer) in its
  // convert at this position. `copy` may answer it: one that is there before pays() is asked, or
  // one that was fetched because there was none.
  virtual void note_asked(const refill::LanePtr& lane,
                          std::string_view asset,
                          std::size_t convert,
                          std::string_view key,
                          const cache::Entry& copy,
                          TimePoint now) = 0;

  // A client asked by symbol or slug; otherwise as note_asked().
  virtual void note_named(const refill::Renewals::NamedAsk& ask, TimePoint now) = 0;

  // What a request lacks: whether it is to be fetched. `lacks`: of some of it there is no copy that
  // may be shown. Asked once for each request that lacks something.
  virtual bool pays(std::span<const refill::LaneGroup> lanes, bool lacks, TimePoint now) = 0;

  // Whether a call of `price` may be made; it then is, and costs that.
  virtual bool call(const refill::LanePtr& lane, Credits price, bool lacks, TimePoint now) = 0;

  // A call of `lane` is made for `assets`, with these keys: what rides along, for nothing.
  virtual std::vector<refill::Rider> riders(const refill::LanePtr& lane,
                                            std::span<const std::string> assets,
                                            std::span<const std::string> keys,
                                            TimePoint now) = 0;

  // A new copy of `key` was filed, by whatever name it was bought.
  virtual void note_filed(std::string_view key, const cache::Entry& copy) = 0;

  // Until when what is fetched from the endpoint now, data of `data_at`, is fresh.
  [[nodiscard]] virtual TimePoint fresh_until(const catalog::Endpoint& endpoint,
                                              TimePoint data_at,
                                              TimePoint now) const = 0;
  // A call of the endpoint has brought data of `data_at`.
  virtual void note_data(const catalog::Endpoint& endpoint, TimePoint data_at, TimePoint now) = 0;
};

}  // namespace quotecached::simulate
