"""Searches the project's texts for phrases of tests/english/banned; called by english.sh.

A text is a comment, a string of several words, a paragraph of a document, or the name of a test.
Line breaks inside a text count as spaces, so that a phrase is found across lines.
"""

import fnmatch
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOLDERS = ["src", "tests", "contrib", "examples", "schemas", ".github", ".ci"]
TOP_FILES = ["README.md", "Makefile.am", "configure.ac", "Dockerfile"]
MAX_EXCEPTIONS = 20

# Written by other people, by other programs, or by `make reference` from texts that are checked
# where they are written.
SKIPPED = [
    "contrib/completions/*",
    "contrib/debian/copyright",
    "contrib/guide/reference.md",
    "contrib/man/*.[15]",
    "schemas/*.json",
    "tests/english/banned",
    "tests/english/exceptions",
    "tests/fuzz/seeds/*",
    "tests/golden/import/*.har",
    "tests/golden/import/curl/*",
    "tests/golden/import/*/data/*",
]

# ---- texts
#
# A function for each kind of file. It yields (offset, text) pairs, where the text is a part of the
# file; what is not to be read is replaced by as many spaces, so that offsets stay right.

C_TOKEN = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""", re.S | re.X
)
JS_TOKEN = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`""",
    re.S | re.X,
)
PY_TOKEN = re.compile(
    r"""\#[^\n]* | \"\"\".*?\"\"\" | '''.*?''' | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""",
    re.S | re.X,
)
SHELL_TOKEN = re.compile(
    r"""(?:(?<=\s)|^)\#[^\n]* | "(?:\\.|[^"\\])*" | '[^']*' | \\.""", re.S | re.X | re.M
)
AWK_TOKEN = re.compile(r"""\#[^\n]* | "(?:\\.|[^"\\\n])*" """, re.X)


def blank(text, pattern):
    """TEXT with all that PATTERN matches replaced by spaces; line breaks stay."""
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def is_prose(string):
    """A single word in quotes is a key, a name or a value, and so is a path."""
    return re.search(r"[A-Za-z]\s+[A-Za-z(\"']|^[A-Z][a-z]+", string.strip("\"'` \t\n"))


def unescaped(string):
    return re.sub(r"\\[nrt]", "  ", string).replace('\\"', ' "')


def c_like(text, token, comment_signs):
    """Comments, adjacent lines of comments as one text; adjacent strings as one text."""
    pending, end, kind = None, 0, None
    for match in token.finditer(text):
        word = match.group()
        this = "comment" if word.startswith(comment_signs) else "string"
        if this == "string":
            quotes = 3 if word.startswith(('"""', "'''")) else 1
            body = " " * quotes + unescaped(word[quotes:-quotes]) + " " * quotes
        else:
            body = re.sub(r"^(/\*+|//+|#+)|\*/$", lambda m: " " * len(m.group()), word)
            body = re.sub(r"(?m)^(\s*)\*(?=\s|$)", r"\1 ", body)
        between = text[end : match.start()]
        joins = pending and this == kind and not between.strip()
        if this == "comment" and joins:
            joins = not word.startswith("/*") and between.count("\n") == 1
        if joins:
            pending = (pending[0], pending[1] + between + body)
        else:
            if pending and (kind == "comment" or is_prose(pending[1])):
                yield pending
            pending = (match.start(), body)
        end, kind = match.end(), this
    if pending and (kind == "comment" or is_prose(pending[1])):
        yield pending


def of_c(text):
    text = blank(text, r"(?m)^\s*#\s*include[^\n]*")
    yield from c_like(text, C_TOKEN, ("/*", "//"))
    for test in re.finditer(r"(?m)^static void (?:test_)?(\w+)\(void \*\*state\)", text):
        yield test.start(1), test.group(1).replace("_", " ")


def of_js(text):
    return c_like(text, JS_TOKEN, ("/*", "//"))


def of_python(text):
    return c_like(text, PY_TOKEN, ("#",))


def of_awk(text):
    return c_like(text, AWK_TOKEN, ("#",))


def of_shell(text):
    """Comments, quoted texts, and the lines of here-documents that are comments."""
    text = re.sub(r"\$\{?#|\\#", "  ", text)
    return ((at, body) for at, body in c_like(text, SHELL_TOKEN, ("#",)) if body.strip())


def paragraphs(text):
    for match in re.finditer(r"(?:[^\n]*\S[^\n]*\n?)+", text):
        yield match.start(), match.group()


def of_markdown(text):
    """Paragraphs, and the lines of blocks of code; `code` in a line is skipped."""
    inside, out = False, []
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            inside = not inside
            line = " " * len(line)
        elif not inside:
            line = blank(line, r"`[^`]*`|\]\([^)]*\)")
        out.append(line)
    mark = r"(?m)^\s*(?:[-*>]|#+|\d+\.)\s|\|"
    text = re.sub(mark, lambda m: re.sub(r"\S", "\x00", m.group()), "\n".join(out))
    return split_at_marks(text)


def split_at_marks(text):
    """Paragraphs, cut at each NUL: where an item of a list or a cell of a table begins."""
    for start, paragraph in paragraphs(text):
        begin = 0
        for piece in paragraph.split("\x00"):
            if piece.strip():
                yield start + begin, piece
            begin += len(piece) + 1


def of_manual(text):
    """mdoc: a line with a macro ends the paragraph only where the macro does."""
    text = re.sub(r'(?m)^\.\\".*$', lambda m: m.group().replace('.\\"', "   "), text)
    text = re.sub(r"(?m)^\.(?:Pp|Sh|Ss|It|Bl|El|Bd|Ed|Dl)\b", lambda m: "\x00" + " " * 2, text)
    text = blank(text, r"(?m)^\.(?:Dd|Dt|Os)\b.*$")
    text = blank(text, r"(?m)^\.[A-Z][a-z]\b|\\&")
    return split_at_marks(text)


def of_lines(text):
    """Adjacent lines of comments as one text, and each other line as a text."""
    for match in re.finditer(r"(?m)(?:^[ \t]*#[^\n]*\n?)+|^[^\n]+\n?", text):
        body = match.group()
        if body.lstrip().startswith("#"):
            body = re.sub(r"(?m)^(\s*)(#+)", lambda m: m.group(1) + " " * len(m.group(2)), body)
        else:
            body = re.sub(r"^(\s*)(?:- )?[\w.-]+:(?=\s)", lambda m: " " * len(m.group()), body)
            body = re.sub(r"\s#\s", "  \x00", body, count=1)
        begin = 0
        for piece in body.split("\x00"):
            yield match.start() + begin, piece
            begin += len(piece) + 1


def of_makefile(text):
    text = re.sub(r"(?m)^dnl\b", "#  ", text)
    token = r"(?m)(?:^[ \t]*#[^\n]*\n?)+|(?<=\s)#[^\n]*|\"[^\"\n]*\"|\[[^][\n]*\]"
    for match in re.finditer(token, text):
        body = match.group()
        if body.lstrip().startswith("#"):
            yield match.start(), body.replace("#", " ")
        elif is_prose(body):
            yield match.start(), body


KINDS = [
    (("*.c", "*.h", "*.def"), of_c),
    (("*.js", "*.ts", "*.css"), of_js),
    (("*.py",), of_python),
    (("*.awk",), of_awk),
    (("*.md", "*.md.in"), of_markdown),
    (("*.in",), of_manual),
    (("*.yaml", "*.yml", "*.hcl", "*.table", "*.conf", "LAYERS", "Dockerfile"), of_lines),
    (("Makefile.am", "configure.ac"), of_makefile),
    (("*.sh", "*.bash", "*.bats", "*.sbatch"), of_shell),
    (("*.txt", "*.account", "*.report"), of_lines),
]


def reader_of(path, text):
    name = os.path.basename(path)
    for patterns, reader in KINDS:
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            return reader
    if text.startswith("#!"):
        return of_python if "python" in text.split("\n", 1)[0] else of_shell
    if "." not in name and path.startswith(("tests/", "contrib/", ".ci/")):
        return of_lines
    return None


# The words "plain words" in each kind of file, and the line on which they start. They must be found:
# a reader that finds no texts would let everything pass.
SAMPLES = [
    ("a.c", "int a;\n/* The line was plain\n * words. */\n", 2),
    ("a.h", "/* one */\n// plain\n// words\n", 2),
    ("a.def", 'X(A, "is plain "\n  "words")\n', 1),
    ("test_a.c", "static void test_plain_words(void **state)\n{\n}\n", 1),
    ("a.js", "a = 1 // plain\n// words\n", 1),
    ("a.css", "a{}\n/* plain\nwords */\n", 2),
    ("a.py", '"""One.\n\nIt is plain\nwords."""\n', 3),
    ("a.awk", 'BEGIN {}\n{ print "is plain words" }\n', 2),
    ("a.md", "# One\n\n- `code` is\n  plain words\n", 4),
    ("a.md", "| one | is plain words |\n", 1),
    ("a.5.in", ".Sh ONE\nIt is\n.Em plain\nwords\n", 3),
    ("a.yaml", "a: 1\n# plain\n# words\n", 2),
    ("a.yaml", "a: {description: plain words}\n", 1),
    ("a.txt", "a.yaml:1:2: error: plain words\n", 1),
    ("Makefile.am", "a = b\n# plain\n# words\n", 2),
    ("a.sh", "a=1 # plain\n# words\n", 1),
    ("a.bats", '@test "is plain words" {\n}\n', 1),
    ("tests/a", "#!/bin/sh\necho 'is plain words'\n", 2),
    ("tests/b", "#!/usr/bin/env python3\n# plain\n# words\n", 2),
]


def sample_problems():
    """Samples in which the words are not found on their line."""
    problems = []
    for path, content, line in SAMPLES:
        reader = reader_of(path, content)
        found = []
        for offset, raw in reader(content) if reader else ():
            text, places = flat(raw)
            at = text.find("plain words")
            if at >= 0:
                found.append(content.count("\n", 0, offset + places[at]) + 1)
        if line not in found:
            problems.append(f"nothing is found in line {line} of this {path}: {content!r}")
    return problems


# ---- rules


class Rule:
    def __init__(self, number, pattern, example, instead):
        self.number = number
        self.example = example
        self.instead = instead
        self.count = 0
        try:
            self.pattern = re.compile(pattern, re.I)
        except re.error as error:
            sys.exit(f"Bail out! tests/english/banned:{number}: {error}: {pattern}")


class Exemption:
    def __init__(self, number, path, phrase, reason):
        self.number = number
        self.path = path
        self.phrase = " ".join(phrase.split())
        self.reason = reason
        self.is_needed = False

    def covers(self, path, text, begin, end):
        """Whether the match at [BEGIN, END) of TEXT is inside the phrase."""
        if not fnmatch.fnmatchcase(path, self.path):
            return False
        at = text.find(self.phrase)
        while at >= 0:
            if at <= begin and end <= at + len(self.phrase):
                return True
            at = text.find(self.phrase, at + 1)
        return False


def rows(name):
    """The lines of three columns of a file in this folder."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            columns = line.split("\t")
            if len(columns) != 3 or not all(columns):
                sys.exit(f"Bail out! tests/english/{name}:{number}: three columns are expected")
            yield [number] + columns


# ---- the search


def flat(text):
    """TEXT with its white space as single spaces, and the offset in TEXT of each character."""
    out, places, space = [], [], True
    for at, char in enumerate(text):
        if char.isspace():
            if not space:
                out.append(" ")
                places.append(at)
            space = True
        else:
            out.append(char)
            places.append(at)
            space = False
    if out and out[-1] == " ":
        out.pop()
        places.pop()
    return "".join(out), places


def is_name(text, begin, end):
    """Whether the match is a part of a file name, a path, a host or an option, such as told.c."""
    return re.match(r"[./_]\w|\(\)", text[end:]) or re.search(r"[\w*/][./_]$|/$|--$", text[:begin])


def search(path, rules, exemptions):
    """Yields (line, phrase, rule) for each banned phrase in the file."""
    try:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            content = file.read()
    except UnicodeDecodeError:
        return
    reader = reader_of(path, content)
    if reader is None:
        return
    for offset, raw in reader(content):
        text, places = flat(raw)
        for rule in rules:
            for match in rule.pattern.finditer(text):
                begin, end = match.span()
                if is_name(text, begin, end):
                    continue
                used = [e for e in exemptions if e.covers(path, text, begin, end)]
                for exemption in used:
                    exemption.is_needed = True
                if used or begin == end:
                    continue
                line = content.count("\n", 0, offset + places[begin]) + 1
                yield line, match.group().strip(" .,;:()"), rule


def files_below(path):
    full = os.path.join(ROOT, path)
    if os.path.isfile(full):
        yield path
        return
    for folder, subfolders, names in os.walk(full):
        subfolders.sort()
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), ROOT)


def is_skipped(path):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in SKIPPED)


def chosen_files(arguments):
    for argument in arguments:
        path = argument if os.path.exists(os.path.join(ROOT, argument)) else None
        if path is None and os.path.exists(argument):
            path = os.path.relpath(os.path.abspath(argument), ROOT)
        if path is None:
            sys.exit(f"Bail out! there is no {argument}")
        path = os.path.normpath(path)
        yield path, [file for file in files_below(path) if not is_skipped(file)]


def report(number, name, problems):
    print(f"{'not ok' if problems else 'ok'} {number} - {name}", flush=True)
    for problem in problems:
        print("# " + problem)
    return not problems


def rule_problems(rules):
    """Rules that catch nothing, and rules whose replacement is banned as well."""
    problems = []
    for rule in rules:
        where = f"tests/english/banned:{rule.number}:"
        if not rule.pattern.search(flat(rule.example)[0]):
            problems.append(f"{where} the rule does not catch its example: {rule.example}")
        for other in rules:
            found = other.pattern.search(rule.instead)
            if found:
                problems.append(
                    f"{where} the replacement has the banned phrase '{found.group().strip()}'"
                )
    return problems


def exemption_problems(exemptions, searched, is_all):
    problems = []
    if len(exemptions) > MAX_EXCEPTIONS:
        problems.append(f"{len(exemptions)} exceptions; at most {MAX_EXCEPTIONS} are allowed")
    for exemption in exemptions:
        reached = is_all or any(fnmatch.fnmatchcase(path, exemption.path) for path in searched)
        if reached and not exemption.is_needed:
            problems.append(
                f"tests/english/exceptions:{exemption.number}: not needed: {exemption.phrase}"
            )
    return problems


def main(arguments):
    wants_counts = "--counts" in arguments
    arguments = [argument for argument in arguments if argument != "--counts"]
    rules = [Rule(*row) for row in rows("banned")]
    exemptions = [Exemption(*row) for row in rows("exceptions")]
    is_all = not arguments
    if is_all:
        there = (path for path in FOLDERS + TOP_FILES if os.path.exists(os.path.join(ROOT, path)))
        arguments = list(there)
    groups = list(chosen_files(arguments))
    if wants_counts:
        for _, files in groups:
            for path in files:
                for _, _, rule in search(path, rules, exemptions):
                    rule.count += 1
        for rule in sorted(rules, key=lambda rule: -rule.count):
            print(f"{rule.count:6}  {rule.pattern.pattern}")
        print(f"{sum(rule.count for rule in rules):6}  in all")
        return 0
    print(f"1..{len(groups) + 3}")
    name = "each rule catches its example, and no replacement is banned"
    good = report(1, name, rule_problems(rules))
    good &= report(2, "texts are found in each kind of file", sample_problems())
    searched = []
    for number, (name, files) in enumerate(groups, 3):
        hits = []
        for path in files:
            hits += [
                f"{path}:{line}: '{phrase}': write {rule.instead}"
                for line, phrase, rule in sorted(
                    search(path, rules, exemptions), key=lambda hit: hit[0]
                )
            ]
        searched += files
        good &= report(number, f"plain English in {name}", hits)
        if hits:
            print(f"# {len(hits)} banned phrases in {name}")
    problems = exemption_problems(exemptions, searched, is_all)
    good &= report(len(groups) + 3, "the exceptions are few and needed", problems)
    return 0 if good else 1


try:
    sys.exit(main(sys.argv[1:]))
except BrokenPipeError:
    sys.exit(1)
