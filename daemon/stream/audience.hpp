// Who listens to a channel: threads and clients, counted.
//
// Pure.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "base/clock.hpp"

namespace quotecached::stream {

struct Audience {
  std::map<std::string, std::size_t> clients;  // listeners of each
  std::size_t listeners = 0;
  std::string asked_as;  // the client that the last review was made for
  TimePoint reviewed_at{};
  TimePoint left_at{};  // when the last listener went
  bool is_reviewing = false;

  void add(const std::string& client) {
    ++clients[client];
    ++listeners;
  }
  void remove(const std::string& client, TimePoint now) {
    const auto found = clients.find(client);
    if (found == clients.end()) return;
    if (--found->second == 0) clients.erase(found);
    if (--listeners == 0) left_at = now;
  }
  // In turn, so that each pays for some; null: there is none that may ask now.
  template <class MayAsk>
  const std::string* next_client(const MayAsk& may_ask) {
    auto next = clients.upper_bound(asked_as);
    for (auto left = clients.size(); left > 0; --left, ++next) {
      if (next == clients.end()) next = clients.begin();
      if (!may_ask(next->first)) continue;
      asked_as = next->first;
      return &asked_as;
    }
    return nullptr;
  }
  // Goes before all that were reviewed.
  void put_off() { reviewed_at = TimePoint{}; }
  // A clock that was set back makes no channel wait for it.
  [[nodiscard]] bool is_due(TimePoint now, milliseconds every) const {
    return listeners > 0 && !is_reviewing && (now - reviewed_at >= every || now < reviewed_at);
  }
  [[nodiscard]] bool is_over(TimePoint now, milliseconds lingering) const {
    return listeners == 0 && !is_reviewing && (now - left_at >= lingering || now < left_at);
  }
};

}  // namespace quotecached::stream
