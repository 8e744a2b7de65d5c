"""What peers that mean no good make the daemon hold, and what that does to others meanwhile."""
import contextlib
import os
import pathlib
import re
import resource
import socket
import statistics
import tempfile
import threading
import time

from .processes import Process, free_port

TOKEN = "bench-0123456789-abcdef"
LISTINGS, READERS = 40, 320
BODIES, BODY = 1500, 1024 * 1024
IDLE = 4096
HOLD = 20  # seconds that outsiders stay
REST = 60  # seconds after they left
QUOTE = "/v2/cryptocurrency/quotes/latest?id=1"


class Bystander(threading.Thread):
    """Another client: a new connection for every question, as most programs have it."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.times, self.failures, self.is_over = port, [], 0, threading.Event()

    def run(self):
        while not self.is_over.wait(0.02):
            begin = time.monotonic()
            if self.ask():
                self.times.append(time.monotonic() - begin)
            else:
                self.failures += 1

    def ask(self):
        request = f"GET {QUOTE} HTTP/1.1\r\nHost: bench\r\nX-CMC_PRO_API_KEY: {TOKEN}\r\nConnection: close\r\n\r\n"
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as client:
                client.sendall(request.encode())
                return client.recv(65536).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def stop(self):
        self.is_over.set()
        self.join()
        times = sorted(self.times) or [float("nan")]
        return {"asked": len(self.times) + self.failures, "failed": self.failures,
                "median_ms": statistics.median(times) * 1e3, "p99_ms": times[int(len(times) * 0.99)] * 1e3}


def memory(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return {name: int(re.search(name + r":\s+(\d+) kB", status)[1]) // 1024 for name in ("VmRSS", "VmHWM")}


@contextlib.contextmanager
def daemon(options, sim_port, settings):
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [options.daemon]
        for setting in (f"listen.address=127.0.0.1:{port}", f"upstream.base_url=http://127.0.0.1:{sim_port}",
                        f"tiers.sqlite.path={folder}/quotecached.db", "freshness.quotes.fresh=2h",
                        "credits.plan=explicit", *settings(folder)):
            command += ["--set", setting]
        environment = dict(os.environ, CMC_API_KEY="bench")
        process = Process(command, options.server_core, f"{folder}/log", environment)
        try:
            process.wait_port(port)
            yield process, port
        finally:
            process.stop()


def send_all(client, data):
    """As much as the peer takes without waiting for it. False: it has closed."""
    client.setblocking(False)
    try:
        while data:
            data = data[client.send(data):]
    except BlockingIOError:
        pass
    except OSError:
        return None
    return data


def bodies(port):
    """Large bodies from who has no token, all but the last byte of each."""
    head = f"POST /v1/dex/tokens/batch-query HTTP/1.1\r\nHost: bench\r\nContent-Length: {BODY}\r\n\r\n".encode()
    clients = [(socket.create_connection(("127.0.0.1", port), 10), head + b"a" * (BODY - 1)) for _ in range(BODIES)]
    deadline = time.monotonic() + HOLD
    rest = clients
    while rest and time.monotonic() < deadline:
        rest = [(client, left) for client, data in rest if (left := send_all(client, data))]
        time.sleep(0.01)
    time.sleep(max(0, deadline - time.monotonic()))
    return [client for client, _ in clients]


def readers(port):
    """Listings of some 8 MB for clients that take nothing of them."""
    clients = []
    for i in range(READERS):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(30)
        client.connect(("127.0.0.1", port))
        target = f"/v1/cryptocurrency/listings/latest?limit=5000&start={i % LISTINGS + 1}"
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: bench\r\nX-CMC_PRO_API_KEY: {TOKEN}\r\n\r\n".encode())
        clients.append(client)
        time.sleep(0.1)
    return clients


def idle(port):
    """As many connections as there may be, and some more, that ask nothing."""
    clients = []
    for _ in range(IDLE + 100):
        with contextlib.suppress(OSError):
            clients.append(socket.create_connection(("127.0.0.1", port), 10))
    time.sleep(HOLD)
    return clients


def open_mode(_):
    return ()


def tokens_mode(folder):
    path = pathlib.Path(folder) / "tokens.toml"
    path.write_text(f'[tokens.bench]\nsecret = "{TOKEN}"\nrequests_per_minute = 0\n')
    path.chmod(0o600)
    return "auth.mode=tokens", f"auth.tokens_file={path}"


SCENARIOS = {"bodies": (bodies, tokens_mode), "readers": (readers, open_mode), "idle": (idle, open_mode)}


def measure(options, name):
    attack, settings = SCENARIOS[name]
    resource.setrlimit(resource.RLIMIT_NOFILE, (16384, max(16384, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        sim = Process([options.cmcsim, "--listen", "127.0.0.1:0", "--coins", "12000", "--tick", "86400",
                       "--gzip", "off"], options.load_core, f"{folder}/cmcsim.log")
        stack.callback(sim.stop)
        sim_port = int(sim.wait_line(r"listening http 127\.0\.0\.1:(\d+)")[1])
        process, port = stack.enter_context(daemon(options, sim_port, settings))
        assert Bystander(port).ask(), "the daemon does not answer"
        before = memory(process)["VmRSS"]
        bystander = Bystander(port)
        bystander.start()
        clients = attack(port)
        meanwhile = bystander.stop()
        for client in clients:
            client.close()
        time.sleep(options.rest)
        after = memory(process)
        return {"before_mib": before, "peak_mib": after["VmHWM"], "left_mib": after["VmRSS"], **meanwhile}
