#include "refill/ride_choices.hpp"

#include <algorithm>
#include <utility>

namespace quotecached::refill {

void RideChoices::put(const Lane& lane, std::vector<Rider> riders, Time now) {
  choices_.insert_or_assign(lane.name(), Choice{std::move(riders), now});
}

std::optional<std::vector<Rider>> RideChoices::take(
    const Lane& lane,
    std::size_t room,
    const std::function<bool(std::string_view key)>& is_busy,
    Time now) {
  auto found = choices_.extract(lane.name());
  if (!found || now - found.mapped().made_at > kLife) return std::nullopt;
  auto riders = std::move(found.mapped().riders);
  std::erase_if(riders, [&](const Rider& rider) {
    if (rider.items > room || std::ranges::any_of(rider.keys, is_busy)) return true;
    room -= rider.items;
    return false;
  });
  return riders;
}

}  // namespace quotecached::refill
