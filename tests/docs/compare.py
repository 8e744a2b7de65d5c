"""What a page shows beside what came: figures, times and ids may be others, "..." is anything."""
import re

TOKEN = re.compile(
    r"(?P<any>\s*\.\.\.)|(?P<id>\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b)|(?P<number>\d+(?:[.,]\d+)*(?:e-?\d+)?)"
    r"|(?P<blank>\s+)|(?P<rule>─+|█[█▏▎▍▌▋▊▉░]*)|(?P<other>.)")


def pattern_of(line):
    found = []
    for match in TOKEN.finditer(line.strip()):
        kind = match.lastgroup
        if kind == "any":
            found.append(".*?")
        elif kind == "id":
            found.append("[0-9a-f]+")
        elif kind == "number":
            found.append(r"\d+(?:[.,]\d+)*(?:e-?\d+)?")
        elif kind == "blank":
            found.append(r"\s+")
        elif kind == "rule":
            found.append("[─█▏▎▍▌▋▊▉░-]+")
        else:
            found.append(re.escape(match[0]))
    return "".join(found)


def first_line_that_lacks(printed, came):
    """The lines of a page must be whole lines of what came, in their order; the first that is not."""
    at = 0
    for line in printed:
        if line.strip() in ("", "..."):
            continue
        match = re.compile(rf"^[ \t]*{pattern_of(line)}[ \t\r]*$", re.DOTALL | re.MULTILINE).search(came, at)
        if not match:
            return line
        at = match.end()
    return None


def headings(printed):
    """The head of the first table: others are there only where they have rows. A wider terminal may show more columns."""
    heads = [line for line in printed if re.fullmatch(r"[A-Z][A-Z0-9 ()%>/]*[A-Z0-9%)]", line) and "  " in line]
    return [re.sub("  +", " ... ", line) for line in heads[:1]]


def members_that_lack(shown, came, where=""):
    """Members of a shown document that the one that came does not have."""
    if isinstance(shown, dict) and isinstance(came, dict):
        for name, value in shown.items():
            if name not in came:
                yield f"{where}.{name}"
            else:
                yield from members_that_lack(value, came[name], f"{where}.{name}")
    elif isinstance(shown, list) and isinstance(came, list) and shown and came:
        yield from members_that_lack(shown[0], came[0], f"{where}[0]")
