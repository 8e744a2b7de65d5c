#include "refill/failed_calls.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "calling/call_policy.hpp"

namespace quotecached::refill {
namespace {

using Steady = std::chrono::steady_clock;

// Of several converts, a refusal speaks of those it names, or of all of them together: the keys of
// the others fail with it and may be asked for again, since with other converts they are good.
void fail_unnamed(const Lane& lane,
                  const std::vector<std::string>& named,
                  const BatchAsset& asset,
                  const calling::FailurePtr& failure) {
  if (lane.keys_per_asset() < 2) return;
  for (std::size_t i = 0; i < asset.pendings.size(); ++i) {
    const bool is_named = std::any_of(named.begin(), named.end(), [&](const std::string& name) {
      return equal_ignoring_case(name, lane.parts().converts[i]);
    });
    if (!is_named) resolve(*asset.pendings[i], nullptr, failure);
  }
}

// A parameter that names assets; others are the lane's.
bool is_of_assets(const provider::UnknownNames& unknown) {
  return unknown.parameter == "id" || unknown.parameter == "symbol" || unknown.parameter == "slug";
}

bool is_bad_request(const calling::CallResult& result) {
  return calling::status_of_refusal(result.response->http_status, result.reading) == 400;
}

}  // namespace

bool is_refused(const calling::CallResult& result) {
  return result.response && result.reading.verdict == provider::Verdict::BadRequest;
}

bool names_nothing(const Lane& lane, const calling::CallResult& result) {
  const auto& unknown = result.reading.unknown;
  return !lane.is_whole() && is_refused(result) && is_bad_request(result) &&
         (unknown.parameter.empty() || is_of_assets(unknown));
}

BatchAssets FailedCalls::take_out_unknown(const Lane& lane,
                                          const calling::CallResult& result,
                                          BatchAssets assets) {
  if (!is_refused(result) || lane.is_whole()) return assets;
  const auto& unknown = result.reading.unknown;
  if (!is_of_assets(unknown)) return assets;
  const auto is_unknown = [&](const BatchAsset& asset) {
    return std::any_of(unknown.names.begin(), unknown.names.end(), [&](const std::string& name) {
      return equal_ignoring_case(name, asset.name);
    });
  };
  const auto first_unknown =
      std::stable_partition(assets.begin(), assets.end(), std::not_fn(is_unknown));
  filing_.take_unknown(lane, result.asked_at, {first_unknown, assets.end()});
  assets.erase(first_unknown, assets.end());
  return assets;
}

void FailedCalls::take(const Lane& lane,
                       const calling::CallResult& result,
                       const BatchAssets& assets) {
  if (is_refused(result)) return take_refusal(lane, result, assets);
  if (result.is_by_clients) {
    for (const auto& asset : assets) resolve_all(asset, nullptr, result.failure);
    return;
  }
  // Fewer calls are asked for, so that those without a copy wait too.
  const bool must_rest = result.response && (result.reading.verdict == provider::Verdict::IpLimit ||
                                             result.reading.doubts_key);
  const auto binds = must_rest ? HoldOffs::Binds::Everyone : HoldOffs::Binds::WhoHasCopy;
  const auto rest = must_rest ? calling::kShortPause : options_.failure_throttle;
  hold_offs_.hold(lane.name(), binds, result.failure, Steady::now() + rest);
  for (const auto& asset : assets) resolve_all(asset, nullptr, result.failure);
}

// The request itself is wrong (an unknown convert, an endpoint not in the plan): it would be
// refused again, and refusals count against the minute limit.
void FailedCalls::take_refusal(const Lane& lane,
                               const calling::CallResult& result,
                               const BatchAssets& assets) {
  const auto& named = result.reading.unknown;
  const bool names_lane = assets.size() > 1 || lane.is_whole() || lane.keys_per_asset() > 1 ||
                          (!named.parameter.empty() && !is_of_assets(named)) ||
                          !is_bad_request(result);
  if (names_lane) {
    hold_offs_.hold(lane.name(),
                    HoldOffs::Binds::Everyone,
                    result.failure,
                    Steady::now() + options_.times.negative);
  }
  for (const auto& asset : assets) {
    fail_unnamed(lane, named.names, asset, result.failure);
    filing_.doubt(asset, result.failure, HoldOffs::Binds::Everyone);
  }
}

}  // namespace quotecached::refill
