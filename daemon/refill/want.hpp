// What somebody wants fetched: the keys of one lane, why, and for whom.
#pragma once

#include <string>
#include <vector>

#include "base/request_tag.hpp"
#include "cache/entry.hpp"
#include "refill/lane.hpp"
#include "refill/planner.hpp"

namespace quotecached::refill {

struct WantedKey {
  std::string key;
  cache::EntryPtr copy;  // stale, and may be served to who asks; null: there is none
};

struct Want {
  LanePtr lane;
  std::vector<std::string> assets;  // their names; of a whole answer one that is empty
  std::vector<WantedKey> keys;      // distinct; asset by asset, one per convert of the lane
  // Of what a client has a copy of, the fetch is a refresh instead of the miss given here.
  Reason reason;
  std::string client;  // whose request it is (the token's name); empty: nobody's
  RequestTagPtr tag;   // what that request is called; null: it is nobody's
};

}  // namespace quotecached::refill
