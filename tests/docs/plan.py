"""What is special about commands of the pages: which are not run and why, which go on until they are ended, which end
with another status than 0, and whose output is of another daemon than the one at hand.

Each row is of a command that a page has; listed_test.py fails for any other.
"""
import shutil

BUILDS = "builds and runs all tests, of which this is one"
REAL = "asks the real provider, with a key"
SYSTEMD = "needs systemd itself; tests/activation restarts a daemon whose sockets another process holds"
CONTAINER = "needs Podman and a mirror of Debian; the section says what of it was run"

# (page, command): why it is not run.
NOT_RUN = {
    ("README.md", "scripts/test"): BUILDS,
    ("README.md", "CMC_API_KEY=... scripts/run"): REAL,
    ("docs/running.md", "CMC_API_KEY=... scripts/run"): REAL,
    ("CONTRIBUTING.md", "scripts/test"): BUILDS,
    ("CONTRIBUTING.md", "scripts/test debug -L unit"): BUILDS,
    ("CONTRIBUTING.md", "scripts/check --text"): "looks at the sources, not at what they do; it is run before each merge",
    ("CONTRIBUTING.md", "scripts/check"): BUILDS,
    ("docs/running.md", "scripts/package"): "makes packages: scripts/check_packages does, twice, and compares them",
    ("docs/bench.md", "build/release/bin/quotecached bench --duration 20s --report json > bench/baseline.json"):
        "measures for half a minute, of which the block before runs the short form",
    ("docs/running.md", "systemctl enable --now quotecached.socket"): SYSTEMD,
    ("docs/running.md", "env $(systemctl show -P Environment quotecached) "
     "CREDENTIALS_DIRECTORY=/run/credentials/quotecached.service "
     "quotecached --config /etc/quotecached/quotecached.toml --check"): SYSTEMD,
    **{("docs/running.md", command): CONTAINER for command in (
        "scripts/image",
        "podman load -i build/release/quotecached.oci.tar",
        "podman run -d --name quotecached --read-only --cap-drop all -e CMC_API_KEY -v quotecached:/var/lib/quotecached "
        "localhost/quotecached:0.1.0-1",
        "podman exec quotecached quotecache health",
        "cd examples/compose",
        "install -o 8466 -g 8466 -m 400 /dev/stdin cmc_api_key",
        "install -o 8466 -g 8466 -m 400 /dev/stdin tokens.toml",
        "podman-compose up -d",
        'curl -H "X-CMC_PRO_API_KEY: SECRET" "http://127.0.0.1:8466/v2/cryptocurrency/quotes/latest?id=1"',
    )},
}

# (page, command): what it prints once it is under way; it is ended by Ctrl-C then.
FOREGROUND = {
    ("README.md", "scripts/run"): "quotecached is ready",
    ("docs/running.md", "scripts/run"): "quotecached is ready",
    ("docs/running.md", "scripts/run --port 9000"): "quotecached is ready",
    ("docs/running.md", "scripts/run --full-chain"): "quotecached is ready",
    ("docs/running.md", "scripts/run -- --set log.level=debug"): "quotecached is ready",
    ("docs/cmcsim.md", "build/release/bin/cmcsim --listen 127.0.0.1:0 --tls-listen 127.0.0.1:0 "
     "--cert build/cert/server.pem --cert-key build/cert/server-key.pem"): "listening https",
    ("docs/stream.md", "curl -N 'http://127.0.0.1:8466/quotes/stream?symbols=XRP&slugs=bitcoin,ethereum"
     "&convert=USD,EUR'"): '"symbol":"BTC"',
    ("docs/command.md", "quotecache watch bitcoin pepe | cat"): " BTC USD ",
    ("examples/README.md", "build/release/bin/example_watch bitcoin ethereum"): "ethereum ",
    ("examples/README.md", "python/watch.py bitcoin ethereum"): "ethereum ",
    ("examples/README.md", "javascript/watch.mjs bitcoin ethereum"): "ethereum ",
}

# Of those, the ones that the rest of their page is asked of.
STAYS = {("README.md", "scripts/run")}

# (page, command): the statuses that the page allows, and where it says so.
STATUS = {
    ("docs/command.md", "quotecache get bitcoin pepe NOPE XYZ --fields market_cap"): ({1}, "| 1 | some are |"),
    ("docs/command.md", "quotecache warm --assets-file coins.txt --wait"): ({0, 1}, "| partly |"),
    ("docs/bench.md", "quotecached bench --duration 2s --compare before.json --threshold 5%"):
        ({0, 1}, "status 1: it has got worse"),
    ("docs/command.md", "quotecache health"): ({0, 1}, "degraded: a check warns"),
    ("docs/operations.md", "quotecache health"): ({0, 1}, "1 when a check warns"),
    ("docs/operations.md", "quotecache credits"): ({0, 1}, "ends with 1 for a warning"),
}

SAMPLE = "tests/client/unit/command_page_test.cpp holds each line against what the command prints of a sample"
# (page, command): whose output it is. Of those only headings are compared.
SAMPLES = {
    ("README.md", "build/release/bin/quotecache credits report --days 365 --limit 4"): "the generated year of bench/",
    ("docs/running.md", "curl -s http://127.0.0.1:8466/health"): "a daemon whose Redis is away",
    ("docs/simulate.md", "quotecached simulate --trace /var/lib/quotecached/requests.trace --plan basic --plan startup "
     "--per-month 7500"): "a generated month",
    **{("docs/command.md", command): SAMPLE for command in (
        "quotecache get bitcoin pepe NOPE XYZ --fields market_cap",
        "quotecache watch bitcoin pepe | cat",
        "quotecache health",
        "quotecache stats",
        "quotecache explain 1",
        "quotecache purge --asset BTC",
        "quotecache warm --assets-file coins.txt --wait",
        "quotecache credits",
        "quotecache credits report",
    )},
}

# (page, command): what is typed, or pasted, for it.
TYPED = {
    ("docs/running.md", "install -m 400 /dev/stdin /etc/quotecached/cmc_api_key"): "a-key-of-the-simulated-provider\n",
}

ANOTHER_MACHINE = ("systemctl stop quotecached", "rm -rf /etc/quotecached /var/lib/quotecached /usr/bin/quotecache*",
                   "rm -f /usr/lib/systemd/system/quotecache*")
# There is one run at a time: the next command waits until the daemon takes another.
IDLE = ("""timeout 100 bash -c 'until curl -fsS -o /dev/null -d "{\\"assets\\":[\\"1\\"],\\"wait\\":true}" \\
        http://127.0.0.1:8466/admin/warm 2>/dev/null; do sleep 0.1; done'""",)
RUNS = ("warm", "warm --popular 100", "warm --window majors", "warm --due", "warm --assets 1,1027",
        "warm --assets-file coins.txt")
# (page, command): what is done before it, because the page goes on elsewhere there.
BEFORE = {
    ("docs/running.md", "scripts/build release quotecached quotecache quotecache_pages"): ANOTHER_MACHINE,
    **{("docs/warming.md", f"quotecache {run}"): IDLE for run in RUNS},
    ("docs/warming.md", "curl -s -X POST -d '{\"popular\":50,\"max_credits\":2,\"wait\":true}' "
     "http://127.0.0.1:8466/admin/warm"): IDLE,
    ("docs/command.md", "quotecache warm --assets-file coins.txt --wait"): IDLE,
    ("docs/command.md", "quotecache explain 1"): (
        "curl -fsS -o /dev/null 'http://127.0.0.1:8466/v2/cryptocurrency/quotes/latest?id=1'",),
}


def program_that_lacks(command):
    """A language of examples that this machine does not have."""
    if command.page == "examples/README.md":
        for start, program in (("go ", "go"), ("javascript/", "node"), ("build/release/bin/example", command.text.split()[0])):
            if command.text.startswith(start) and not shutil.which(program):
                return program
    return None


# Files of the reader's own that commands name.
FILES = {
    "coins.txt": "1 1027  # majors\nXRP\n",
    "program.cpp": "#include <quotecache/client.hpp>\nint main() { return quotecache::Asset::id(1) == "
                   "quotecache::Asset::id(2); }\n",
}
