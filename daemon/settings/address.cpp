#include "settings/address.hpp"

#include <charconv>
#include <limits>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace quotecached::settings {
namespace {

constexpr std::string_view kUnix = "unix:";

Result<Address> parse_unix(std::string_view path) {
  if (path.empty() || path.front() != '/')
    return fail(ErrorCode::Invalid, "a Unix socket needs an absolute path: \"unix:/path\"");
  if (path.size() >= sizeof(sockaddr_un::sun_path))
    return fail(ErrorCode::Invalid, "the path of a Unix socket must be shorter than 108 bytes");
  return Address{"", 0, std::string(path)};
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  return host.find_first_of(" /@?#\"\\[]") == std::string_view::npos;
}

std::size_t host_end(std::string_view text) {
  if (text.empty() || text.front() != '[') return text.find_first_of(":/?#");
  const std::size_t bracket = text.find(']');
  return bracket == std::string_view::npos ? bracket : bracket + 1;
}

std::string_view without_brackets(std::string_view host) {
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return host;
  return host.substr(1, host.size() - 2);
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  if (text.starts_with(kUnix)) return parse_unix(text.substr(kUnix.size()));
  const auto wrong =
      fail(ErrorCode::Invalid, R"(must be "host:port", "[v6]:port" or "unix:/path")");
  const std::size_t end = host_end(text);
  if (end == std::string_view::npos || end >= text.size() || text[end] != ':') return wrong;
  const std::string_view host = without_brackets(text.substr(0, end));
  const std::string_view port = text.substr(end + 1);
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_port = error == std::errc{} && rest == port.data() + port.size() &&
                       number <= std::numeric_limits<std::uint16_t>::max();
  if (!is_port || !is_host(host)) return wrong;
  return Address{std::string(host), static_cast<std::uint16_t>(number), ""};
}

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  const std::string text(host);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6);
}

bool is_numeric(std::string_view host) {
  const std::string text(host);
  in6_addr any{};
  return host == "localhost" || inet_pton(AF_INET, text.c_str(), &any) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &any) == 1;
}

Result<Url> parse_url(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0)
    return fail(ErrorCode::Invalid, "must be a URL");
  Url url;
  url.scheme = text.substr(0, colon);
  std::string_view rest = text.substr(colon + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.has_user = true;
    rest.remove_prefix(at + 1);
  }
  const std::size_t end = std::min(host_end(rest), rest.size());
  const std::string_view host = without_brackets(rest.substr(0, end));
  if (!is_host(host)) return fail(ErrorCode::Invalid, "must be a URL with a host");
  url.host = host;
  url.rest = rest.substr(end);
  return url;
}

}  // namespace quotecached::settings
