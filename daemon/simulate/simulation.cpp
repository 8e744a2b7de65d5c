#include "simulate/simulation.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "catalog/request.hpp"
#include "refill/aliasing.hpp"
#include "refill/split.hpp"

namespace quotecached::simulate {
namespace {

constexpr std::chrono::minutes kMinute{1};
constexpr std::chrono::hours kSweep{1};

// Calls take no time: none is under way when a request comes.
bool is_never_busy(std::string_view /*key*/) { return false; }

bool is_lacking(const proxy::Gather::Slot& slot) {
  return slot.standing == proxy::Standing::Missing;
}

}  // namespace

Simulation::Simulation(const catalog::Catalogue& catalogue, Decider& decider, Options options)
    : catalogue_(catalogue),
      decider_(decider),
      start_(options.start),
      names_(options.names),
      provider_(options.provider, std::move(options.coins)),
      next_minute_(std::chrono::ceil<std::chrono::minutes>(options.start)),
      swept_at_(options.start) {}

std::size_t Simulation::ask(milliseconds at, std::string_view target) {
  const TimePoint now = start_ + at;
  move_to(now);
  const bool is_known = !catalog::parse_target(catalogue_, target, request_) &&
                        request_.endpoint != nullptr &&
                        request_.endpoint->mode != catalog::CacheMode::Never;
  if (!is_known) {
    ++figures_.unknown;
    return 0;
  }
  ++figures_.requests;
  Asked asked(request_, names_);
  count_names(asked);
  look_up(asked, now);
  count_asks(asked, now);
  fetch(asked, now);
  count_asks(asked, now);
  serve(asked.gather, now);
  return asked.gather.slots().size();
}

void Simulation::finish(milliseconds until) { move_to(start_ + until); }

void Simulation::move_to(TimePoint now) {
  for (; next_minute_ <= now; next_minute_ += kMinute) decider_.each_minute(next_minute_);
  if (now - swept_at_ >= kSweep) drop_dead(now);
}

void Simulation::drop_dead(TimePoint now) {
  swept_at_ = now;
  std::erase_if(copies_, [now](const auto& one) { return !cache::is_usable(*one.second, now); });
}

void Simulation::count_names(const Asked& asked) {
  if (!asked.translation.applies()) return;
  ++figures_.by_name;
  const auto is_stray = [this](std::string_view name) {
    return !provider_.is_in_map(request_.kind, name);
  };
  if (std::ranges::any_of(request_.assets, is_stray)) ++figures_.by_stray_name;
}

cache::EntryPtr Simulation::find(std::string_view key) const {
  const auto found = copies_.find(std::string(key));
  return found == copies_.end() ? nullptr : found->second;
}

// As proxy::Life does: by the names asked for, and by the ids that they lead to.
void Simulation::look_up(Asked& asked, TimePoint now) {
  auto& [gather, translation] = asked;
  look_up(gather, now);
  for (const auto asset : translation.unlearned(gather, now))
    translation.learn(asset, find(translation.alias_key(asset)));
  if (auto* by_id = translation.lead(gather, now)) look_up(*by_id, now);
  spell(asked, now);
}

void Simulation::look_up(proxy::Gather& gather, TimePoint now) const {
  for (const auto at : gather.not_fresh()) {
    if (const auto copy = find(gather.slots()[at].key)) gather.offer(at, copy, now);
  }
}

void Simulation::spell(Asked& asked, TimePoint now) {
  for (auto& item : asked.translation.spell(asked.gather, now))
    copies_[item.key] = std::move(item.entry);
}

// Asks for a name are asks for what it leads to.
void Simulation::count_asks(Asked& asked, TimePoint now) {
  auto& [gather, translation] = asked;
  if (auto* by_id = translation.by_id()) count_asks(translation.fetched(), *by_id, now);
  if (!translation.applies()) return count_asks(request_, gather, now);
  const auto lane = refill::lane_of(request_);
  const auto converts = lane->keys_per_asset();
  for (std::size_t at = 0; at < gather.slots().size(); ++at) {
    auto& slot = gather.slots()[at];
    if (slot.entry == nullptr || std::exchange(slot.counted, true)) continue;
    const auto asset = at / converts;
    auto alias = translation.alias(asset);
    if (alias == nullptr) alias = find(translation.alias_key(asset));
    decider_.note_named({.lane = lane,
                         .name = request_.assets[asset],
                         .convert = at % converts,
                         .key = slot.key,
                         .copy = *slot.entry,
                         .told_at = alias == nullptr ? TimePoint{} : alias->fetched_at,
                         .counts_parts = !translation.leads(asset)},
                        now);
  }
}

void Simulation::count_asks(const catalog::Request& request, proxy::Gather& gather, TimePoint now) {
  const auto lane = refill::lane_of(request);
  const auto converts = lane->keys_per_asset();
  for (std::size_t at = 0; at < gather.slots().size(); ++at) {
    auto& slot = gather.slots()[at];
    if (slot.entry == nullptr || std::exchange(slot.counted, true)) continue;
    const auto asset = lane->is_whole() ? std::string_view() : request.assets[at / converts];
    decider_.note_asked(lane, asset, at % converts, slot.key, *slot.entry, now);
  }
}

// By id where all names of the request lead there, otherwise by name. Who has a call made waits for
// it, and gets all that it brought.
void Simulation::fetch(Asked& asked, TimePoint now) {
  auto& [gather, translation] = asked;
  if (gather.not_fresh().empty()) return;
  translation.divide(gather, is_never_busy, now);
  auto* const by_id = translation.by_id();
  auto groups = gather.lanes();
  if (by_id != nullptr) {
    for (auto& group : by_id->lanes()) groups.push_back(std::move(group));
  }
  const bool lacks = std::ranges::any_of(gather.slots(), is_lacking);
  if (groups.empty() || !decider_.pays(groups, lacks, now)) return;
  make_calls(request_, gather, lacks, now);
  if (by_id != nullptr) {
    make_calls(translation.fetched(), *by_id, lacks, now);
    spell(asked, now);
    if (translation.divide_again(gather)) make_calls(request_, gather, lacks, now);
  }
  if (!gather.has_fetched()) return;
  for (std::size_t at = 0; at < gather.slots().size(); ++at) {
    if (const auto copy = find(gather.slots()[at].key)) gather.offer(at, copy, now);
  }
}

void Simulation::make_calls(const catalog::Request& request,
                            proxy::Gather& gather,
                            bool lacks,
                            TimePoint now) {
  for (const auto& [lane, keys] : gather.lanes()) {
    const std::span<const std::size_t> slots(keys);
    const auto most = lane->assets_per_call() * lane->keys_per_asset();
    for (std::size_t begin = 0; begin < slots.size(); begin += most) {
      const auto part = slots.subspan(begin, std::min(most, slots.size() - begin));
      make_call(lane, part, request, gather, lacks, now);
    }
  }
}

void Simulation::make_call(const refill::LanePtr& lane,
                           std::span<const std::size_t> slots,
                           const catalog::Request& request,
                           proxy::Gather& gather,
                           bool lacks,
                           TimePoint now) {
  const auto converts = lane->keys_per_asset();
  std::vector<std::string> assets;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    keys.emplace_back(gather.slots()[slots[i]].key);
    if (i % converts != 0) continue;
    const auto asset = slots[i] / (lane->is_whole() ? 1 : request.converts.size());
    assets.emplace_back(lane->is_whole() ? std::string_view() : request.assets[asset]);
  }
  const Credits price = provider_.charge(*lane, assets);
  if (!decider_.call(lane, price, lacks, now)) return;
  figures_.credits += price.count;
  ++figures_.calls;
  const auto riders = decider_.riders(lane, assets, keys, now);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    auto& slot = gather.slots()[slots[i]];
    slot.entry = file(*lane, assets[i / converts], i % converts, keys[i], now);
    slot.standing = proxy::Standing::Fresh;
    slot.fetched = true;
  }
  for (const auto& rider : riders) {
    for (std::size_t convert = 0; convert < rider.keys.size(); ++convert)
      file(*lane, rider.asset, convert, rider.keys[convert], now);
  }
  decider_.note_data(lane->endpoint(), provider_.data_at(now), now);
}

cache::EntryPtr Simulation::file(const refill::Lane& lane,
                                 std::string_view asset,
                                 std::size_t convert,
                                 const std::string& key,
                                 TimePoint now) {
  const auto& endpoint = lane.endpoint();
  auto entry = std::make_shared<cache::Entry>();
  entry->fragment = provider_.answer(lane, asset);
  entry->fetched_at = now;
  entry->data_at = provider_.data_at(now);
  entry->fresh_until = decider_.fresh_until(endpoint, entry->data_at, now);
  entry->stale_until = entry->fresh_until + endpoint.freshness.get().stale_if_error;
  ++figures_.fetched;
  if (!lane.is_whole()) file_told(lane, asset, convert, *entry);
  keep({key, entry});
  return entry;
}

// What it tells of names, as refill::Filing does.
void Simulation::file_told(const refill::Lane& lane,
                           std::string_view asset,
                           std::size_t convert,
                           cache::Entry& entry) {
  refill::EntryTimes times;
  times.names = names_;
  refill::SplitEntry part;
  part.convert = convert;
  refill::learn_names(lane, asset, entry, part, times);
  for (const auto& one : part.by_id) keep(one.item);
  if (part.aliases.own) keep(*part.aliases.own);
  for (const auto& [key, slug] : part.aliases.slugs) {
    if (auto alias = refill::slug_to_file(slug, find(key))) keep({key, std::move(alias)});
  }
}

void Simulation::keep(const cache::Item& item) {
  copies_[item.key] = item.entry;
  decider_.note_filed(item.key, *item.entry);
}

void Simulation::serve(const proxy::Gather& gather, TimePoint now) {
  if (!gather.is_complete()) {
    ++figures_.refused;
    return;
  }
  for (const auto& slot : gather.slots()) {
    figures_.ages.add(now - slot.entry->fetched_at);
    figures_.content_ages.add(now - provider_.data_at(slot.entry->fetched_at));
  }
}

}  // namespace quotecached::simulate
