"""Applies the suggested lines of `reprise check` and checks that they are right.

apply_suggestions.py REPRISE FILE…

Each diagnostic with a suggested line is applied to a copy of the file, and the copy is checked: the
diagnostic must not be reported again, and the line must have no error that it did not have before.
The same is done with the edits of each diagnostic. Prints each wrong suggestion, and the number of
suggestions on the last line.
"""
import json
import os
import subprocess
import sys

# A line that is right in itself, but whose next problem becomes visible only then: the code of the
# suggestion, and the code of the next problem.
FOLLOWED_BY = {
    # the file does not exist
    ("W348", "E310"),
    ("E140", "E222"),
    # the variable, the environment variable, the flow, or the steps of the loop are missing
    ("E133", "E205"),
    ("E133", "E204"),
    ("E124", "E224"),
    ("E124", "E141"),
    # the file has no target
    ("E342", "E343"),
    # the next line must be indented too
    ("E127", "E141"),
    # a URL of another host is refused until the host is allowed, which the note says
    ("E342", "E340"),
    # the file of a key of another tool does not exist
    ("E101", "E310"),
    ("E101", "E222"),
    # the first of several lines that must be indented; the others then are in the wrong column
    ("E126", "E101"),
    ("E126", "E142"),
}


def check(reprise, path):
    done = subprocess.run([reprise, "check", "--format", "json", path], capture_output=True,
                          timeout=60, check=False)
    return json.loads(done.stdout)["diagnostics"]


def key(diagnostic):
    return diagnostic["code"], diagnostic["message"]


def apply(lines, diagnostic):
    # As bytes: some of the files are not UTF-8.
    number = diagnostic["line"] - 1
    end = b"\r" if lines[number].endswith(b"\r") else b""
    return lines[:number] + [diagnostic["fix"].encode() + end] + lines[number + 1:]


def edited(text, diagnostic):
    for edit in reversed(diagnostic["edits"]):
        text = text[:edit["begin"]] + edit["text"].encode() + text[edit["end"]:]
    return text


def wrong_with(reprise, path, text, diagnostics, diagnostic):
    with open(path, "wb") as out:
        out.write(text)
    after = check(reprise, path)
    line = diagnostic["line"]
    before_here = [key(d) for d in diagnostics if d["line"] == line]
    here = [d for d in after if d["line"] == line]
    if [key(d) for d in here].count(key(diagnostic)) >= before_here.count(key(diagnostic)):
        return "the same message again"
    for d in here:
        if d["level"] == "error" and key(d) not in before_here and \
                (diagnostic["code"], d["code"]) not in FOLLOWED_BY:
            return "a new error: %s [%s]" % (d["message"], d["code"])
    return None


def main():
    reprise, count, failed = sys.argv[1], 0, False
    for name in sys.argv[2:]:
        with open(name, "rb") as source:
            lines = source.read().split(b"\n")
        diagnostics = check(reprise, name)
        # In the same folder, because data files are relative to it.
        copy = os.path.join(os.path.dirname(name) or ".", "suggested.%d.yaml" % os.getpid())
        try:
            for diagnostic in diagnostics:
                texts = []
                if diagnostic["fix"]:
                    texts.append(b"\n".join(apply(lines, diagnostic)))
                if diagnostic["edits"]:
                    texts.append(edited(b"\n".join(lines), diagnostic))
                for text in texts:
                    count += 1
                    wrong = wrong_with(reprise, copy, text, diagnostics, diagnostic)
                    if wrong:
                        failed = True
                        print("%s:%s: %s [%s]\n  write | %s\n  edits | %s\n  %s" % (
                            name, diagnostic["line"], diagnostic["message"], diagnostic["code"],
                            diagnostic["fix"], diagnostic["edits"], wrong))
        finally:
            if os.path.exists(copy):
                os.remove(copy)
    print(count)
    return 1 if failed else 0


sys.exit(main())
