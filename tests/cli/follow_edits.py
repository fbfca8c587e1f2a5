"""Repairs a scenario file as an editor would: only with the edits of `check --format json`.

follow_edits.py REPRISE FILE

Applies the edits of the first certain diagnostic, checks the file again, and so on. Prints the
number of diagnostics whose edits were applied; the exit status is that of the last check.
"""
import json
import subprocess
import sys


def main():
    reprise, path = sys.argv[1:]
    count = 0
    while True:
        done = subprocess.run([reprise, "check", "--format", "json", path], capture_output=True,
                              timeout=60, check=False)
        certain = [d for d in json.loads(done.stdout)["diagnostics"] if d["certain"]]
        if not certain or count == 100:
            print(count)
            return done.returncode
        with open(path, "rb") as source:
            text = source.read()
        for edit in reversed(certain[0]["edits"]):
            text = text[:edit["begin"]] + edit["text"].encode() + text[edit["end"]:]
        with open(path, "wb") as out:
            out.write(text)
        count += 1


sys.exit(main())
