#include "http/listener.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace quotecached::http {
namespace {

constexpr std::string_view kUnix = "unix:";

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] int family() const { return storage.ss_family; }
};

tl::unexpected<Error> system_failure(std::string_view what, int error = errno) {
  return fail(listen_failure_code(error),
              std::string(what) + ": " + std::generic_category().message(error));
}

Result<SocketAddress> parse_tcp(std::string_view address) {
  const auto bad = fail(ErrorCode::Invalid, "expected host:port, [ipv6]:port or unix:/path");
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return bad;
  auto host = address.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  const auto port_text = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto* const end = port_text.data() + port_text.size();
  const auto read = std::from_chars(port_text.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end) return bad;
  SocketAddress parsed;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(parsed.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    parsed.size = sizeof v6;
    if (::inet_pton(AF_INET6, std::string(host).c_str(), &v6.sin6_addr) != 1) return bad;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(parsed.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    parsed.size = sizeof v4;
    if (::inet_pton(AF_INET, std::string(host).c_str(), &v4.sin_addr) != 1) return bad;
  }
  return parsed;
}

Result<SocketAddress> parse_unix(std::string_view path) {
  SocketAddress parsed;
  auto& un = reinterpret_cast<sockaddr_un&>(parsed.storage);
  if (!path.starts_with('/')) return fail(ErrorCode::Invalid, "a Unix socket's path is absolute");
  if (path.size() >= sizeof un.sun_path)
    return fail(ErrorCode::Invalid, "a Unix socket's path has at most 107 bytes");
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, path.data(), path.size());
  parsed.size = sizeof un;
  return parsed;
}

std::uint16_t port_of(const SocketAddress& address) {
  return ntohs(address.family() == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

std::string to_text(const SocketAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  const auto port = ":" + std::to_string(port_of(address));
  if (address.family() == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, host.data(), host.size());
    return "[" + std::string(host.data()) + "]" + port;
  }
  if (address.family() == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
    ::inet_ntop(AF_INET, &v4.sin_addr, host.data(), host.size());
    return host.data() + port;
  }
  return std::string(kUnix) + reinterpret_cast<const sockaddr_un&>(address.storage).sun_path;
}

bool is_local(const SocketAddress& address) {
  if (address.family() == AF_UNIX) return true;
  if (address.family() == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr);
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
  return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
}

Result<SocketAddress> bound_address(int socket) {
  SocketAddress address;
  address.size = sizeof address.storage;
  if (::getsockname(socket, address.get(), &address.size) != 0) return system_failure("socket");
  return address;
}

UniqueFd make_socket(int family) {
  return UniqueFd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

Result<UniqueFd> bind_tcp(const SocketAddress& address, bool share_port) {
  auto socket = make_socket(address.family());
  const int on = 1;
  const auto set = [&](int level, int name) {
    return ::setsockopt(socket.get(), level, name, &on, sizeof on) == 0;
  };
  if (socket.get() < 0 || !set(SOL_SOCKET, SO_REUSEADDR)) return system_failure("socket");
  if (share_port && !set(SOL_SOCKET, SO_REUSEPORT)) return system_failure("share port");
  if (address.family() == AF_INET6 && !set(IPPROTO_IPV6, IPV6_V6ONLY))
    return system_failure("socket");
  if (::bind(socket.get(), address.get(), address.size) != 0) return system_failure("bind");
  return socket;
}

// Sockets that share a port would share it with another daemon of this user as well, and take half
// of its clients: so it is bound alone once, to see that it is free.
Result<void> check_free(const SocketAddress& address) {
  if (port_of(address) == 0) return {};
  auto alone = bind_tcp(address, false);
  if (!alone) return std::move(alone).failure();
  if (::listen(alone->get(), 1) != 0) return system_failure("listen");
  return {};
}

Result<Listener> listen_tcp(std::string_view text, const ListenOptions& options) {
  auto address = parse_tcp(text);
  if (!address) return std::move(address).failure();
  const auto free = check_free(*address);
  if (!free) return Result<void>(free).failure();
  Listener listener;
  listener.is_tcp = true;
  for (std::size_t i = 0; i < options.sockets; ++i) {
    auto socket = bind_tcp(*address, true);
    if (!socket) return std::move(socket).failure();
    if (::listen(socket->get(), options.backlog) != 0) return system_failure("listen");
    if (i == 0) address = bound_address(socket->get());  // the real port, for the others too
    if (!address) return std::move(address).failure();
    listener.sockets.push_back(std::move(*socket));
  }
  listener.address = to_text(*address);
  listener.is_local = is_local(*address);
  return listener;
}

// Removes a socket file left behind by a daemon that is gone.
Result<void> remove_stale(const SocketAddress& address, const std::string& path) {
  struct stat file{};
  if (::lstat(path.c_str(), &file) != 0) {
    if (errno == ENOENT) return {};
    return system_failure(path);
  }
  if (!S_ISSOCK(file.st_mode)) return fail(ErrorCode::Invalid, path + " is not a socket");
  const auto probe = make_socket(AF_UNIX);
  if (probe.get() < 0) return system_failure("socket");
  if (::connect(probe.get(), address.get(), address.size) == 0 || errno == EAGAIN)
    return system_failure(path, EADDRINUSE);
  if (errno != ECONNREFUSED) return system_failure(path);
  if (::unlink(path.c_str()) != 0) return system_failure(path);
  return {};
}

// Group first: to change it takes bits of the mode away. Nobody can connect before listen(), so the
// file is never open wider than it should be.
Result<void> open_to_clients(int socket, const std::string& path, const ListenOptions& options) {
  constexpr auto same_user = static_cast<uid_t>(-1);
  if (options.unix_group && ::chown(path.c_str(), same_user, *options.unix_group) != 0)
    return system_failure("give it to group " + std::to_string(*options.unix_group));
  if (::chmod(path.c_str(), options.unix_mode) != 0) return system_failure("set its mode");
  if (::listen(socket, options.backlog) != 0) return system_failure("listen");
  return {};
}

Result<Listener> listen_unix(const std::string& path, const ListenOptions& options) {
  auto address = parse_unix(path);
  if (!address) return std::move(address).failure();
  const auto clear = remove_stale(*address, path);
  if (!clear) return Result<void>(clear).failure();
  auto socket = make_socket(AF_UNIX);
  if (socket.get() < 0) return system_failure("socket");
  if (::bind(socket.get(), address->get(), address->size) != 0) return system_failure("bind");
  const auto opened = open_to_clients(socket.get(), path, options);
  if (!opened) {
    ::unlink(path.c_str());
    return Result<void>(opened).failure();
  }
  Listener listener;
  listener.address = std::string(kUnix) + path;
  listener.is_local = true;
  listener.sockets.push_back(std::move(socket));
  return listener;
}

}  // namespace

ErrorCode listen_failure_code(int error) noexcept {
  switch (error) {
    case EACCES:  // a port that needs privileges, a folder of somebody else
    case EPERM:
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case EROFS:
    case EINVAL:
    case EAFNOSUPPORT: return ErrorCode::Invalid;
    default: return ErrorCode::Unavailable;
  }
}

Result<Listener> listen_on(std::string_view address, const ListenOptions& options) {
  auto listener = address.starts_with(kUnix)
                      ? listen_unix(std::string(address.substr(kUnix.size())), options)
                      : listen_tcp(address, options);
  if (!listener) return std::move(listener).failure("listen on " + std::string(address));
  return listener;
}

Result<Listener> inherit(int socket, const ListenOptions& options) {
  UniqueFd owned(socket);
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0)
    return fail(ErrorCode::Invalid, "an inherited file descriptor is not a listening socket");
  const auto flags = ::fcntl(socket, F_GETFL);
  if (flags < 0 || ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(socket, F_SETFD, FD_CLOEXEC) != 0)
    return system_failure("inherited socket");
  auto address = bound_address(socket);
  if (!address) return std::move(address).failure();
  Listener listener;
  listener.address = to_text(*address);
  listener.is_local = is_local(*address);
  listener.is_tcp = address->family() != AF_UNIX;
  listener.sockets.push_back(std::move(owned));
  while (listener.sockets.size() < options.sockets) {  // all threads wait on the one queue
    listener.sockets.emplace_back(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
    if (listener.sockets.back().get() < 0) return system_failure("inherited socket");
  }
  return listener;
}

SocketFile::SocketFile(const Listener& listener) {
  if (!listener.address.starts_with(kUnix)) return;
  const auto path = listener.address.substr(kUnix.size());
  struct stat file{};
  if (::lstat(path.c_str(), &file) != 0) return;
  path_ = path;
  device_ = file.st_dev;
  inode_ = file.st_ino;
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

SocketFile::~SocketFile() {
  struct stat file{};
  if (path_.empty() || ::lstat(path_.c_str(), &file) != 0) return;
  if (file.st_dev == device_ && file.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace quotecached::http
