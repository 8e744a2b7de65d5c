#include "proxy/miss_reason.hpp"

#include <array>

namespace quotecached::proxy {
namespace {

constexpr std::array<std::string_view, kMissReasons> kWords{"filled",
                                                            "another_name",
                                                            "unjoinable",
                                                            "stale",
                                                            "negative_expired",
                                                            "expired",
                                                            "absent",
                                                            "not_cached"};
static_assert(static_cast<std::size_t>(MissReason::NotCached) == kMissReasons - 1);

}  // namespace

std::string_view to_string(MissReason reason) noexcept {
  return kWords[static_cast<std::size_t>(reason)];
}

MissReason miss_reason(const cache::Entry* entry, TimePoint now) noexcept {
  if (entry == nullptr) return MissReason::Absent;
  if (cache::is_fresh(*entry, now)) return MissReason::Filled;
  if (entry->is_negative) return MissReason::NegativeExpired;
  return cache::is_usable(*entry, now) ? MissReason::Stale : MissReason::Expired;
}

}  // namespace quotecached::proxy
