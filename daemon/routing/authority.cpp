#include "routing/authority.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "base/ascii.hpp"

namespace quotecached::routing {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kLongestName = 255;  // of the domain name system

constexpr bool is_hex_digit(char c) noexcept { return hex_value(c) >= 0; }

// reg-name: unreserved, escapes, sub-delims.
bool is_name(std::string_view host) noexcept {
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < host.size(); ++i) {
    const char c = host[i];
    if (is_alphanumeric(c) || kMarks.find(c) != std::string_view::npos) continue;
    const bool is_escape =
        c == '%' && i + 2 < host.size() && is_hex_digit(host[i + 1]) && is_hex_digit(host[i + 2]);
    if (!is_escape) return false;
    i += 2;
  }
  return !host.empty() && host.size() <= kLongestName;
}

bool is_ipv6(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size()) return false;
  std::ranges::copy(text, copy.begin());
  in6_addr address;
  return ::inet_pton(AF_INET6, copy.data(), &address) == 1;
}

// No top-level domain consists of digits, so neither can a domain of digits and dots be owned.
HostKind kind_of_name(std::string_view host) noexcept {
  if (host.find_first_not_of("0123456789.") == std::string_view::npos) return HostKind::Address;
  return host.find('.') == std::string_view::npos ? HostKind::Name : HostKind::Domain;
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) noexcept {
  Authority parsed;
  if (text.empty()) return parsed;
  const bool has_brackets = text.starts_with('[');
  const auto end = has_brackets ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return std::nullopt;
  parsed.host = text.substr(0, end + (has_brackets ? 1 : 0));
  auto rest = text.substr(parsed.host.size());
  if (rest.starts_with(':')) {
    parsed.port = rest.substr(1);
    rest = {};
  }
  constexpr std::size_t kLongestPort = 5;
  const bool is_port = parsed.port.find_first_not_of(kDigits) == std::string_view::npos &&
                       parsed.port.size() <= kLongestPort;
  if (!rest.empty() || !is_port) return std::nullopt;
  const bool is_host = has_brackets ? is_ipv6(text.substr(1, end - 1)) : is_name(parsed.host);
  if (!is_host) return std::nullopt;
  parsed.kind = has_brackets ? HostKind::Address : kind_of_name(parsed.host);
  return parsed;
}

std::optional<AbsoluteTarget> split_absolute(std::string_view target) noexcept {
  constexpr std::array<std::string_view, 2> kSchemes{"http://", "https://"};
  for (const auto scheme : kSchemes) {
    if (!same_host(target.substr(0, scheme.size()), scheme)) continue;
    const auto rest = target.substr(scheme.size());
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    auto path = rest.substr(end);
    if (!path.starts_with('/')) path = "/";  // a query without a path asks for nothing we have
    return AbsoluteTarget{rest.substr(0, end), path};
  }
  return std::nullopt;
}

bool same_host(std::string_view a, std::string_view b) noexcept {
  return equal_ignoring_case(a, b);
}

}  // namespace quotecached::routing
