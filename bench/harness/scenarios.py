"""What is measured. Every scenario returns plain data; nothing here prints."""
import re
import statistics
import subprocess
import time

from . import load

COMBINATIONS = 1000  # distinct requests of the random scenarios
BIG = 10000
SMALL = 100
RANDOM_ASSETS = 500
PER_REQUEST = 20
CALLGRIND_REQUESTS = 2000


def medians(rounds):
    return {key: statistics.median(r[key] for r in rounds) for key in rounds[0]} | {
        "failed": sum(r["failed"] for r in rounds), "rounds": rounds}


def interleave(options, servers, target, targets_file=None):
    """Rounds in turn, each starting with another server, so that drift of the machine hits all alike."""
    for server in servers:  # once unmeasured: branch predictors, page cache, connection buffers
        load.measure(server, target, 1, options.load_core, targets_file)
    results = {server.name: [] for server in servers}
    for number in range(options.rounds):
        turn = number % len(servers)
        for server in servers[turn:] + servers[:turn]:
            results[server.name].append(
                load.measure(server, target, options.seconds, options.load_core, targets_file, number))
    return {name: medians(rounds) for name, rounds in results.items()}


def rivals(park):
    return [park.nginx_usual(), park.nginx_tuned(), park.varnish()]


def with_floor(park, servers, target, name, pieces=1):
    """The floor sends exactly as many bytes as the daemon (without one: as the first server)."""
    return servers + [park.floor(load.answer_bytes(servers[0], target), pieces, name=name)]


def one_asset(park, ids):
    target = load.quotes_of(ids[:1])
    servers = ([park.daemon()] if park.options.has_daemon else []) + rivals(park)
    for server in servers:
        load.fill(server, [target])
    sizes = {server.name: load.answer_bytes(server, target) for server in servers}
    servers = with_floor(park, servers, target, "floor")
    return {"servers": interleave(park.options, servers, target), "answer_bytes": sizes}


def twenty_random(park, ids):
    """A fixed set of random requests, so that servers that cache by URL can hold them all."""
    targets = load.random_targets(ids[:RANDOM_ASSETS], PER_REQUEST, COMBINATIONS)
    targets_file = park.work / "targets.txt"
    targets_file.write_text("\n".join(targets) + "\n")
    servers = ([park.daemon("quotecached")] if park.options.has_daemon else []) + rivals(park)
    if park.options.has_daemon:
        load.fill_assets(servers[0], ids[:RANDOM_ASSETS])
    for server in servers:
        load.fill(server, targets)
    servers = with_floor(park, servers, targets[0], "floor", PER_REQUEST)
    return {"servers": interleave(park.options, servers, targets[0], targets_file)}


def flat(park, ids):
    """The cost of one asset with few and with many cached; fixed, and spread over all that are cached."""
    servers, fixed = [], load.quotes_of(ids[:1])
    results = {}
    for count in (SMALL, BIG):
        server = park.daemon(f"{count} assets")
        load.fill_assets(server, ids[:count])
        servers.append(server)
    results["fixed"] = interleave(park.options, servers, fixed)
    spread = {}
    for server, count in zip(servers, (SMALL, BIG)):
        targets_file = park.work / f"spread-{count}.txt"
        targets_file.write_text("".join(load.quotes_of([i]) + "\n" for i in ids[:count]))
        spread[server.name] = targets_file
    rounds = {server.name: [] for server in servers}
    for number in range(park.options.rounds):
        for server in servers if number % 2 else servers[::-1]:
            rounds[server.name].append(load.measure(server, fixed, park.options.seconds,
                                                    park.options.load_core, spread[server.name], number))
    results["spread"] = {name: medians(r) for name, r in rounds.items()}
    return results


def memory_and_idle(park, ids):
    server = park.daemon("quotecached 32 MiB", ["tiers.memory.max_bytes=32MiB"])
    empty = server.process.resident_bytes()
    load.fill_assets(server, ids[:BIG])
    filled = server.process.resident_bytes()
    time.sleep(1)  # let what follows the filling end
    before = server.process.cpu_seconds()
    time.sleep(park.options.idle_seconds)
    idle = server.process.cpu_seconds() - before
    return {"rss_empty_bytes": empty, "rss_filled_bytes": filled, "assets": BIG,
            "idle_cpu_percent": 100 * idle / park.options.idle_seconds}


def instructions(start, target, count, out):
    """Instructions of a whole run under callgrind that answers `count` requests."""
    server = start(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"])
    connection = load.connect(server.base)
    for _ in range(count):
        load.get(connection, target)
    connection.close()
    server.process.stop()
    found = re.search(r"^(?:totals|summary): *(\d+)", out.read_text(), re.M)
    if not found:
        raise RuntimeError(f"no instruction count in {out}")
    return int(found[1])


def instructions_per_request(park, ids):
    """Two runs, the second twice as long: what starting and stopping cost cancels out."""
    target = load.quotes_of(ids[:1])
    count = CALLGRIND_REQUESTS if park.options.rounds > 2 else CALLGRIND_REQUESTS // 4
    starts = {"floor": lambda wrapper: park.floor(1200, wrapper=wrapper, name="floor callgrind")}
    if park.options.has_daemon:
        starts["quotecached"] = lambda wrapper: park.daemon("callgrind", wrapper=wrapper)
    results = {}
    for name, start in starts.items():
        once = instructions(start, target, count, park.work / f"callgrind.{name}.1")
        twice = instructions(start, target, 2 * count, park.work / f"callgrind.{name}.2")
        results[name] = (twice - once) / count
    return results


def machine():
    model = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo", encoding="utf-8").read())
    versions = {}
    for name, command in {"nginx": ["nginx", "-v"], "varnish": ["varnishd", "-V"], "wrk": ["wrk", "-v"],
                          "kernel": ["uname", "-r"]}.items():
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        versions[name] = (done.stdout + done.stderr).split("\n", maxsplit=1)[0]
    return {"cpu": model[1] if model else "unknown", "versions": versions}
