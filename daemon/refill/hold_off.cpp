#include "refill/hold_off.hpp"

#include <algorithm>
#include <utility>

namespace quotecached::refill {

void HoldOffs::hold(const std::string& name, Binds binds, calling::FailurePtr failure, Time until) {
  if (holds_.size() >= most_ && !holds_.contains(name)) make_room();
  holds_.insert_or_assign(name, Hold{binds, std::move(failure), until});
}

void HoldOffs::clear(const std::string& name) { holds_.erase(name); }

calling::FailurePtr HoldOffs::held(const std::string& name, bool has_copy, Time now) const {
  const auto found = holds_.find(name);
  if (found == holds_.end() || found->second.until <= now) return nullptr;
  if (found->second.binds == Binds::WhoHasCopy && !has_copy) return nullptr;
  return found->second.failure;
}

void HoldOffs::make_room() {
  holds_.erase(std::min_element(holds_.begin(), holds_.end(), [](const auto& a, const auto& b) {
    return a.second.until < b.second.until;
  }));
}

}  // namespace quotecached::refill
