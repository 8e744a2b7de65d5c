// What was counted and is not written yet, under the keys of the rows it will be added to.
//
// Bounded, whatever is noted and for however long nothing can be written: then rows become coarser
// and assets join the row of asset '', but the sums stay right. Pure; used by one thread at a time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "credit/call.hpp"
#include "usage/rollup.hpp"

namespace quotecached::usage {

// Rows of assets in the database per day and kind of row; the others share those of asset ''.
inline constexpr std::size_t kMostAssetRows = 2000;

// Rows in the database beyond these before they are folded again, so that an asset that was not
// asked for before can rise.
inline constexpr std::size_t kAssetRowSlack = 500;

struct CallCounts {
  std::int64_t calls = 0;
  std::int64_t failed = 0;
  std::int64_t credits = 0;
  std::int64_t predicted = 0;
  std::int64_t took_ms = 0;
  std::int64_t assets = 0;         // that good calls brought, riding ones too
  std::int64_t riding = 0;         // of these, for nothing
  std::int64_t asset_credits = 0;  // of calls for assets, good or not

  CallCounts& operator+=(const CallCounts& other) noexcept;
  friend bool operator==(const CallCounts&, const CallCounts&) = default;
};

struct AssetCounts {
  std::int64_t requests = 0;
  std::int64_t fetches = 0;
  std::int64_t microcredits = 0;

  AssetCounts& operator+=(const AssetCounts& other) noexcept;
  friend bool operator==(const AssetCounts&, const AssetCounts&) = default;
};

class Batch {
 public:
  struct RequestKey {
    TimePoint minute;
    std::string endpoint;
    std::string client;
    friend auto operator<=>(const RequestKey&, const RequestKey&) = default;
  };
  struct CallKey {
    TimePoint day;
    std::string account;
    std::string endpoint;
    std::string cause;
    std::string client;
    friend auto operator<=>(const CallKey&, const CallKey&) = default;
  };
  struct AssetKey {
    TimePoint day;
    std::string kind;
    std::string asset;
    friend auto operator<=>(const AssetKey&, const AssetKey&) = default;
  };

  struct AgeKey {
    TimePoint day;
    std::string endpoint;
    friend auto operator<=>(const AgeKey&, const AgeKey&) = default;
  };

  // More rows of requests than this become rows of hours, then of days, then of months.
  static constexpr std::size_t kMostRequests = 20'000;
  // Assets beyond this many join asset ''.
  static constexpr std::size_t kMostAssets = 10'000;

  void add_requests(RequestKey key, const UsageCounts& counts);
  // On the day that it was started; its assets share its credits equally, to the microcredit.
  void add_call(const credit::CallRecord& call);
  void add_sample(TimePoint day, const AssetSample& sample);
  void add_ages(TimePoint day, const AgeRow& row);
  void merge(Batch&& other);

  // Leaves each day its kMostAssetRows most used assets.
  void fold_assets();

  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] Bytes weight() const noexcept;  // about what it holds in memory

  [[nodiscard]] const auto& requests() const noexcept { return requests_; }
  [[nodiscard]] const auto& calls() const noexcept { return calls_; }
  [[nodiscard]] const auto& assets() const noexcept { return assets_; }
  [[nodiscard]] const auto& ages() const noexcept { return ages_; }

 private:
  void coarsen();
  void add_asset(AssetKey key, const AssetCounts& counts);
  void fold_assets_of(TimePoint day);

  std::map<RequestKey, UsageCounts> requests_;
  std::map<CallKey, CallCounts> calls_;
  std::map<AssetKey, AssetCounts> assets_;
  std::map<AgeKey, AgeCounts> ages_;
  std::size_t coarsen_above_ = kMostRequests;
};

}  // namespace quotecached::usage
