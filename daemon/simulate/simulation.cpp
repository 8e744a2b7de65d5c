#include "simulate/simulation.hpp"

#include <algorithm>
#include <cassert>
#include <functional>

namespace quotecached::simulate {
namespace {

constexpr std::chrono::minutes kMinute{1};
constexpr std::chrono::hours kSweep{1};

// How many assets more a call for so many covers at the same price.
std::size_t room_in(const refill::LaneGroup& group) {
  const auto& endpoint = group.lane->endpoint();
  if (group.lane->is_whole() || endpoint.price.step == 0) return 0;
  const std::size_t over = group.assets() % endpoint.batch;
  return over == 0 ? 0 : endpoint.batch - over;
}

std::int64_t calls_for(const refill::LaneGroup& group) {
  const auto each = group.lane->assets_per_call();
  return static_cast<std::int64_t>((group.assets() + each - 1) / each);
}

}  // namespace

TimePoint ProviderTicks::data_at(TimePoint now) const noexcept {
  if (tick.count() == 0) return now - late;
  return TimePoint((now - late).time_since_epoch() / tick * tick);
}

Simulation::Simulation(const catalog::Catalogue& catalogue, Decider& decider, Options options)
    : catalogue_(catalogue),
      decider_(decider),
      options_(options),
      next_minute_(std::chrono::ceil<std::chrono::minutes>(options.start)),
      swept_at_(options.start) {}

std::size_t Simulation::ask(milliseconds at, std::string_view target) {
  const TimePoint now = options_.start + at;
  move_to(now);
  const bool is_known = !catalog::parse_target(catalogue_, target, request_) &&
                        request_.endpoint != nullptr &&
                        request_.endpoint->mode != catalog::CacheMode::Never;
  if (!is_known) {
    ++figures_.unknown;
    return 0;
  }
  ++figures_.requests;
  gather(now);
  fetch(now);
  serve(now);
  return slots_.size();
}

void Simulation::finish(milliseconds until) { move_to(options_.start + until); }

void Simulation::move_to(TimePoint now) {
  for (; next_minute_ <= now; next_minute_ += kMinute) decider_.each_minute(next_minute_);
  if (now - swept_at_ >= kSweep) drop_dead(now);
}

void Simulation::drop_dead(TimePoint now) {
  swept_at_ = now;
  std::erase_if(copies_, [now](const auto& one) { return !cache::is_usable(one.second, now); });
}

// Finds what there is of all that the request asks for.
void Simulation::gather(TimePoint now) {
  lane_ = refill::lane_of(request_);
  const auto converts = lane_->keys_per_asset();
  const auto assets = lane_->is_whole() ? 1 : request_.assets.size();
  slots_.assign(assets * converts, {});
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (lane_->is_whole()) {
      catalog::append_whole_key(slot.key, request_);
    } else {
      catalog::append_key(slot.key, request_, i / converts, i % converts);
    }
    const auto found = copies_.find(slot.key);
    if (found == copies_.end() || !cache::is_usable(found->second, now)) continue;
    slot.has_copy = true;
    slot.copy = found->second;
    slot.is_fresh = cache::is_fresh(slot.copy, now);
    note_asked(i, slot.copy, now);
  }
}

void Simulation::note_asked(std::size_t at, const cache::Entry& copy, TimePoint now) {
  const auto converts = lane_->keys_per_asset();
  const auto asset = lane_->is_whole() ? std::string_view() : request_.assets[at / converts];
  decider_.note_asked(lane_, asset, at % converts, slots_[at].key, copy, now);
}

void Simulation::fetch(TimePoint now) {
  std::vector<std::size_t> stale;
  bool lacks = false;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].is_fresh) stale.push_back(i);
    lacks = lacks || !slots_[i].has_copy;
  }
  if (stale.empty()) return;
  const auto groups = refill::lanes_of(request_, stale);
  if (!decider_.pays(groups, lacks, now)) return;
  for (const auto& group : groups) make_call(group, lacks, now);
}

void Simulation::make_call(const refill::LaneGroup& group, bool lacks, TimePoint now) {
  const Credits price = refill::price_of(*group.lane, group.assets(), prices_).predicted;
  if (!decider_.call(group.lane, price, lacks, now)) return;
  figures_.credits += price.count;
  figures_.calls += calls_for(group);
  std::vector<std::string> keys;
  for (const auto at : group.keys) {
    slots_[at].is_fetched = true;
    keys.push_back(slots_[at].key);
  }
  const auto room = room_in(group);
  const auto riders = decider_.riders(group.lane, keys, room, now);
  assert(riders.size() <= room);
  for (const auto& rider : riders) keys.insert(keys.end(), rider.keys.begin(), rider.keys.end());
  const auto& endpoint = group.lane->endpoint();
  for (const auto& key : keys) file(endpoint, key, now);
  decider_.note_data(endpoint, options_.provider.data_at(now), now);
}

void Simulation::file(const catalog::Endpoint& endpoint, const std::string& key, TimePoint now) {
  cache::Entry& copy = copies_[key];
  copy.fragment.text = "{}";
  copy.fetched_at = now;
  copy.data_at = options_.provider.data_at(now);
  copy.fresh_until = decider_.fresh_until(endpoint, copy.data_at, now);
  copy.stale_until = copy.fresh_until + endpoint.freshness.get().stale_if_error;
  ++figures_.fetched;
  decider_.note_filed(key, copy);
}

// Who has a call made waits for it, and gets all that it brought.
void Simulation::serve(TimePoint now) {
  const auto is_lacking = [](const Slot& slot) { return !slot.has_copy && !slot.is_fetched; };
  if (std::any_of(slots_.begin(), slots_.end(), is_lacking)) {
    ++figures_.refused;
    return;
  }
  const bool waits = std::any_of(slots_.begin(), slots_.end(), std::mem_fn(&Slot::is_fetched));
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const cache::Entry& served = waits ? copies_.at(slot.key) : slot.copy;
    figures_.ages.add(now - served.fetched_at);
    figures_.content_ages.add(now - served.data_at);
    if (!slot.has_copy) note_asked(i, served, now);
  }
}

}  // namespace quotecached::simulate
