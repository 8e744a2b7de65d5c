#include "redis/url.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sys/un.h>

namespace quotecached::redis {
namespace {

constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxUnixPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr unsigned kMaxDb = 65535;

tl::unexpected<Error> invalid(const char* what) {
  return fail(ErrorCode::Invalid, fmt::format("redis url: {}", what));
}

std::optional<unsigned> to_number(std::string_view text, unsigned max) {
  unsigned number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number > max) return std::nullopt;
  return number;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, byte, 16);
    if (digits.size() != 2 || error != std::errc() || stop != end) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

bool eat(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "user:password@" or "password@" at the front of `rest`.
bool take_login(std::string_view& rest, Address& address) {
  const std::size_t slash = rest.find('/');
  const std::size_t at = rest.substr(0, slash).rfind('@');
  if (at == std::string_view::npos) return true;
  std::string_view login = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const std::size_t colon = login.find(':');
  if (colon != std::string_view::npos) {
    auto user = unescape(login.substr(0, colon));
    if (!user) return false;
    address.user = std::move(*user);
    login.remove_prefix(colon + 1);
  }
  auto password = unescape(login);
  if (!password || password->empty()) return false;
  address.password = std::move(*password);
  return true;
}

bool take_db(std::string_view text, Address& address) {
  const auto db = to_number(text, kMaxDb);
  if (!db) return false;
  address.db = static_cast<int>(*db);
  return true;
}

Result<Address> parse_unix(std::string_view rest, bool may_have_login) {
  Address address;
  if (may_have_login && !take_login(rest, address)) return invalid("bad user or password");
  const std::size_t query = rest.find('?');
  const std::string_view path = rest.substr(0, query);
  if (query != std::string_view::npos) {
    std::string_view parameter = rest.substr(query + 1);
    if (!eat(parameter, "db=") || !take_db(parameter, address)) return invalid("expected ?db=N");
  }
  auto unescaped = unescape(path);
  if (!unescaped || unescaped->empty() || unescaped->front() != '/') {
    return invalid("expected an absolute socket path");
  }
  if (unescaped->size() > kMaxUnixPath) return invalid("socket path too long");
  address.unix_path = std::move(*unescaped);
  return address;
}

Result<Address> parse_tcp(std::string_view rest) {
  Address address;
  if (!take_login(rest, address)) return invalid("bad user or password");
  const std::size_t slash = rest.find('/');
  std::string_view place = rest.substr(0, slash);
  if (slash != std::string_view::npos && slash + 1 < rest.size() &&
      !take_db(rest.substr(slash + 1), address)) {
    return invalid("database is not a number");
  }
  std::string_view host = place.substr(0, place.find(':'));
  if (place.starts_with('[')) {
    const std::size_t close = place.find(']');
    if (close == std::string_view::npos) return invalid("no ] after the address");
    host = place.substr(1, close - 1);
    place.remove_prefix(close + 1);
  } else {
    place.remove_prefix(host.size());
  }
  if (host.empty()) return invalid("no host");
  if (!place.empty()) {
    const auto port = eat(place, ":") ? to_number(place, 65535) : std::nullopt;
    if (!port || *port == 0) return invalid("bad port");
    address.port = static_cast<std::uint16_t>(*port);
  }
  address.host = std::string(host);
  return address;
}

}  // namespace

std::string Address::to_text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  if (host.empty()) return fmt::format("unix:{}?db={}", unix_path, db);
  if (is_v6) return fmt::format("redis://[{}]:{}/{}", host, port, db);
  return fmt::format("redis://{}:{}/{}", host, port, db);
}

Result<Address> parse_url(std::string_view url) {
  if (url.size() > kMaxUrl) return invalid("too long");
  if (url.find('\0') != std::string_view::npos) return invalid("zero byte");
  if (eat(url, "redis://")) return parse_tcp(url);
  if (eat(url, "redis+unix://")) return parse_unix(url, true);
  if (eat(url, "unix://") || eat(url, "unix:")) return parse_unix(url, false);
  if (url.starts_with("rediss://")) return invalid("TLS is not supported");
  return invalid("expected redis://, unix: or redis+unix://");
}

Result<Address> take_address(std::string& url, std::string& password) {
  auto address = parse_url(std::exchange(url, {}));
  if (address && !password.empty()) address->password = std::exchange(password, {});
  return address;
}

}  // namespace quotecached::redis
