// Fills the calls that are made with what else they renew at no further cost.
//
// The choice is made while the batch still collects (RideChoices), so that its call does not wait
// for that. Owned by Refill and used on the engine's loop only; all it is given must outlive it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "cache/chain.hpp"
#include "credit/book.hpp"
#include "refill/renewals.hpp"
#include "refill/ride_choices.hpp"
#include "refill/want_queue.hpp"

namespace quotecached::refill {

class Riding {
 public:
  struct Parts {
    cache::Chain& chain;
    credit::Book& book;
    Renewals& renewals;
    WantQueue& queue;
    const Clock& clock;
  };

  // `rides`: whether anything rides at all.
  Riding(const Parts& parts, bool rides) : parts_(parts), rides_(rides) {}

  // Chooses for the lane's batch that still collects; nothing where there is none.
  void choose(const LanePtr& lane);

  // Adds to a batch that was just started what fits into its call.
  void fill_up(WantQueue::Started& batch);

 private:
  [[nodiscard]] std::vector<Rider> riders(const LanePtr& lane, std::size_t room);
  // By symbol the provider may bill more coins than were known. Were it the most that there may be,
  // the budget would bear it.
  [[nodiscard]] bool may_bear(const Lane& lane, std::size_t assets);
  // What an answer says of an asset is held against the copy that it is to replace: one that only a
  // lower tier has is not at hand.
  [[nodiscard]] cache::EntryPtr copy_of(std::string_view key) const;
  [[nodiscard]] bool is_busy(std::string_view key);

  Parts parts_;
  const bool rides_;
  RideChoices choices_;
};

}  // namespace quotecached::refill
