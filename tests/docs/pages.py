"""The code blocks of the pages, and the commands in them.

Each block says what it holds: `sh` is one command a line, `console` a session, whose commands stand behind "$ " and are
followed by what they print. All other languages are no commands.
"""
import dataclasses
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# In the order in which a reader meets them: docs/running.md installs the service that later pages ask.
FIRST = ("README.md", "docs/running.md")


@dataclasses.dataclass
class Block:
    page: str
    line: int
    language: str
    lines: list


@dataclasses.dataclass
class Command:
    page: str
    line: int
    text: str
    printed: list  # what the page shows below it, line by line
    document: object = None  # the JSON that follows the block

    @property
    def key(self):
        return (self.page, self.text)

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def pages():
    rest = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))
    return [*FIRST, *(page for page in rest if page not in FIRST), "examples/README.md",
            "examples/spreadsheet/README.md", "CONTRIBUTING.md"]


def is_item(line):
    return re.match(r"\s*([-*]|\d+\.) ", line) is not None


def blocks(page):
    """The blocks of a page. One that is only indented has no language."""
    lines = (ROOT / page).read_text().splitlines()
    at, is_in_list = 0, False
    while at < len(lines):
        line = lines[at]
        if line.lstrip().startswith("```"):
            margin = len(line) - len(line.lstrip())
            end = next(n for n in range(at + 1, len(lines)) if lines[n].strip() == "```")
            yield Block(page, at + 1, line.strip()[3:], [text[margin:] for text in lines[at + 1:end]])
            at = end
        elif line.startswith("    ") and at > 0 and not lines[at - 1].strip() and not is_in_list:
            yield Block(page, at + 1, "", [line])
        elif line.strip():
            is_in_list = is_item(line) or (is_in_list and line.startswith(" "))
        at += 1


def joined(lines, first):
    """Lines with their numbers; one that ends with a backslash, or opens what a later one closes, goes on."""
    held, began = "", 0
    for number, line in enumerate(lines, first):
        began = began if held else number
        held += line
        if held.endswith("\\") or re.match(r"(if|for|while) ", held) and not re.search(r"(^|\n)(fi|done)$", held):
            held += "\n"
            continue
        if held.strip():
            yield began, held
        held = ""
    assert not held, f"an unfinished command at line {began}"


def without_comment(command):
    return re.sub(r"\s+# .*$", "", re.sub(r"\s*\\\n\s*", " ", command))


def commands_of(block):
    if block.language == "sh":
        for number, line in joined(block.lines, block.line + 1):
            if not line.startswith("#"):
                yield Command(block.page, number, without_comment(line), [])
    elif block.language == "console":
        found = None
        for number, line in enumerate(block.lines, block.line + 1):
            if line.startswith("$ "):
                if found:
                    yield found
                found = Command(block.page, number, line[2:], [])
            else:
                assert found, f"{block.page}:{number} prints something before any command"
                found.printed.append(line)
        yield found


def table_commands(page):
    """The programs in the first column of a table whose head is `run`."""
    is_in_table = False
    for number, line in enumerate((ROOT / page).read_text().splitlines(), 1):
        if line.startswith("| run |"):
            is_in_table = True
        elif not line.startswith("|"):
            is_in_table = False
        elif is_in_table and (match := re.match(r"\| `([^`]+)` \|", line)):
            yield Command(page, number, match[1], [])


def commands(page):
    found = list(blocks(page))
    for at, block in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        those = list(commands_of(block))
        if len(those) == 1 and following and following.language == "json":
            those[0].document = json.loads("\n".join(following.lines))
        yield from those
    yield from table_commands(page)
