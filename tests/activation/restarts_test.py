"""No connection is refused while the daemon is restarted under load: restarts_test.py BIN [--seconds N] [--pause N].

The sockets are held by a supervisor, as quotecached.socket has systemd do. Requests are reads, so those whose
connection is closed without an answer are made again, as HTTP clients do; none may fail or be refused. Ends with 1
where one was, and prints what was counted.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

from load import Load
from supervisor import Supervisor


def simulator(programs, folder):
    """A provider that does not run out, and the URL to ask it at."""
    process = subprocess.Popen([programs / "cmcsim", "--plan", "unlimited", "--listen", "127.0.0.1:0"],
                               stdout=subprocess.PIPE, stderr=open(folder / "cmcsim.log", "wb"), text=True)
    line = process.stdout.readline()
    if not line.startswith("listening http "):
        sys.exit(f"cmcsim did not start: {line}")
    return process, "http://" + line.split()[-1]


def daemon(programs, folder, upstream):
    words = [str(programs / "quotecached"), "--set", f"upstream.base_url={upstream}",
             "--set", f"tiers.sqlite.path={folder}/quotecached.db", "--set", "log.level=warn"]
    return Supervisor(words, folder, {"CMC_API_KEY": "any-key-will-do", "PATH": "/usr/bin:/bin"})


def restart_under_load(supervisor, seconds, pause):
    load = Load(supervisor.addresses)
    supervisor.start()
    load.start()
    end = time.monotonic() + seconds
    statuses = []
    while time.monotonic() + pause < end:
        load.over.wait(pause)
        statuses.append(supervisor.restart())
    load.over.wait(max(0.0, end - time.monotonic()))
    load.stop()
    statuses.append(supervisor.stop())
    return load, statuses


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--pause", type=float, default=2, help="seconds from one restart to the next")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restarts-") as name:
        folder = pathlib.Path(name)
        provider, upstream = simulator(options.programs, folder)
        try:
            supervisor = daemon(options.programs, folder, upstream)
            load, statuses = restart_under_load(supervisor, options.seconds, options.pause)
        finally:
            provider.terminate()
            provider.wait()
        counts = load.counts
        print(f"{supervisor.starts - 1} restarts in {options.seconds:g} s; not ready for "
              f"{max(supervisor.gaps, default=0) * 1000:.0f} ms at most")
        print(f"{counts['connections']} connections, {counts['refused']} refused; {counts['requests']} requests, "
              f"{counts['failed']} failed; made again since closed without an answer: {counts['closed on a later']} on "
              f"connections that were kept, {counts['closed on the first']} on new ones; "
              f"the longest took {load.longest * 1000:.0f} ms")
        wrong = load.faults + [f"ended with {status}" for status in statuses if status != 0]
        if counts["hung"]:
            wrong.append(f"{counts['hung']} clients hang")
        if len(statuses) < 2 or counts["answered"] < 100:
            wrong.append("hardly anything was tried")
        if wrong:
            print("\n".join(wrong), (folder / "daemon.log").read_text(errors="replace")[-2000:], sep="\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
