// Which assets clients ask for, estimated from about one request in 16.
//
// One per I/O thread, which alone calls is_due() and sample(); take() may be called on any thread.
// Requests are picked at uneven distances, so that a client that asks in a rhythm is not always met
// at the same beat.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.hpp"
#include "catalog/request.hpp"
#include "usage/rollup.hpp"

namespace quotecached::http {

class AssetSampler {
 public:
  static constexpr std::uint32_t kOneIn = 16;
  // Assets told apart between two takes; the requests for others count for asset ''.
  static constexpr std::size_t kMostAssets = 10'000;

  // The seed is not a secret: it only has to differ between threads and runs.
  explicit AssetSampler(std::uint32_t seed = std::random_device()());

  // Counts one request. When it is due, sample() must be called before the next.
  [[nodiscard]] bool is_due() noexcept { return --left_ == 0; }

  // Takes in the request that is due, which stands for kOneIn of its like. Null: none of those that
  // are sampled.
  void sample(const catalog::Request* request);

  // Takes in the assets of a request that was due, where only its answer tells them by id: whoever
  // answers it says so behind sample(nullptr).
  void add(std::span<const std::uint64_t> ids);

  // What was sampled since this was called last.
  [[nodiscard]] std::vector<usage::AssetSample> take();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  using Counts = std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>>;
  void count(Counts& counts, std::string_view asset) REQUIRES(mutex_);

  std::uint32_t next_distance();

  std::minstd_rand random_;  // of use only against rhythm
  std::uint32_t left_;
  Mutex mutex_;
  std::array<Counts, 4> counts_ GUARDED_BY(mutex_);  // by catalog::KeyKind
  std::size_t assets_ GUARDED_BY(mutex_) = 0;        // told apart
};

}  // namespace quotecached::http
