"""What the tests of scripts have in common: a copy of the scripts, and programs that only note that they were run."""
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# What a script may use to say what it is.
HARMLESS = ("bash", "dirname", "env", "python3", "sed")


class Copy:
    """A copy of the scripts in a folder of its own, run with no other programs than those of HARMLESS and stubs."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="scripts-test-")
        self.root = pathlib.Path(self.folder.name) / "tree"
        self.programs = pathlib.Path(self.folder.name) / "programs"
        self.notes = pathlib.Path(self.folder.name) / "notes"
        self.programs.mkdir()
        shutil.copytree(ROOT / "scripts", self.root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "bench/harness", self.root / "bench/harness",
                        ignore=shutil.ignore_patterns("__pycache__"))
        for name in HARMLESS:
            (self.programs / name).symlink_to(shutil.which(name))
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def stub(self, name, body=""):
        """A program that notes its name and arguments, then does `body`."""
        path = self.programs / name
        path.write_text(f'#!{shutil.which("bash")}\necho "{name} $*" >>"{self.notes}"\n{body}\n')
        path.chmod(0o755)

    def noted(self):
        return self.notes.read_text().splitlines() if self.notes.exists() else []

    def run(self, *words):
        environment = {"PATH": str(self.programs), "HOME": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.update({name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ})
        return subprocess.run(words, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=120, check=False)

    def files(self):
        return {str(path): path.read_bytes() for path in self.root.rglob("*") if path.is_file()}
