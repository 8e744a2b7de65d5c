"""What systemd does for a daemon with a socket unit: holds its listening sockets, and starts it again and again."""
import fcntl
import os
import pathlib
import signal
import socket
import time

FIRST_FD = 3  # sd_listen_fds(3)
BACKLOG = 1024  # that of systemd/quotecached.socket


class Supervisor:
    """Sockets that outlive the daemon: 127.0.0.1 at a free port, and a Unix socket in `folder`."""

    def __init__(self, command, folder, environment):
        self.command = command
        self.folder = pathlib.Path(folder)
        self.environment = environment
        self.starts = 0
        self.gaps = []  # seconds from the end of one daemon until the next one was ready
        self.pid = None
        self.tcp = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(self.folder / "daemon.sock"))
        self.unix.listen(BACKLOG)
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(self.folder / "notify.sock"))
        self.log = os.open(self.folder / "daemon.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # Above the numbers that the daemon gets them under, so that none is overwritten on the way.
        self.handed = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 64) for each in (self.tcp.fileno(), self.unix.fileno())]

    @property
    def addresses(self):
        return self.tcp.getsockname(), self.unix.getsockname()

    def start(self, limit=30):
        """On return the daemon has said that it is ready, as with Type=notify."""
        actions = [(os.POSIX_SPAWN_DUP2, fd, FIRST_FD + i) for i, fd in enumerate(self.handed)]
        actions += [(os.POSIX_SPAWN_DUP2, self.log, 2)]
        environment = {**self.environment, "LISTEN_FDS": str(len(self.handed)),
                       "NOTIFY_SOCKET": str(self.folder / "notify.sock")}
        words = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"', *self.command]
        self.pid = os.posix_spawn(words[0], words, environment, file_actions=actions)
        self.starts += 1
        deadline = time.monotonic() + limit
        while True:
            self.notices.settimeout(max(0.001, deadline - time.monotonic()))
            notice = self.notices.recv(4096)
            if b"READY=1" in notice.split(b"\n"):
                return

    def stop(self, limit=30):
        """SIGTERM; its exit status. Killed, and an error, when it does not end."""
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.005)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise TimeoutError("the daemon did not end")

    def restart(self):
        status = self.stop()
        ended = time.monotonic()
        self.start()
        self.gaps.append(time.monotonic() - ended)
        return status
