// Handles, and so connections, to one daemon for calls that block: as many as may be, and no more.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "src/http_handle.hpp"

namespace quotecache {

// Thread-safe. Outlives its leases.
class HandlePool {
 public:
  // A handle that goes back to the pool with the object.
  class Lease {
   public:
    Lease() = default;
    Lease(HandlePool* pool, std::unique_ptr<HttpHandle> handle)
        : pool_(pool), handle_(std::move(handle)) {}
    ~Lease() {
      if (handle_ != nullptr) pool_->give_back(std::move(handle_));
    }
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;

    explicit operator bool() const noexcept { return handle_ != nullptr; }
    HttpHandle* operator->() const noexcept { return handle_.get(); }

   private:
    HandlePool* pool_ = nullptr;
    std::unique_ptr<HttpHandle> handle_;
  };

  // `server` outlives the pool.
  HandlePool(const HttpServer& server, std::size_t most) : server_(server), most_(most) {
    idle_.reserve(most);  // so that giving back never allocates
  }

  // The handle used last, whose connection is the likeliest to be open. Nothing: all were in use
  // until the deadline.
  [[nodiscard]] Lease take(SteadyTime deadline);

 private:
  void give_back(std::unique_ptr<HttpHandle> handle) noexcept;

  const HttpServer& server_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable is_idle_;
  std::vector<std::unique_ptr<HttpHandle>> idle_;
  std::size_t made_ = 0;
};

}  // namespace quotecache
