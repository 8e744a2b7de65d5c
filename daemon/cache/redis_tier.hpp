// The Redis tier: one MGET for a lookup, a pipelined script for each entry of a store, which leaves
// a younger copy alone.
//
// What daemons on several machines share. An entry is held until its stale_until, but never longer
// than the cap, counted from fetched_at. Used on its loop only; must be destroyed before it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/tier_kind.hpp"
#include "cache/codec.hpp"
#include "cache/key_cap.hpp"
#include "cache/tier.hpp"

namespace quotecached::redis {
class Connection;
}

namespace quotecached::cache {

class RedisTier final : public Tier {
 public:
  struct Options {
    std::string url = "redis://127.0.0.1:6379";  // see redis/url.hpp
    std::string password;                        // instead of one in the URL; empty: the URL's
    std::chrono::milliseconds cap = default_cap(TierKind::Redis);
    FreshTimesPtr fresh_times;  // what is fresh for longer than the cap is held for longer
    std::chrono::milliseconds timeout{100};
    std::chrono::milliseconds connect_timeout{500};
    Bytes max_reply = mebibytes(64);
    CodecLimits codec;
  };

  // Does not connect yet. Fails with Invalid when the URL is not one.
  static Result<std::unique_ptr<RedisTier>> make(asio::any_io_executor loop, Options options);
  ~RedisTier() override;

  [[nodiscard]] std::string_view name() const noexcept override {
    return to_string(TierKind::Redis);
  }
  asio::awaitable<Result<Found>> lookup(std::vector<std::string> keys, TimePoint now) override;
  asio::awaitable<Result<void>> store(std::vector<Item> items, TimePoint now) override;
  asio::awaitable<Result<void>> remove(std::vector<std::string> keys) override;
  asio::awaitable<Result<void>> probe() override;

 private:
  RedisTier(Options options, std::unique_ptr<redis::Connection> connection);

  Options options_;
  std::unique_ptr<redis::Connection> connection_;
};

}  // namespace quotecached::cache
