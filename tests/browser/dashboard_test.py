"""The dashboard as a browser shows it: dashboard_test.py BUILD [PICTURES].

In a wide window and on a phone, light and dark: nothing is complained of, every part has a name, every text has contrast.
Pictures of each go to PICTURES (BUILD/dashboard). Ends with 77 where there is no Chromium.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import browser

BUILD = pathlib.Path(sys.argv[1]).resolve()
PICTURES = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else BUILD / "dashboard")
CONTRAST = (pathlib.Path(__file__).parent / "contrast.js").read_text()
LIMIT_S = 60
VIEWS = [("wide", 1280, 900), ("phone", 390, 844)]
TOKENS = '[tokens.boss]\nsecret = "0123456789abcdef-boss"\nadmin = true\n'


class Server:
    """A program that says where it listens."""

    def __init__(self, folder, name, words, said):
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([str(BUILD / "bin" / name), *words], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env={**os.environ, "CMC_API_KEY": "any"})
        end = time.monotonic() + LIMIT_S
        while not (match := re.search(said, self.log.read_text())):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{name} did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.02)
        self.url = f"http://{match[1]}"

    def stop(self):
        self.process.terminate()
        self.process.wait(LIMIT_S)


class Dashboard(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="dashboard-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        PICTURES.mkdir(exist_ok=True)

    def daemon(self, *settings):
        sim = Server(self.folder, "cmcsim", ["--plan", "basic", "--listen", "127.0.0.1:0"], r"listening http (\S+)\n")
        self.addCleanup(sim.stop)
        words = [f"tiers.sqlite.path={self.folder}/quotecached.db", "listen.address=127.0.0.1:0",
                 f"upstream.base_url={sim.url}", *settings]
        daemon = Server(self.folder, "quotecached", [part for word in words for part in ("--set", word)],
                        r"listening address=(127\S+)")
        self.addCleanup(daemon.stop)
        return daemon

    @staticmethod
    def ask(daemon, path):
        with urllib.request.urlopen(daemon.url + path, timeout=LIMIT_S) as answer:
            return json.load(answer)

    def views(self, page, name):
        for view, width, height in VIEWS:
            for theme in ("light", "dark"):
                with self.subTest(view=view, theme=theme):
                    page.look(width, height, theme)
                    page.until(f"innerWidth === {width}", "the window has its size")
                    page.until("document.getAnimations().length === 0", "colours have changed")
                    self.assertEqual(page.value(CONTRAST), [])
                    self.assertLessEqual(page.value("document.documentElement.scrollWidth"), width)
                    self.assertGreater(page.picture(PICTURES / f"{name}-{view}-{theme}.png"), 5000)

    def test_figures_are_shown_without_complaint(self):
        daemon = self.daemon()
        for path in ("/v2/cryptocurrency/quotes/latest?id=1,1027", "/v2/cryptocurrency/quotes/latest?id=1",
                     "/v1/cryptocurrency/listings/latest?limit=10"):
            self.ask(daemon, path)
        with browser.Browser() as page:
            page.order("Page.navigate", url=f"{daemon.url}/dashboard/")
            page.until("document.querySelector('#figures')?.hidden === false", "figures are shown")
            page.until("document.querySelector('#calls')?.rows.length > 1", "calls are listed")
            page.until("document.querySelector('#tiers')?.rows.length === 2", "tiers are listed")
            self.views(page, "figures")
            self.assertEqual(page.nameless(), [])
            self.assertEqual(page.complaints(), [])
            self.assertEqual(page.value("document.documentElement.lang"), "en")

    def test_a_token_is_asked_for_and_taken(self):
        tokens = self.folder / "tokens.toml"
        tokens.write_text(TOKENS)
        tokens.chmod(0o400)
        daemon = self.daemon("auth.mode=tokens", f"auth.tokens_file={tokens}")
        with browser.Browser() as page:
            page.order("Page.navigate", url=f"{daemon.url}/dashboard/")
            page.until("document.querySelector('#token-form')?.hidden === false", "a token is asked for")
            self.views(page, "token")
            self.assertEqual(page.nameless(), [])
            # The browser itself tells of the answer 401.
            self.assertEqual([told for told in page.complaints() if "401" not in told], [])
            page.value("document.querySelector('#token').focus()")
            page.order("Input.insertText", text="0123456789abcdef-boss")
            for kind in ("keyDown", "keyUp"):
                page.order("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r",
                           windowsVirtualKeyCode=13)
            page.until("document.querySelector('#figures').hidden === false", "figures are shown with the token")

    def test_a_daemon_that_is_gone_is_told_of_and_figures_stay(self):
        daemon = self.daemon()
        with browser.Browser() as page:
            page.order("Page.navigate", url=f"{daemon.url}/dashboard/")
            page.until("document.querySelector('#figures')?.hidden === false", "figures are shown")
            daemon.stop()
            page.until("document.querySelector('#notice').hidden === false", "it says that the daemon is gone")
            self.views(page, "gone")
            self.assertFalse(page.value("document.querySelector('#figures').hidden"))


if __name__ == "__main__":
    if not browser.program():
        print("SKIPPED: no Chromium is installed (scripts/bootstrap dev installs one)")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
