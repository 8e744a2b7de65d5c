"""Follows README and docs to the letter, on a machine of its own: follow.py BUILD.

Ends with 77 where there can be no such machine: the namespaces and the overlay want root, and a kernel that has them.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import compare
import pages
import plan
import sandbox

LIMIT_S = 120
SKIPPED = 77
MACHINE = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"]


class Follower:
    """Runs the commands of the pages one after the other, and keeps what was wrong."""

    def __init__(self):
        self.faults, self.ran, self.passed_over, self.staying = [], 0, [], []

    def fault(self, command, what):
        self.faults.append(f"{command.place}: {command.text}\n    {what}")
        print(f"WRONG  {self.faults[-1]}", flush=True)

    def follow(self, page):
        for command in pages.commands(page):
            if command.key in plan.NOT_RUN:
                continue
            lacking = plan.program_that_lacks(command)
            if lacking:
                self.passed_over.append(f"{command.place}: {command.text}: {lacking} is not installed")
                continue
            print(f"{command.place}: {command.text}", flush=True)
            for preparation in plan.BEFORE.get(command.key, ()):
                subprocess.run(["bash", "-c", preparation], env=sandbox.environment(), check=True)
            self.ran += 1
            if command.key in plan.FOREGROUND:
                self.run_until_seen(command, plan.FOREGROUND[command.key])
            else:
                self.run_to_its_end(command)
        for process, _ in self.staying:
            self.interrupt(process)
        self.staying.clear()

    @staticmethod
    def start(command, out, err):
        folder = pages.ROOT / "examples" if command.page.startswith("examples/") else pages.ROOT
        if command.text.startswith("build/"):
            folder = pages.ROOT
        typed = tempfile.TemporaryFile()  # ended with the command
        typed.write(plan.TYPED.get(command.key, "").encode())
        typed.seek(0)
        return subprocess.Popen(["bash", "-c", command.text], cwd=folder, env=sandbox.environment(), stdin=typed,
                                stdout=out, stderr=err, start_new_session=True)

    def run_to_its_end(self, command):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = self.start(command, out, err)
            try:
                status = process.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return self.fault(command, f"does not end within {LIMIT_S} s")
            said = []
            for file in (out, err):
                file.seek(0)
                said.append(file.read().decode(errors="replace"))
        allowed = plan.STATUS.get(command.key, ({0}, ""))[0]
        if status not in allowed:
            return self.fault(command, f"ends with {status}: {''.join(said)[-1500:]}")
        return self.compare(command, said[0], "\n".join(said))

    def run_until_seen(self, command, wanted):
        # Apart: what curl says of its progress would stand before the first word of a line.
        with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
            process = self.start(command, out, err)
            end = time.monotonic() + LIMIT_S
            came = ""
            while wanted not in came and time.monotonic() < end:
                is_over = process.poll() is not None
                came = "\n".join(pathlib.Path(file.name).read_text(errors="replace") for file in (out, err))
                if is_over:
                    break
                time.sleep(0.05)
            if wanted not in came:
                self.fault(command, f"never says '{wanted}': {came[-1500:]}")
                return self.interrupt(process)
            self.compare(command, came, came)
            if command.key in plan.STAYS:
                return self.staying.append((process, command))
            status = self.interrupt(process)
            if status not in (0, 128 + signal.SIGINT, -signal.SIGINT):
                self.fault(command, f"ends with {status} by Ctrl-C")

    @staticmethod
    def interrupt(process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        try:
            return process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()

    def compare(self, command, out, said):
        printed = command.printed
        if command.key in plan.SAMPLES:
            printed = compare.headings(printed)
        lacking = compare.first_line_that_lacks(printed, said)
        if lacking is not None:
            return self.fault(command, f"does not print '{lacking}': {said[-1500:]}")
        if command.document is not None:
            try:
                absent = list(compare.members_that_lack(command.document, json.loads(out)))
            except ValueError as error:
                return self.fault(command, f"is no JSON: {error}: {out[:500]}")
            if absent:
                return self.fault(command, f"has no {', '.join(absent)}: {out[:1500]}")
        return None

    def report(self):
        for line in self.passed_over:
            print(f"passed over: {line}")
        for (page, command), why in plan.NOT_RUN.items():
            print(f"not run: {page}: {command}: {why}")
        print(f"{self.ran} commands run, {len(self.faults)} wrong")
        return 1 if self.faults or not self.ran else 0


def inside(build, memory):
    try:
        sandbox.enter(build, memory)
    except OSError as error:
        print(f"SKIPPED: no machine of its own can be made: {error}")
        return SKIPPED
    sandbox.furnish(plan.FILES)
    sandbox.start_servers()
    follower = Follower()
    wanted = os.environ.get("DOCS_TEST_PAGES")
    for page in pages.pages():
        if wanted is None or page in wanted.split():
            follower.follow(page)
    return follower.report()


def main():
    if sys.argv[1] == "--inside":
        return inside(pathlib.Path(sys.argv[2]), sys.argv[3])
    if os.geteuid() != 0 or subprocess.run([*MACHINE, "true"], check=False).returncode != 0:
        print("SKIPPED: the commands of the pages are run on a machine of their own, which only root can make")
        return SKIPPED
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="docs-test-") as memory:
        words = [sys.executable, "-B", __file__, "--inside", str(build), memory]
        return subprocess.run([*MACHINE, *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
