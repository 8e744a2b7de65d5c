#include "src/flights.hpp"

#include <utility>

namespace quotecache {

Flights::Boarding Flights::board(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_first] = flights_.try_emplace(key);
  if (is_first) {
    place->second = std::make_shared<Flight>();
  } else {
    const std::lock_guard flight_lock(place->second->mutex_);
    place->second->has_company_ = true;
  }
  return {place->second, is_first};
}

void Flights::land(const std::string& key, const Shared& flight, const Result<Quotes>& result) {
  {
    const std::lock_guard lock(mutex_);
    flights_.erase(key);  // nobody joins from here on
  }
  std::vector<Waiter> waiters;
  Outcome outcome;
  {
    const std::lock_guard lock(flight->mutex_);
    if (!flight->has_company_) return;
    outcome = std::make_shared<const Result<Quotes>>(result);
    flight->outcome_ = outcome;
    waiters.swap(flight->waiters_);
  }
  flight->has_landed_.notify_all();
  for (const auto& waiter : waiters) waiter(outcome);
}

Flights::Outcome Flights::wait(const Shared& flight, SteadyTime deadline) {
  std::unique_lock lock(flight->mutex_);
  flight->has_landed_.wait_until(lock, deadline, [&] { return flight->outcome_ != nullptr; });
  return flight->outcome_;
}

void Flights::when_landed(const Shared& flight, Waiter waiter) {
  Outcome outcome;
  {
    const std::lock_guard lock(flight->mutex_);
    outcome = flight->outcome_;
    if (outcome == nullptr) flight->waiters_.push_back(std::move(waiter));
  }
  if (outcome != nullptr) waiter(outcome);
}

}  // namespace quotecache
