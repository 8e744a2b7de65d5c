"""Writes what CTest includes to know the test cases of a doctest program.

    list_tests.py PROGRAM --level unit --to FILE [--serial SOURCE...]

A test is called "LEVEL: suite: case", has the level as its label, and runs that case alone.
"""
import argparse
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--level", required=True)
parser.add_argument("--to", required=True, type=pathlib.Path)
parser.add_argument("--serial", nargs="*", default=[])
args = parser.parse_args()


def quoted(text):
    return f"[==[{text}]==]"


def pattern(text):
    """A filter is a list with commas between to doctest. Its wildcards match themselves."""
    return text.replace(",", "\\,")


listing = subprocess.run([args.program, "--list-test-cases", "--reporters=xml"], check=True, stdout=subprocess.PIPE)
lines = []
names = set()
for case in xml.etree.ElementTree.fromstring(listing.stdout).iter("TestCase"):
    suite, title = case.get("testsuite", ""), case.get("name")
    name = f"{args.level}: {suite.removeprefix(args.level + '::')}: {title}"
    if name in names:
        sys.exit(f"{args.program}: two tests are called '{name}'")
    names.add(name)
    filters = [f"--test-suite={pattern(suite)}", f"--test-case={pattern(title)}"]
    lines.append("add_test({})".format(" ".join(map(quoted, [name, args.program, *filters]))))
    is_serial = pathlib.Path(case.get("filename")).name in args.serial
    lines.append("set_tests_properties({} PROPERTIES LABELS {}{})".format(
        quoted(name), args.level, " RUN_SERIAL ON" if is_serial else ""))
args.to.write_text("\n".join(lines) + "\n")
