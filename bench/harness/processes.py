"""Child processes of the benchmark: started on given cores, read through /proc, stopped by their id."""
import pathlib
import re
import select
import socket
import subprocess
import time

PATIENCE = 60  # seconds for a server to come up or go away


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    def __init__(self, command, core, log, environment=None):
        self.log = log
        with open(log, "ab") as err:
            self.child = subprocess.Popen(["taskset", "-c", str(core), *map(str, command)], env=environment,
                                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err)

    @property
    def pid(self):
        return self.child.pid

    def wait_line(self, pattern):
        """The first line of standard output that matches, as a match."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not select.select([self.child.stdout], [], [], 0.1)[0]:
                continue
            line = self.child.stdout.readline().decode()
            if not line:
                break
            if found := re.search(pattern, line):
                return found
        raise RuntimeError(f"{self.child.args[3]} did not start; see {self.log}")

    def wait_port(self, port):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.child.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"{self.child.args[3]} does not listen; see {self.log}")

    def family(self):
        """This process and everything below it."""
        found, todo = [], [self.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                todo += [int(child) for child in children.read_text().split()]
        return found

    def cpu_seconds(self):
        """CPU time of all threads of the family, to the nanosecond; short-lived threads are lost."""
        total = 0
        for pid in self.family():
            for task in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total += int(task.read_text().split()[0])
                except (FileNotFoundError, ProcessLookupError):
                    pass
        return total / 1e9

    def resident_bytes(self):
        total = 0
        for pid in self.family():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            total += int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024
        return total

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
        try:
            self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()
