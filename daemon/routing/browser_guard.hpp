// May a request that shows no token be answered: or did a web page make its reader's browser send
// it?
//
// Pure. A page can send requests to any address its reader reaches, this machine's included, and
// each may cost credits. It cannot hide that: its browser says where a request comes from, and a
// domain that its owner has lead here stands in the Host field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/request_head.hpp"

namespace quotecached::routing {

class BrowserGuard {
 public:
  // `hosts`: the domain names that are ours, without ports.
  explicit BrowserGuard(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {}

  // Is there anything about `head` that the questions below must be asked for? Cheap.
  [[nodiscard]] static bool is_plain(const RequestHead& head) noexcept {
    return head.host_kind != HostKind::Domain && !head.is_cross_site && head.origin.empty() &&
           !head.is_absolute;
  }

  // Does an absolute target name somebody else, for whom we are no proxy?
  [[nodiscard]] bool is_misdirected(const RequestHead& head) const noexcept;

  // Why a request without a token is refused, for people; empty: it is not.
  [[nodiscard]] std::string_view refusal(const RequestHead& head) const noexcept;

  // Why a request for an operator's route is refused, whatever it shows; empty: it is not.
  [[nodiscard]] static std::string_view operator_refusal(const RequestHead& head) noexcept;

 private:
  [[nodiscard]] bool is_ours(const RequestHead& head) const noexcept;

  std::vector<std::string> hosts_;
};

}  // namespace quotecached::routing
