// Listening sockets: TCP addresses shared by all I/O threads, Unix sockets, and those inherited
// from a service manager. All are non-blocking and closed on exec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/unique_fd.hpp"

namespace quotecached::http {

struct ListenOptions {
  std::size_t sockets = 1;  // for TCP: one per I/O thread
  int backlog = 1024;
  unsigned unix_mode = 0660;                // permissions of a Unix socket's file
  std::optional<std::uint32_t> unix_group;  // its group; none: as the process has it
};

// One address and the sockets that listen on it.
struct Listener {
  std::string address;    // as one would ask for it again, the real port included
  bool is_local = false;  // its peers are on this machine: loopback or a Unix socket
  bool is_tcp = false;
  std::vector<UniqueFd> sockets;
};

// "127.0.0.1:8466", "[::1]:0" or "unix:/run/quotecached/http.sock". Fails with Invalid for another
// spelling, a Unix path that is too long or not a socket, and what the system refuses whenever it
// is tried (a port that needs privileges, a folder that is not there, a group that the file cannot
// get); with Unavailable when the address is in use or not ours yet. A socket file that nobody
// listens on any more is replaced.
[[nodiscard]] Result<Listener> listen_on(std::string_view address, const ListenOptions& options);

// What a caller can make of an errno of socket(), bind() or what belongs to them: Invalid when only
// other settings help, Unavailable when the same ones may do later.
[[nodiscard]] ErrorCode listen_failure_code(int error) noexcept;

// A socket that listens already; takes it over. Fails with Invalid if it does not.
[[nodiscard]] Result<Listener> inherit(int socket, const ListenOptions& options);

// The file of a Unix socket we made: removed with this, unless another daemon has replaced it.
class SocketFile {
 public:
  // Remembers the file of `listener`; of TCP and inherited ones there is none to remember.
  explicit SocketFile(const Listener& listener);
  ~SocketFile();
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&&) = delete;

 private:
  std::string path_;
  unsigned long device_ = 0;
  unsigned long inode_ = 0;
};

}  // namespace quotecached::http
