#include "calling/breakers.hpp"

#include <algorithm>
#include <cassert>

namespace quotecached::calling {

std::optional<Breakers::Attempt> Breakers::allow(const std::string& lane, Time now) {
  auto* known = lane.empty() ? nullptr : find_or_make(lane);
  auto of_lane = known ? known->second.breaker.allow(now) : std::nullopt;
  if (known && !of_lane) return std::nullopt;
  auto of_account = account_.allow(now);
  if (!of_account) {
    if (known && known->second.attempts == 0 && !known->second.breaker.is_troubled()) {
      of_lane.reset();
      lanes_.erase(lane);
    }
    return std::nullopt;
  }
  if (known) {
    ++known->second.attempts;
    known->second.last = now;
  }
  return Attempt(*this, known, std::move(of_lane), std::move(*of_account));
}

// Null when as many as may be are failing, with calls under way.
Breakers::Lanes::value_type* Breakers::find_or_make(const std::string& lane) {
  const auto known = lanes_.find(lane);
  if (known != lanes_.end()) return &*known;
  if (lanes_.size() >= most_lanes_) {
    auto oldest = lanes_.end();
    for (auto one = lanes_.begin(); one != lanes_.end(); ++one) {
      if (one->second.attempts > 0) continue;
      if (oldest == lanes_.end() || one->second.last < oldest->second.last) oldest = one;
    }
    if (oldest == lanes_.end()) return nullptr;
    lanes_.erase(oldest);
  }
  return &*lanes_.try_emplace(lane, options_).first;
}

void Breakers::leave(Lanes::value_type& lane, bool is_good) {
  assert(lane.second.attempts > 0);
  --lane.second.attempts;
  const bool is_kept = lane.second.attempts > 0 || (!is_good && lane.second.breaker.is_troubled());
  if (!is_kept) lanes_.erase(lane.first);
}

void Breakers::forgive_lanes() {
  for (auto& [name, lane] : lanes_) lane.breaker.reset();
  std::erase_if(lanes_, [](const auto& lane) { return lane.second.attempts == 0; });
}

Breakers::Attempt::~Attempt() {
  if (owner_) end(false);
}

Breakers::News Breakers::Attempt::report(Evidence evidence, Time now) {
  assert(owner_);
  News news = News::None;
  switch (evidence) {
    case Evidence::Good: news = note_good(); break;
    case Evidence::Failure: news = note_failure(now); break;
    case Evidence::Network: news = of_account_.failed(now) ? News::Opened : News::None; break;
    case Evidence::Page: news = note_page(now); break;
    case Evidence::Nothing: break;
  }
  end(evidence == Evidence::Good);
  return news;
}

Breakers::News Breakers::Attempt::note_good() {
  owner_->pages_ = 0;
  if (of_lane_) of_lane_->succeeded();
  if (!of_account_.succeeded()) return News::None;
  owner_->forgive_lanes();
  return News::Closed;
}

// The account's while its breaker is open, and of what has no lane.
Breakers::News Breakers::Attempt::note_failure(Time now) {
  if (!of_lane_ || owner_->account_.state() != Breaker::State::Closed)
    return of_account_.failed(now) ? News::Opened : News::None;
  of_lane_->failed(now);
  const bool fails = lane_->second.breaker.state() != Breaker::State::Closed;
  return fails ? News::Doubt : News::None;
}

// Anybody can bring one about by what he asks, so that it stops nothing by itself, nor goes on
// stopping: only a call of our own, which has no lane, tells then.
Breakers::News Breakers::Attempt::note_page(Time now) {
  if (owner_->account_.state() != Breaker::State::Closed)
    return of_lane_ ? News::Doubt : note_failure(now);
  owner_->pages_ = std::min(owner_->pages_ + 1, owner_->options_.failures_to_open);
  return owner_->pages_ == owner_->options_.failures_to_open ? News::Doubt : News::None;
}

void Breakers::Attempt::end(bool is_good) {
  auto& owner = *std::exchange(owner_, nullptr);
  of_account_.abandoned();
  if (!lane_) return;
  of_lane_->abandoned();
  owner.leave(*lane_, is_good);
}

}  // namespace quotecached::calling
