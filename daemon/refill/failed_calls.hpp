// What a call leaves that brought no answer for its assets: who of them is told what, and what is
// held off.
//
// Owned by BatchRunner and used on the engine's loop only.
#pragma once

#include <chrono>

#include "calling/caller.hpp"
#include "refill/batch_asset.hpp"
#include "refill/filing.hpp"
#include "refill/hold_off.hpp"
#include "refill/lane.hpp"
#include "refill/split.hpp"

namespace quotecached::refill {

// The provider answered, and calls the request wrong.
[[nodiscard]] bool is_refused(const calling::CallResult& result);

// A refusal that does not say which name is wrong, or none that was asked for: some other request
// may go through. Requires: those that it names were taken out.
[[nodiscard]] bool names_nothing(const Lane& lane, const calling::CallResult& result);

class FailedCalls {
 public:
  struct Options {
    EntryTimes times;
    std::chrono::milliseconds failure_throttle{30000};
  };

  FailedCalls(HoldOffs& hold_offs, Filing& filing, const Options& options)
      : hold_offs_(hold_offs), filing_(filing), options_(options) {}

  // Resolves the assets that the provider refused by name as unknown; returns the others.
  [[nodiscard]] BatchAssets take_out_unknown(const Lane& lane,
                                             const calling::CallResult& result,
                                             BatchAssets assets);

  // Resolves all of them with why the call failed.
  void take(const Lane& lane, const calling::CallResult& result, const BatchAssets& assets);

 private:
  void take_refusal(const Lane& lane, const calling::CallResult& result, const BatchAssets& assets);

  HoldOffs& hold_offs_;
  Filing& filing_;
  Options options_;
};

}  // namespace quotecached::refill
