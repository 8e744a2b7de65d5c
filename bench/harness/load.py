"""Load on one server, and what it cost that server."""
import http.client
import json
import pathlib
import random
import re
import socket
import subprocess
import urllib.parse

QUOTES = "/v2/cryptocurrency/quotes/latest"
LUA = pathlib.Path(__file__).with_name("load.lua")
CONNECTIONS = 64
CHUNK = 100  # assets per filling call: one credit step
MAP_PAGE = 5000


def quotes_of(ids):
    return f"{QUOTES}?id={','.join(map(str, ids))}"


def connect(base):
    return http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=60)


def get(connection, target):
    connection.request("GET", target, headers={"Accept": "application/json", "X-CMC_PRO_API_KEY": "bench"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"GET {target[:80]}: {response.status} {body[:200]!r}")
    return body


def known_ids(sim, count):
    """The first `count` asset ids of the simulator."""
    connection, ids = connect(sim.base), []
    while len(ids) < count:
        page = min(MAP_PAGE, count - len(ids))
        body = get(connection, f"/v1/cryptocurrency/map?start={len(ids) + 1}&limit={page}&sort=id")
        rows = json.loads(body)["data"]
        if not rows:
            raise RuntimeError(f"the simulator has only {len(ids)} assets")
        ids += [row["id"] for row in rows]
    return ids


def fill(server, targets):
    connection = connect(server.base)
    for target in targets:
        get(connection, target)


def fill_assets(server, ids):
    fill(server, [quotes_of(ids[i:i + CHUNK]) for i in range(0, len(ids), CHUNK)])


def answer_bytes(server, target):
    """The size of a whole answer on the wire, head included, when it is repeated on one connection."""
    host = urllib.parse.urlsplit(server.base)
    with socket.create_connection((host.hostname, host.port), timeout=60) as client:
        for _ in range(2):
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: {host.netloc}\r\n\r\n".encode())
            data = b""
            while b"\r\n\r\n" not in data:
                data += client.recv(65536)
            head = data.index(b"\r\n\r\n") + 4
            length = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", data[:head])[1])
            while len(data) < head + length:
                data += client.recv(65536)
    return len(data)


def random_targets(ids, per_request, count, seed=1):
    chosen = random.Random(seed)
    return [quotes_of(sorted(chosen.sample(ids, per_request))) for _ in range(count)]


def measure(server, target, seconds, core, targets_file=None, seed=1):
    """One round: wrk on its own core, CPU of the server's threads before and after."""
    command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency",
               "-s", LUA, server.base + target]
    if targets_file:
        command += ["--", targets_file, str(seed)]
    before = server.process.cpu_seconds()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    cpu = server.process.cpu_seconds() - before
    found = re.search(r"^RESULT (.*)$", done.stdout, re.M)
    if not found:
        raise RuntimeError(f"wrk failed: {done.stdout} {done.stderr}")
    result = json.loads(found[1])
    result["cpu_us"] = cpu * 1e6 / max(1, result["requests"])
    result["rps"] = result["requests"] / result["seconds"]
    result["bytes_per_request"] = result["bytes"] / max(1, result["requests"])
    return result
