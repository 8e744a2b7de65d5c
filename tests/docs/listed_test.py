"""Each code block of README and docs says what it holds, and the lists of plan.py are exact."""
import unittest

import pages
import plan


class Listed(unittest.TestCase):
    def setUp(self):
        self.commands = {command.key: command for page in pages.pages() for command in pages.commands(page)}

    def test_each_block_says_what_it_holds(self):
        known = {"sh", "console", "text", "json", "toml", "ini", "cpp", "cmake", "python", "js", "yaml", "nginx", "promql",
                 "cron", "mermaid"}
        for page in pages.pages():
            for block in pages.blocks(page):
                self.assertIn(block.language, known, f"{page}:{block.line}: a block of which language?")

    def test_there_are_commands(self):
        self.assertGreater(len(self.commands), 60)
        for page in ("README.md", "docs/running.md", "docs/operations.md", "docs/command.md", "examples/README.md"):
            self.assertTrue([key for key in self.commands if key[0] == page], page)

    def test_each_row_of_a_list_is_of_a_command_that_a_page_has(self):
        for name in ("NOT_RUN", "FOREGROUND", "STAYS", "STATUS", "SAMPLES", "TYPED", "BEFORE"):
            for key in getattr(plan, name):
                self.assertTrue(key in self.commands, f"{name} lists what no page has: {key}")
        self.assertFalse(plan.NOT_RUN.keys() & plan.FOREGROUND.keys())
        self.assertTrue(plan.STAYS <= plan.FOREGROUND.keys())

    def test_a_page_says_each_status_that_is_not_0(self):
        for (page, command), (_, where) in plan.STATUS.items():
            self.assertIn(where, (pages.ROOT / page).read_text(), command)

    def test_each_sample_shows_something(self):
        for key in plan.SAMPLES:
            self.assertTrue(self.commands[key].printed, key)


if __name__ == "__main__":
    unittest.main()
