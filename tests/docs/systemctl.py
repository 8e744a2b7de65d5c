#!/usr/bin/env python3
"""A stand-in for systemctl and systemd on the machine of tests/docs: one service, run by its installed unit."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

PID = pathlib.Path("/run/quotecached.pid")
UNITS = [pathlib.Path(f"/{prefix}/lib/systemd/system/quotecached.service") for prefix in ("usr/local", "usr")]
STATE = pathlib.Path("/var/lib/quotecached")
LIMIT_S = 60


def pid():
    """Of the service while it runs."""
    try:
        number = int(PID.read_text())
        fields = pathlib.Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if fields[0] == "Z" else number


def until(is_so, what):
    end = time.monotonic() + LIMIT_S
    while not is_so():
        if time.monotonic() > end:
            sys.exit(f"systemctl: {what} takes too long")
        time.sleep(0.02)


def is_ready():
    if not pid():
        sys.exit("systemctl: the service ended: " + pathlib.Path("/run/quotecached.log").read_text()[-2000:])
    try:
        with urllib.request.urlopen("http://127.0.0.1:8466/health/ready", timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def start():
    if pid():
        return
    unit = next(path for path in UNITS if path.exists()).read_text()
    for path in re.findall(r"^AssertPathExists=(.+)$", unit, re.MULTILINE):
        if not pathlib.Path(path).exists():
            sys.exit(f"systemctl: {path} is not there")
    given = pathlib.Path("/run/credentials")
    given.mkdir(mode=0o700, exist_ok=True)
    for name, path in re.findall(r"^LoadCredential=(\w+):(.+)$", unit, re.MULTILINE):
        shutil.copyfile(path, given / name)
        (given / name).chmod(0o400)
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    program = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)[1].split()
    surroundings = {
        "PATH": os.environ["PATH"], "CREDENTIALS_DIRECTORY": str(given), "STATE_DIRECTORY": str(STATE),
        # As a drop-in would have it: the simulated provider, a clock that moves, and all tiers.
        "QUOTECACHED_UPSTREAM_BASE_URL": "http://" + os.environ["DOCS_TEST_PROVIDER"],
        "QUOTECACHED_TEST_CLOCK": "true",
        "QUOTECACHED_USAGE_TRACE": str(STATE / "requests.trace"),
        "QUOTECACHED_WARM_MODE": "both",
        "QUOTECACHED_TIERS_ORDER": '["memory", "redis", "memcached", "sqlite"]',
        **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")},
    }
    with open("/run/quotecached.log", "ab") as log:
        daemon = subprocess.Popen(program, env=surroundings, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  start_new_session=True)
    PID.write_text(str(daemon.pid))
    until(is_ready, "the start")


def stop():
    if not pid():
        return
    os.kill(pid(), signal.SIGTERM)
    until(lambda: not pid(), "the stop")


def main(words):
    verb, *rest = words
    names = [word for word in rest if not word.startswith("-")]
    if verb == "daemon-reload":
        return
    if names not in (["quotecached"], ["quotecached.service"]):
        sys.exit(f"systemctl: no unit {names}")
    if verb in ("stop", "restart"):
        stop()
    if verb in ("start", "restart") or (verb == "enable" and "--now" in rest):
        start()
    if verb == "reload":
        os.kill(pid(), signal.SIGHUP)
    if verb not in ("start", "stop", "restart", "enable", "reload"):
        sys.exit(f"systemctl: {verb} is not stood in for")


main(sys.argv[1:])
