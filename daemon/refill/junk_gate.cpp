#include "refill/junk_gate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/hash.hpp"

namespace quotecached::refill {
namespace {

constexpr double kAllAgainstOne = 10;
constexpr double kWidestAt = 10;  // times the free names

std::uint64_t hash_of(std::string_view kind, std::string_view name) {
  std::string text(kind);
  text += ':';
  text += name;
  return hash64(text);
}

}  // namespace

void JunkGate::note_real(std::string_view kind, std::string_view name) {
  real_.insert(hash_of(kind, name));
  if (real_.size() < kMostReal) return;
  real_before_ = std::exchange(real_, {});
}

bool JunkGate::is_real(std::string_view kind, std::string_view name) const {
  const auto hash = hash_of(kind, name);
  return real_.contains(hash) || real_before_.contains(hash);
}

void JunkGate::note_unknown(const std::string& client, Time now) {
  if (clients_.size() >= kMostClients && !clients_.contains(client))
    std::erase_if(clients_, [&](const auto& one) { return names_at(one.second, now) < 1; });
  if (clients_.size() >= kMostClients && !clients_.contains(client)) return add(all_, now);
  auto& its = clients_[client];
  add(its, now);
  // Who is narrowed by what it has asked for itself shall not narrow others.
  if (names_at(its, now) <= options_.free_names) add(all_, now);
}

JunkGate::Time JunkGate::opens(const std::string& client, Time now) const {
  const auto in_all = opens(all_, options_.free_names * kAllAgainstOne, now);
  const auto known = clients_.find(client);
  if (known == clients_.end()) return in_all;
  return std::max(in_all, opens(known->second, options_.free_names, now));
}

JunkGate::Time::duration JunkGate::window(const std::string& client, Time now) const {
  const auto in_all = window(all_, options_.free_names * kAllAgainstOne, now);
  const auto known = clients_.find(client);
  if (known == clients_.end()) return in_all;
  return std::max(in_all, window(known->second, options_.free_names, now));
}

void JunkGate::note_paid(const std::string& client, Time now) {
  all_.paid = now;
  const auto known = clients_.find(client);
  if (known != clients_.end()) known->second.paid = now;
}

double JunkGate::names_at(const Tide& tide, Time now) const {
  const std::chrono::duration<double> passed = now - tide.at;
  const std::chrono::duration<double> half_life = options_.half_life;
  return tide.names * std::exp2(-std::max(passed / half_life, 0.0));
}

JunkGate::Time::duration JunkGate::window(const Tide& tide, double free_names, Time now) const {
  const double excess = names_at(tide, now) - free_names;
  const double share = std::clamp(excess / (free_names * kWidestAt), 0.0, 1.0);
  return std::chrono::duration_cast<Time::duration>(options_.widest * share);
}

JunkGate::Time JunkGate::opens(const Tide& tide, double free_names, Time now) const {
  const auto wide = window(tide, free_names, now);
  return wide > Time::duration(0) ? std::max(now, tide.paid + wide) : now;
}

void JunkGate::add(Tide& tide, Time now) const {
  tide.names = names_at(tide, now) + 1;
  tide.at = now;
}

}  // namespace quotecached::refill
