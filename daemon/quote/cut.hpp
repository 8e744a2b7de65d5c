// Cuts an upstream answer into fragments, one per asset and convert.
//
// Pure. Bytes are sliced, never re-serialised. Every fragment is checked to belong to the asset and
// convert it is filed under: what cannot be matched by its own id, symbol or slug is refused.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fragment.hpp"
#include "base/result.hpp"
#include "catalog/endpoint.hpp"
#include "quote/price_flaw.hpp"

namespace quotecached::quote {

struct CutFragment {
  std::size_t asset = 0;    // position in Wanted::assets
  std::size_t convert = 0;  // position in Wanted::converts
  Fragment fragment;
  PriceFlaw flaw = PriceFlaw::None;
};

struct Wanted {
  catalog::KeyKind kind = catalog::KeyKind::Id;
  std::span<const std::string> assets;    // canonical
  std::span<const std::string> converts;  // canonical; one "-" for data without quotes
  bool converts_are_ids = false;
};

// An asset is in `absent`, in `refused_assets`, or has a fragment for every convert; one for which
// only some converts were delivered has those fragments and is in `refused_assets`.
struct Cut {
  std::vector<CutFragment> fragments;
  std::vector<std::size_t> absent;   // assets the answer does not have: unknown upstream
  std::vector<std::string> refused;  // why something in the answer was not taken, for the log
  std::vector<std::size_t> refused_assets;  // assets that were there but malformed: not absent
};

// Fails with Invalid when the body is not a well-formed answer (truncated, no status,
// no data, not JSON). What its status says is not looked at: whoever cuts has had it interpreted.
// `data` and its quotes may be objects or arrays, whichever the endpoint usually sends.
// Requires: wanted.kind is not None; converts are distinct.
Result<Cut> cut(const catalog::Endpoint& endpoint, const Wanted& wanted, std::string_view body);

}  // namespace quotecached::quote
