// What Renewals keeps of each key that clients ask for. Internal to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "pacing/ask_count.hpp"
#include "refill/lane.hpp"
#include "refill/lane_debt.hpp"
#include "refill/renewals.hpp"

namespace quotecached::refill {

// A key that somebody asks for.
struct Renewals::Row {
  std::uint64_t key = 0;  // its hash
  Strand* strand = nullptr;
  std::string asset;
  TimePoint fetched_at{};  // of its copy
  TimePoint data_at{};     // what that is of; 1970: not known
  TimePoint fresh_until{};
  pacing::AskCount asks;
  pacing::AskCount others;  // asks of other daemons' clients, by what was learned last
  float untold = 0;         // of the asks, what the fleet was not told yet
  std::uint32_t bytes = 0;  // of its copy; 0: none is known
};

// All keys of one convert that may share a call, and what clients were served of them.
struct Renewals::Strand {
  LanePtr lane;
  std::vector<Row*> rows;
  pacing::AskCount asks;
  pacing::AskCount others;  // sum of its rows'
  TimePoint rests_until{};
  bool has_failed_with_riders = false;  // and no call went well since
  int suspicions = 0;                   // that riders make calls fail
  TimePoint calm_until{};               // no copy that may have to be told by endings() ends before
  LaneDebt debt;
};

// What may ride.
struct Renewals::Candidate {
  std::string_view asset;
  double weight = 0;
  std::uint64_t bytes = 0;
  std::size_t items = 1;  // as they are billed
};

}  // namespace quotecached::refill
