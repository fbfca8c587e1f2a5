#!/usr/bin/env python3
"""Whether another reader of YAML, PyYAML, reads a scenario as this program does.

yaml_readers.py FILE...: prints each value that PyYAML reads as something that is written otherwise,
such as 15:04:56 as 54296; the exit status is then 1. With --recorded HAR FILE it also compares the
bodies of the requests with those of the recording, which has a request for each step.
"""
import json
import sys
import urllib.parse

import yaml

# Keys of the language whose values are yes or no.
SWITCHES = {"follow_redirects", "redirected", "errors", "required", "secret", "verify", "optional", "failed",
            "exists", "reconnect", "persisted"}


def leaves(texts, values, path=()):
    if isinstance(values, dict):
        for (key, text), (typed, value) in zip(texts.items(), values.items()):
            yield path + (key, "the key"), key, typed
            yield from leaves(text, value, path + (key,))
    elif isinstance(values, list):
        for i, (text, value) in enumerate(zip(texts, values)):
            yield from leaves(text, value, path + (i,))
    else:
        yield path, texts, values


def is_switch(path):
    """A value of the language, of a box of a form, or of JSON."""
    return path[-1] in SWITCHES or "submit" in path or "json" in path or "jsonpath" in path


def differences(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for where, written, read in leaves(yaml.load(text, yaml.BaseLoader), yaml.safe_load(text)):
        if read is None or isinstance(read, bool):
            same = is_switch(where) or (read is None and written == "" and "extract" in where)
        elif isinstance(read, float) and "json" in where:
            same = read == float(written)
        else:
            same = isinstance(read, (str, int, float)) and str(read) == written
        if not same:
            yield "%s: %s: %r is read as %r" % (path, ".".join(map(str, where)), written, read)


def steps(list_of_steps):
    for step in list_of_steps:
        if "steps" in step:
            yield from steps(step["steps"])
        elif "think" not in step:
            yield step


def recorded_differences(har, path):
    with open(har, encoding="utf-8") as f:
        entries = json.load(f)["log"]["entries"]
    with open(path, encoding="utf-8") as f:
        found = list(steps(yaml.safe_load(f)["steps"]))
    assert len(found) == len(entries), (len(found), len(entries))
    for step, entry in zip(found, entries):
        text = entry["request"].get("postData", {}).get("text", "")
        if "json" in step and "$" not in text and "{{" not in text and step["json"] != json.loads(text):
            yield "%s: %r is read as %r" % (path, text, step["json"])
        if "form" in step:
            pairs = [(k, str(v)) for k, value in step["form"].items() for v in (value if isinstance(value, list) else [value])]
            if pairs != urllib.parse.parse_qsl(text, keep_blank_values=True):
                yield "%s: %r is read as %r" % (path, text, pairs)
        if "body" in step and step["body"] != text and "$" not in text:
            yield "%s: %r is read as %r" % (path, text, step["body"])


def main():
    arguments = sys.argv[1:]
    found = []
    if arguments[0] == "--recorded":
        found += recorded_differences(*arguments[1:3])
        arguments = arguments[2:]
    for path in arguments:
        found += differences(path)
    print("\n".join(found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
