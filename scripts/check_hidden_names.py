"""No two sources of one target give the same hidden name to two things.

Hidden is what only its own file sees: a function, constant or type in an unnamed namespace, or one that
is static. Alone each file is right; where a preset compiles the sources of a target a few at a time as
one (cmake/Unity.cmake), the second is a redefinition. Functions of one name are two where they take
parameters of other types, and an alias may be said again as long as it means the same.

    check_hidden_names.py ROOT
"""
import pathlib
import re
import sys

# Folders whose sources are one target, but for those with a main() and for tests.
TARGETS = ("daemon/*", "client/src", "client/cli", "tests/cmcsim")
OPENS, CLOSES = "({[<", ")}]>"


def bare(text):
    """The code without comments, preprocessor lines and what stands in quotes; as many lines."""
    def blank(hit):
        kept = '""' if hit[0][0] in "\"'R" else ""
        return kept + "\n" * hit[0].count("\n")
    lexemes = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|(?<!\w)\'(?:[^\'\\\n]|\\.)*\''
    text = re.sub(lexemes, blank, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda hit: "\n" * hit[0].count("\n"), text, flags=re.M)


def block_end(code, at):
    """The place behind the brace that closes the one at `at`."""
    depth = 0
    for place in range(at, len(code)):
        depth += {"{": 1, "}": -1}.get(code[place], 0)
        if depth == 0:
            return place + 1
    return len(code)


def declarations(code):
    """Yields (namespaces, declaration, place) of all that stands in namespaces and nowhere deeper.

    An unnamed namespace is called "". Of bodies and initialisers in braces the braces are left.
    """
    scopes, said, at, begin = [], "", 0, 0
    while at < len(code):
        char = code[at]
        if not said.strip():
            begin = at
        if char == "{" and re.fullmatch(r"\s*(?:inline\s+)?namespace\b[\s\w:]*|\s*extern \"\"\s*", said):
            scopes.append(re.sub(r"inline|namespace|\s", "", said))
            said = ""
        elif char == "{":
            at = block_end(code, at)
            said += "{}"
            is_function = "(" in said and not re.search(r"(?<![=!<>])=(?!=)", said.split("(")[0])
            if is_function and not re.match(r"\s*[,{;]", code[at:]):
                yield scopes, said, begin
                said = ""
            continue
        elif char == "}" and scopes:
            scopes = scopes[:-1]
            said = ""
        elif char == ";":
            if said.strip():
                yield scopes, said, begin
            said = ""
        else:
            said += char
        at += 1


def parts(text, separators):
    """Cuts at the separators that stand in no brackets."""
    found, depth = [""], 0
    for char in text:
        if depth == 0 and char in separators:
            found.append("")
        else:
            found[-1] += char
        depth = max(0, depth + (char in OPENS) - (char in CLOSES))
    return found


def without_template(said):
    while hit := re.match(r"\s*template\s*<", said):
        depth, at = 1, hit.end()
        while depth > 0 and at < len(said):
            depth += {"<": 1, ">": -1}.get(said[at], 0)
            at += 1
        said = said[at:]
    return said


def type_of(parameter):
    """The parameter without its default and its name, spelled one way."""
    tokens = re.findall(r"\w+|[^\w\s]", parts(parameter, "=")[0])
    is_word = [re.fullmatch(r"[A-Za-z_]\w*", token) is not None for token in tokens]
    named = len(tokens) > 1 and is_word[-1] and tokens[-2] not in ("const", "unsigned", "::", ":")
    return " ".join(tokens[:-1] if named else tokens)


def name_of(said):
    """(name, what it means) of a declaration that defines; None of any other. The meaning tells
    overloads and aliases from each other; empty: there may be but one of the name."""
    is_template = re.match(r"\s*template\b", said)
    said = re.sub(r"\[\[.*?\]\]", "", without_template(said)).strip()
    if re.match(r"(?:using\s+namespace|namespace|static_assert|extern|friend|typedef)\b", said):
        return None
    if hit := re.match(r"using\s+(\w+)\s*=(.*)", said, re.S):
        return hit[1], "" if is_template else "= " + " ".join(hit[2].split())
    if said.startswith("using "):
        return None
    if hit := re.match(r"(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+(\w+(?:<[^{]*>)?)", said):
        if "{}" in said:
            return hit[1], ""
        if said[hit.end():].strip() == "":
            return None  # only announced
    if hit := re.search(r"\boperator\s*([^\s\w]+?|\w+)\s*\((?!\))", said):
        return "operator" + hit[1], type_of_all(said[hit.end() - 1:])
    head = parts(said, "={")[0]
    if (before := parts(head, "(")[0]) != head:
        hit = re.search(r"([\w:~]*\w)\s*$", before)
        return None if not hit or "::" in hit[1] else (hit[1], type_of_all(head[len(before):]))
    hit = re.search(r"([\w:]*\w)\s*(?:\[.*\])?\s*$", before, re.S)
    return None if not hit or "::" in hit[1] else (hit[1], "")


def type_of_all(list_and_more):
    depth = 0
    for at, char in enumerate(list_and_more):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            inside = list_and_more[1:at]
            return "(" + ", ".join(type_of(one) for one in parts(inside, ",")) + ")"
    return "()"


def hidden_names(text):
    """Yields (namespace, name, meaning, line) of what only this file sees."""
    code = bare(text)
    for scopes, said, place in declarations(code):
        is_static = re.match(r"\s*(?:template\s*<.*?>\s*)?(?:\w+\s+)*?(?:static|constexpr)\b", said)
        if "" in scopes or is_static:
            if found := name_of(said):
                yield "::".join(filter(None, scopes)), *found, code.count("\n", 0, place) + 1


def faults(root):
    folders = sorted({folder for target in TARGETS for folder in root.glob(target) if folder.is_dir()})
    for folder in folders:
        homes = {}  # by namespace and name: what it means, in which file
        for path in sorted(folder.glob("*.cpp")):
            if path.stem == "main" or path.stem.endswith("_test"):
                continue
            for scope, name, meaning, line in hidden_names(path.read_text()):
                for other_meaning, other in homes.setdefault((scope, name), []):
                    is_alias = meaning.startswith("=") and other_meaning.startswith("=")
                    is_function = meaning.startswith("(") and other_meaning.startswith("(")
                    differs = is_function and meaning != other_meaning
                    if other == path or differs or (is_alias and meaning == other_meaning):
                        continue
                    yield (f"{path.relative_to(root)}:{line}: {name} is a hidden name of {other.name} too: "
                           f"give one of them another name, or what they share one home")
                homes[scope, name].append((meaning, path))


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] in ("--help", "-h"):
        print(__doc__)
        sys.exit(0 if len(sys.argv) == 2 else 64)
    found = list(faults(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "no hidden name twice")
    sys.exit(bool(found))
