#include "proxy/gather.hpp"

#include <algorithm>
#include <memory>

namespace quotecached::proxy {

Gather::Gather(const catalog::Request& request)
    : request_(request), freshness_(request.endpoint->freshness) {
  if (request.kind == catalog::KeyKind::None) {
    catalog::append_whole_key(slots_.emplace_back().key, request);
    return;
  }
  slots_.resize(request.assets.size() * request.converts.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    catalog::append_key(
        slots_[i].key, request, i / request.converts.size(), i % request.converts.size());
  }
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
}

void Gather::take(std::size_t at, const refill::Pending& pending, TimePoint now) {
  Slot& slot = slots_[at];
  slot.failure = pending.failure;
  if (!pending.entry) return;
  offer(at, pending.entry, now);
  if (slot.standing == Standing::Missing) {
    slot.entry = pending.entry;
    slot.standing = Standing::Fresh;
  }
  slot.fetched = slot.entry == pending.entry;
}

std::vector<std::size_t> Gather::stale() const {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].standing != Standing::Fresh) positions.push_back(i);
  }
  return positions;
}

void Gather::spare(std::size_t at, refill::FailurePtr why) {
  slots_[at].spared = true;
  slots_[at].failure = std::move(why);
}

std::vector<std::size_t> Gather::wanting() const {
  auto positions = stale();
  std::erase_if(positions, [this](std::size_t at) { return slots_[at].spared; });
  return positions;
}

std::vector<refill::Missing> Gather::missing() const {
  std::vector<refill::Missing> missing;
  const auto converts = std::max<std::size_t>(1, request_.converts.size());
  for (const auto at : wanting()) {
    missing.push_back({.asset = at / converts,
                       .convert = at % converts,
                       .has_fallback = slots_[at].standing != Standing::Missing});
  }
  return missing;
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
    slot.entry = nullptr;
    slot.standing = Standing::Missing;
    slot.spared = false;
  }
}

refill::FailurePtr Gather::failure() const {
  for (const auto& slot : slots_) {
    if (slot.standing == Standing::Missing && slot.failure) return slot.failure;
  }
  return std::make_shared<const refill::Failure>(
      refill::Failure{504, 504, "The provider did not answer in time.", std::chrono::seconds(0)});
}

Outcome Gather::outcome() const {
  const auto fetched =
      std::count_if(slots_.begin(), slots_.end(), [](const Slot& s) { return s.fetched; });
  const bool any_stale = std::any_of(
      slots_.begin(), slots_.end(), [](const Slot& s) { return s.standing != Standing::Fresh; });
  if (any_stale) return Outcome::Stale;
  if (fetched == 0) return Outcome::Hit;
  return static_cast<std::size_t>(fetched) == slots_.size() ? Outcome::Miss : Outcome::Partial;
}

bool Gather::has_fetched() const { return std::ranges::any_of(slots_, &Slot::fetched); }

void Gather::hand_over(Answer& out) const {
  out.owners.clear();
  for (const auto& slot : slots_) out.owners.push_back(slot.entry);
}

}  // namespace quotecached::proxy
