// Requests under way, so that whoever asks the same joins in instead of asking again.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "quotecache/error.hpp"
#include "quotecache/quote.hpp"
#include "src/daemons.hpp"

namespace quotecache {

// Thread-safe.
class Flights {
 public:
  using Outcome = std::shared_ptr<const Result<Quotes>>;
  using Waiter = std::function<void(const Outcome&)>;

  class Flight {
   private:
    friend class Flights;
    std::mutex mutex_;
    std::condition_variable has_landed_;
    bool has_company_ = false;
    Outcome outcome_;
    std::vector<Waiter> waiters_;
  };
  using Shared = std::shared_ptr<Flight>;

  // Is it the first of its key? Then the caller asks, and lands it whatever happens.
  struct Boarding {
    Shared flight;
    bool is_first = false;
  };
  [[nodiscard]] Boarding board(const std::string& key);

  // Tells all who joined. Requires: the caller was the first.
  void land(const std::string& key, const Shared& flight, const Result<Quotes>& result);

  // What the first one got; null: not by then.
  [[nodiscard]] static Outcome wait(const Shared& flight, SteadyTime deadline);
  // Called when it lands, by whoever lands it; at once if it has landed.
  static void when_landed(const Shared& flight, Waiter waiter);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, Shared> flights_;
};

}  // namespace quotecache
