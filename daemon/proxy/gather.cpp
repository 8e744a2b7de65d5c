#include "proxy/gather.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

namespace quotecached::proxy {

Gather::Gather(const catalog::Request& request)
    : request_(request), freshness_(request.endpoint->freshness) {
  const bool is_whole = request.kind == catalog::KeyKind::None;
  const auto converts = is_whole ? 1 : request.converts.size();
  slots_.resize(is_whole ? 1 : request.assets.size() * converts);
  std::vector<std::size_t> ends;
  ends.reserve(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (is_whole) {
      catalog::append_whole_key(keys_, request);
    } else {
      catalog::append_key(keys_, request, i / converts, i % converts);
    }
    ends.push_back(keys_.size());
  }
  // Now that the text grows no more.
  std::size_t begin = 0;
  for (std::size_t i = 0; i < slots_.size(); begin = ends[i++])
    slots_[i].key = std::string_view(keys_).substr(begin, ends[i] - begin);
}

void Gather::offer(std::size_t at, const cache::EntryPtr& entry, TimePoint now) {
  Slot& slot = slots_[at];
  const Standing offered = standing(entry.get(), freshness_, now);
  if (offered == Standing::Missing) return;
  // By standing first: an entry from the future is not the younger one, whatever it says.
  if (offered < slot.standing) return;
  if (offered == slot.standing && entry->fetched_at <= slot.entry->fetched_at) return;
  slot.entry = entry;
  slot.standing = offered;
  slot.is_of_parts = false;
}

void Gather::take(std::size_t at, const refill::Pending& pending, TimePoint now) {
  Slot& slot = slots_[at];
  slot.failure = pending.failure;
  add_headers(pending.headers);
  if (!pending.entry) return;
  offer(at, pending.entry, now);
  if (slot.standing == Standing::Missing) {
    slot.entry = pending.entry;
    slot.standing = Standing::Fresh;
    slot.is_of_parts = false;
  }
  slot.shared = pending.is_from_neighbour && slot.entry == pending.entry;
  slot.fetched = slot.entry == pending.entry && !slot.shared;
  slot.asked = slot.asked && !slot.shared;
}

bool Gather::take_parts(std::size_t at,
                        const cache::EntryPtr& entry,
                        std::span<const Slot* const> parts,
                        TimePoint now) {
  Slot& slot = slots_[at];
  const auto has = [&](bool Slot::* flag) {
    return std::ranges::any_of(parts, [&](const Slot* part) { return part->*flag; });
  };
  slot.asked = slot.asked || has(&Slot::asked);
  const auto failed =
      std::ranges::find_if(parts, [](const Slot* part) { return part->failure != nullptr; });
  if (failed != parts.end()) slot.failure = (*failed)->failure;
  if (!entry) return false;
  offer(at, entry, now);
  const bool is_news = has(&Slot::fetched) || has(&Slot::shared);
  const bool is_fresh = std::ranges::all_of(
      parts, [](const Slot* part) { return part->standing == Standing::Fresh; });
  // As with any new entry: it may be shown now, however short its life.
  if (is_news && is_fresh && slot.standing != Standing::Fresh) {
    slot.entry = entry;
    slot.standing = Standing::Fresh;
  }
  if (slot.entry != entry) return false;
  slot.is_of_parts = true;
  slot.fetched = has(&Slot::fetched);
  slot.shared = !slot.fetched && has(&Slot::shared);
  return true;
}

void Gather::add_headers(const std::shared_ptr<const std::string>& headers) {
  if (!headers_) headers_ = headers;
  takes_several_ = takes_several_ || headers_ != headers;
}

void Gather::take_headers(const Gather& parts) {
  if (parts.headers_) add_headers(parts.headers_);
  takes_several_ = takes_several_ || parts.takes_several_;
}

std::size_t Gather::made_of_parts() const {
  std::size_t assets = 0;
  for (std::size_t begin = 0; begin < slots_.size(); begin += width()) {
    if (has_all(begin) && slots_[begin].is_of_parts) ++assets;
  }
  return assets;
}

std::vector<std::size_t> Gather::not_fresh() const {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].standing != Standing::Fresh) positions.push_back(i);
  }
  return positions;
}

void Gather::exclude(std::size_t at, calling::FailurePtr why) {
  slots_[at].excluded = true;
  slots_[at].failure = std::move(why);
}

std::vector<std::size_t> Gather::wanting() const {
  auto positions = not_fresh();
  std::erase_if(positions, [this](std::size_t at) {
    return slots_[at].excluded || slots_[at].is_left_to_parts;
  });
  return positions;
}

std::vector<refill::LaneGroup> Gather::lanes() const {
  const auto positions = wanting();
  auto lanes = refill::lanes_of(request_, positions);
  if (page_ && page_->is_widened() && !lanes.empty()) lanes.front().lane = page_->lane();
  return lanes;
}

refill::Want Gather::want(const refill::LaneGroup& group,
                          std::string_view client,
                          const RequestTagPtr& tag) const {
  refill::Want want;
  want.lane = group.lane;
  want.reason = {refill::Priority::Foreground, credit::Cause::Miss};
  want.client = client;
  want.tag = tag;
  want.assets.reserve(group.assets());
  want.keys.reserve(group.keys.size());
  for (std::size_t i = 0; i < group.keys.size(); ++i) {
    const auto at = group.keys[i];
    if (group.lane->is_whole()) {
      want.assets.emplace_back();
    } else if (i % group.lane->keys_per_asset() == 0) {
      want.assets.emplace_back(request_.assets[at / request_.converts.size()]);
    }
    const Slot& slot = slots_[at];
    want.keys.push_back({page_ ? page_->key() : std::string(slot.key), slot.entry});
  }
  return want;
}

Patience Gather::patience() const {
  Standing worst = Standing::Fresh;
  for (const auto& slot : slots_) worst = std::min(worst, slot.standing);
  switch (worst) {
    case Standing::Missing: return Patience::Full;
    case Standing::StaleIfError: return Patience::Short;
    case Standing::Revalidate:
    case Standing::Fresh: break;
  }
  return Patience::None;
}

bool Gather::is_complete() const {
  return std::none_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.standing == Standing::Missing;
  });
}

void Gather::forget() {
  for (auto& slot : slots_) {
    Slot forgotten;
    forgotten.key = slot.key;
    slot = std::move(forgotten);
  }
  headers_ = nullptr;
  takes_several_ = false;
}

calling::FailurePtr Gather::failure() const {
  for (const auto& slot : slots_) {
    if (slot.standing == Standing::Missing && slot.failure) return slot.failure;
  }
  return std::make_shared<const calling::Failure>(
      calling::Failure{504, 504, "The provider did not answer in time.", std::chrono::seconds(0)});
}

std::size_t Gather::width() const noexcept {
  return request_.kind == catalog::KeyKind::None ? 1 : request_.converts.size();
}

bool Gather::has_all(std::size_t begin) const {
  const auto first = slots_.begin() + static_cast<std::ptrdiff_t>(begin);
  return std::none_of(first, first + static_cast<std::ptrdiff_t>(width()), [](const Slot& slot) {
    return slot.standing == Standing::Missing;
  });
}

std::vector<std::size_t> Gather::odd_assets() const {
  const bool is_odd = std::all_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.standing != Standing::Missing || (slot.failure && slot.failure->is_of_asset);
  });
  std::vector<std::size_t> odd;
  if (!is_odd) return odd;
  for (std::size_t begin = 0; begin < slots_.size(); begin += width()) {
    if (!has_all(begin)) odd.push_back(begin / width());
  }
  if (odd.size() * width() == slots_.size()) odd.clear();
  return odd;
}

Outcome Gather::outcome() const {
  std::size_t fetched = 0;
  std::size_t there = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!has_all(i - i % width())) continue;
    if (slots_[i].standing != Standing::Fresh) return Outcome::Stale;
    ++there;
    if (slots_[i].fetched) ++fetched;
  }
  if (fetched == 0) return Outcome::Hit;
  return fetched == there ? Outcome::Miss : Outcome::Partial;
}

bool Gather::has_fetched() const { return std::ranges::any_of(slots_, &Slot::fetched); }

bool Gather::has_asked() const { return std::ranges::any_of(slots_, &Slot::asked); }

bool Gather::is_shared() const {
  return !has_fetched() && std::ranges::any_of(slots_, &Slot::shared);
}

std::vector<std::size_t> Gather::stale_assets() const {
  std::vector<std::size_t> stale;
  bool has_fresh = false;
  for (std::size_t begin = 0; begin < slots_.size(); begin += width()) {
    if (!has_all(begin)) continue;
    const bool is_fresh =
        std::ranges::all_of(std::span(slots_).subspan(begin, width()),
                            [](const Slot& slot) { return slot.standing == Standing::Fresh; });
    has_fresh = has_fresh || is_fresh;
    if (!is_fresh) stale.push_back(begin / width());
  }
  if (!has_fresh) stale.clear();
  return stale;
}

void Gather::hand_over(Answer& out) const {
  out.owners.clear();
  for (std::size_t begin = 0; begin < slots_.size(); begin += width()) {
    if (!has_all(begin)) continue;
    for (std::size_t i = begin; i < begin + width(); ++i) out.owners.push_back(slots_[i].entry);
  }
}

}  // namespace quotecached::proxy
