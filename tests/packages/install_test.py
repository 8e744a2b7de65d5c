"""What is installed of each part, and thereby what each package has: install_test.py CMAKE BUILD."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CMAKE, BUILD = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
UNITS = ("quotecached.service", "quotecached.socket", "quotecache-warm.service", "quotecache-warm.timer")

# By component, as docs/running.md tells it: each file fits one pattern, and each pattern a file. LIB is lib or below it.
FILES = {
    "daemon": [
        r"etc/quotecached/quotecached\.toml",
        r"usr/bin/quotecached",
        *(rf"usr/lib/systemd/system/{re.escape(unit)}" for unit in UNITS),
        r"usr/share/man/man8/quotecached\.8",
        *(rf"usr/share/quotecached/profiles/{name}\.toml" for name in ("small", "medium", "large", "full")),
    ],
    "command": [
        r"usr/bin/quotecache",
        r"usr/share/man/man1/quotecache\.1",
        r"usr/share/bash-completion/completions/quotecache",
        r"usr/share/zsh/vendor-completions/_quotecache",
    ],
    "library": [r"LIB/libquotecache\.so\.\d+\.\d+", r"LIB/libquotecache\.so\.\d+\.\d+\.\d+"],
    "sdk": [
        r"usr/include/quotecache/\w+\.hpp",
        r"LIB/libquotecache\.(so|a)",
        r"LIB/cmake/quotecache/quotecache-config(-version)?\.cmake",
        r"LIB/cmake/quotecache/quotecache-(shared|static)(-\w+)?\.cmake",
        r"LIB/pkgconfig/quotecache\.pc",
        r"usr/share/doc/quotecached/examples/.+",
    ],
}


def install(component, prefix, destdir=""):
    subprocess.run([CMAKE, "--install", BUILD, "--component", component, "--prefix", prefix], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "DESTDIR": str(destdir)})


def files_below(folder):
    """Paths of all files, with LIB for the folder of libraries."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            yield re.sub(r"^usr/lib(64|/[\w]+-[\w-]+)?/(?!systemd)", "LIB/", str(path.relative_to(folder)))


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="install-test-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def test_each_package_has_what_is_documented_and_no_more(self):
        for component, patterns in FILES.items():
            with self.subTest(component=component):
                root = self.root / component
                install(component, "/usr", root)
                files = list(files_below(root))
                for file in files:
                    self.assertTrue(any(re.fullmatch(pattern, file) for pattern in patterns), file)
                for pattern in patterns:
                    self.assertTrue(any(re.fullmatch(pattern, file) for file in files), pattern)

    def test_what_is_below_etc_is_a_conffile_and_never_overwritten(self):
        conffiles = (ROOT / "package/debian/conffiles").read_text().split()
        install("daemon", "/usr", self.root)
        settings = [f"/{file}" for file in files_below(self.root) if file.startswith("etc/")]
        self.assertEqual(settings, conffiles)
        changed = self.root / settings[0][1:]
        changed.write_text("# the operator's\n")
        install("daemon", "/usr", self.root)
        self.assertEqual(changed.read_text(), "# the operator's\n")

    def test_the_units_start_what_is_installed_beside_them(self):
        prefix = self.root / "prefix"
        install("daemon", prefix)
        install("command", prefix)
        self.assertFalse((prefix / "etc").exists())
        units = [prefix / "lib/systemd/system" / unit for unit in UNITS]
        started = re.findall(r"^ExecStart=(\S+)", "".join(unit.read_text() for unit in units), re.M)
        self.assertEqual(started, [f"{prefix}/bin/quotecached", f"{prefix}/bin/quotecache"])
        for program in started:
            self.assertTrue(os.access(program, os.X_OK), program)
        # What else is run is there in the smallest Debian.
        others = re.findall(r"^Exec(?!Start=)\w+=(\S+)", "".join(unit.read_text() for unit in units), re.M)
        self.assertEqual(others, ["/bin/sh"])
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not there to judge the units")
        verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
        # It also judges what these units name, which is the machine's own.
        wrong = [line for line in (verified.stdout + verified.stderr).splitlines() if "quotecache" in line]
        self.assertEqual(wrong, [])
        for unit in units[::2]:
            told = subprocess.run(["systemd-analyze", "security", "--offline=true", unit], capture_output=True, text=True)
            exposure = re.search(r"exposure level for \S+: ([\d.]+)", told.stdout)
            if not exposure:
                self.skipTest(f"systemd-analyze does not tell the exposure: {told.stderr}")
            self.assertLessEqual(float(exposure[1]), 1.4, unit)

    def test_the_socket_has_one_path_everywhere(self):
        told = set()
        for folder in ("README.md", "config", "docs", "examples", "package", "systemd"):
            for path in [ROOT / folder, *(ROOT / folder).rglob("*")]:
                if path.is_file():
                    told |= set(re.findall(r"/run/[\w./-]*\.sock\b", path.read_text(errors="replace")))
        self.assertEqual(told, {"/run/quotecached/quotecached.sock"})


class Packages(unittest.TestCase):
    def test_cpack_makes_four_of_the_components(self):
        config = dict(re.findall(r'^set\((CPACK_\w+) "(.*?)"\)$', (BUILD / "CPackConfig.cmake").read_text(), re.M | re.S))
        self.assertEqual(config["CPACK_COMPONENTS_ALL"].split(";"), list(FILES))
        names = [config[f"CPACK_DEBIAN_{component.upper()}_PACKAGE_NAME"] for component in FILES]
        self.assertEqual(names, ["quotecached", "quotecache", "libquotecache0", "libquotecache-dev"])
        version = f"{config['CPACK_PACKAGE_VERSION']}-{config['CPACK_DEBIAN_PACKAGE_RELEASE']}"
        self.assertIn(f"quotecache (= {version})", config["CPACK_DEBIAN_DAEMON_PACKAGE_DEPENDS"])
        self.assertIn(f"libquotecache0 (= {version})", config["CPACK_DEBIAN_SDK_PACKAGE_DEPENDS"])
        for path in config["CPACK_DEBIAN_DAEMON_PACKAGE_CONTROL_EXTRA"].split(";"):
            self.assertTrue(pathlib.Path(path).is_file(), path)

    def test_the_scripts_of_the_packages_are_sh(self):
        for name in ("postinst", "prerm", "postrm"):
            subprocess.run(["sh", "-n", ROOT / "package/debian" / name], check=True)

    def test_the_manual_page_names_every_option(self):
        told = subprocess.run([BUILD / "bin/quotecached", "--help"], capture_output=True, text=True, check=True)
        options = set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", told.stdout.split("Subcommands:")[0]))
        page = (ROOT / "package/quotecached.8").read_text().replace("\\-", "-")
        self.assertGreater(len(options), 6)
        for option in options:
            self.assertRegex(page, rf"(?<![\w-]){option}(?![\w-])")


if __name__ == "__main__":
    unittest.main()
