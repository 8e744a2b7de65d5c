#include "routing/browser_guard.hpp"

#include <algorithm>

namespace quotecached::routing {
namespace {

// Does a page of the very host that is asked send it? "null" stands for pages without a home.
bool is_own_page(std::string_view origin, std::string_view host) noexcept {
  const auto parts = split_absolute(origin);
  return parts && origin.ends_with(parts->authority) && same_host(parts->authority, host);
}

}  // namespace

bool BrowserGuard::is_ours(const RequestHead& head) const noexcept {
  if (head.host_kind != HostKind::Domain) return true;
  const auto authority = parse_authority(head.host);
  return authority && std::ranges::any_of(hosts_, [&authority](const std::string& host) {
           return same_host(host, authority->host);
         });
}

bool BrowserGuard::is_misdirected(const RequestHead& head) const noexcept {
  return head.is_absolute && (head.host_kind == HostKind::None || !is_ours(head));
}

std::string_view BrowserGuard::refusal(const RequestHead& head) const noexcept {
  if (head.is_cross_site) return "without tokens no page of another site may ask";
  if (!head.origin.empty() && !is_own_page(head.origin, head.host))
    return "without tokens no page of another origin may ask";
  if (!is_ours(head))
    return "without tokens ask by address, by a name without dots, or by one in listen.hosts";
  return {};
}

std::string_view BrowserGuard::operator_refusal(const RequestHead& head) noexcept {
  if (!head.origin.empty() || head.is_cross_site) return "a web page cannot act for its reader";
  if (head.is_relayed) return "ask directly, not through a proxy";
  return {};
}

}  // namespace quotecached::routing
