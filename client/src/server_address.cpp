#include "src/server_address.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace quotecache {
namespace {

constexpr std::size_t kMostPath = 107;  // what the kernel takes

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";
constexpr std::string_view kForms = "takes http://HOST:PORT, https://HOST:PORT or unix:/PATH";

Error bad_address(std::string_view why) {
  return {ErrorCode::Invalid, "the server's address " + std::string(why)};
}

bool is_port(std::string_view text) {
  unsigned value = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  return error == std::errc() && stop == end && value >= 1 && value <= 65535;
}

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_';
}

bool is_address_character(char c) { return is_host_character(c) || c == ':'; }

// "host", "host:port", "[::1]:port".
struct Authority {
  std::string_view host;
  std::string_view port;
  bool is_right = false;
};

Authority split(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return {};
    const auto host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    const bool is_right = !host.empty() &&
                          std::all_of(host.begin(), host.end(), is_address_character) &&
                          (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
    return {host, rest.empty() ? rest : rest.substr(1), is_right};
  }
  const auto colon = text.find(':');
  const auto host = text.substr(0, colon);
  const bool has_port = colon != std::string_view::npos;
  const auto port = has_port ? text.substr(colon + 1) : std::string_view{};
  const bool is_right = !host.empty() && std::all_of(host.begin(), host.end(), is_host_character) &&
                        (!has_port || is_port(port));
  return {host, port, is_right};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

Result<ServerAddress> parse_socket(std::string_view text) {
  const auto path = text.substr(kUnix.size());
  if (!path.starts_with('/'))
    return bad_address("names a Unix socket by its whole path: unix:/PATH");
  if (path.size() > kMostPath)
    return bad_address("is too long for a Unix socket: 107 bytes at most");
  return ServerAddress{std::string(text), "http://localhost", std::string(path), true};
}

}  // namespace

Result<ServerAddress> ServerAddress::parse(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return bad_address(kForms);
  if (text.starts_with(kUnix)) return parse_socket(text);
  const bool is_tls = text.starts_with(kHttps);
  if (!is_tls && !text.starts_with(kHttp)) return bad_address(kForms);
  const std::string_view scheme = is_tls ? kHttps : kHttp;
  auto rest = text.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const Authority authority = split(rest);
  if (!authority.is_right) return bad_address(kForms);
  const std::string url = std::string(scheme) + std::string(rest);
  return ServerAddress{url, url, "", is_tls || is_loopback(authority.host)};
}

}  // namespace quotecache
