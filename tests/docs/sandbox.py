"""A machine to follow the pages on: its own network, processes and files, over those of this one.

Everything is there as it is here, at its own place, and nothing that is written reaches it: all of it lies on an overlay in
memory. Stand-ins take the place of what would install or build (what was built is there), and of systemd.
"""
import ctypes
import fcntl
import os
import pathlib
import socket
import struct
import subprocess
import tempfile

import pages

MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
HERE = pathlib.Path(__file__).resolve().parent
PROVIDER = "127.0.0.1:7401"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LIBC = ctypes.CDLL(None, use_errno=True)

# What is built is there already; it only has to be what was asked for.
BUILD = """#!/bin/bash
shift || true
for target; do
  [[ $target == quotecache_pages || -x build/release/bin/$target ]] || { echo "not built: $target" >&2; exit 1; }
done
"""
BOOTSTRAP = "#!/bin/bash\n"
# What packages are made of, put where they put it.
APT = """#!/bin/bash
set -eu
[[ $1 == install && $2 == ./build/release/packages/* ]]
for part in daemon command library sdk; do
  cmake --install build/release --component $part --prefix /usr >/dev/null
done
install -d /etc/quotecached
install -m 644 config/quotecached.toml /etc/quotecached/
"""


def mount(source, target, kind=None, flags=0, data=None):
    words = [None if word is None else str(word).encode() for word in (source, target, kind)]
    if LIBC.mount(*words, flags, None if data is None else data.encode()) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"mount {target}: {os.strerror(error)}")


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def cover(memory, lower, target):
    """`lower` is seen at `target`; what is written there stays in `memory`."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=memory))
    for name in ("upper", "work"):
        (folder / name).mkdir()
    (folder / "upper").chmod(lower.stat().st_mode & 0o7777)
    target.mkdir(parents=True, exist_ok=True)
    mount("overlay", target, "overlay", 0, f"lowerdir={lower},upperdir={folder}/upper,workdir={folder}/work")


def enter(build, memory):
    """Makes the machine over the folder `memory` and goes there for good; the tree lies at its own place, `build` at the
    tree's build/release."""
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    mount("tmpfs", memory, "tmpfs")
    root = pathlib.Path(memory) / "root"
    cover(memory, pathlib.Path("/"), root)
    for name in ("tmp", "run", "root"):
        (root / name).mkdir(exist_ok=True)
        mount("tmpfs", root / name, "tmpfs")
    tree = root / pages.ROOT.relative_to("/")
    cover(memory, pages.ROOT, tree)
    built = root / build.relative_to("/")
    if not (built / "bin").exists():
        cover(memory, build, built)
    if (tree / "build/release").resolve() != built.resolve():
        cover(memory, build, tree / "build/release")
    mount("/dev", root / "dev", None, MS_BIND | MS_REC)
    mount("proc", root / "proc", "proc")
    os.chroot(root)
    os.chdir(pages.ROOT)
    raise_loopback()


def write_program(path, text):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def furnish(files):
    """Stand-ins, files of the reader's own, the folder that backups go to."""
    write_program("scripts/build", BUILD)
    write_program("scripts/bootstrap", BOOTSTRAP)
    write_program("/usr/local/sbin/apt", APT)
    write_program("/usr/local/sbin/systemctl", (HERE / "systemctl.py").read_text())
    pathlib.Path("/backup").mkdir(exist_ok=True)
    for name, text in files.items():
        pathlib.Path(name).write_text(text)


def environment():
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    return {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
            "DOCS_TEST_PROVIDER": PROVIDER, **kept}


def start_servers():
    """The simulated provider, and Redis and Memcached at the ports where everybody expects them."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "env": environment()}
    for words in (["build/release/bin/cmcsim", "--plan", "startup", "--minute-limit", "6000", "--listen", PROVIDER],
                  ["redis-server", "--save", "", "--dir", "/tmp"],
                  ["memcached", "-l", "127.0.0.1", "-u", "root"]):
        subprocess.Popen(words, **quiet)  # ended with all processes of this machine
