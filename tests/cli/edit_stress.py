"""Many random operations with the API of `reprise edit --api`, alone and beside another program.

edit_stress.py REPRISE FOLDER TEST COUNT [SEED]: prints how long it took.
"""
import os
import random
import re
import threading
import time

import edit_api
from edit_others import File, put


class Model:
    """The expected file: its steps, written as the editor writes them."""

    def __init__(self, count, seed):
        self.random = random.Random(seed)
        self.number = 0
        self.users = 5
        self.steps = []
        for _ in range(count):
            step = self.new_step()
            step["above"] = "  # about %s\n" % step["name"]
            step["expect"] = " {status: %d}"
            self.steps.append(step)

    def unique(self):
        self.number += 1
        return "n%d" % self.number

    def new_step(self):
        name = self.unique()
        return {"above": "", "get": "/" + name, "name": name, "status": 200,
                "expect": "\n      status: %d"}

    def text(self):
        lines = ["load: {users: %d}   # a comment\nsteps:\n" % self.users]
        for step in self.steps:
            lines.append("%(above)s  - get: %(get)s\n    name: %(name)s\n    expect:" % step)
            lines.append(step["expect"] % step["status"] + "\n")
        return "".join(lines)

    def change(self):
        """A random operation, which is applied to the model."""
        at = self.random.randrange(len(self.steps))
        kind = self.random.choice(["get", "name", "status", "users", "insert", "insert", "remove",
                                   "move", "duplicate"])
        path = "/steps/%d" % at
        if kind in ("get", "name"):
            self.steps[at][kind] = "/" + self.unique()
            return put(path + "/" + kind, self.steps[at][kind])
        if kind == "status":
            self.steps[at]["status"] = self.random.randrange(200, 600)
            return put(path + "/expect/status", self.steps[at]["status"])
        if kind == "users":
            self.users = self.random.randrange(1, 1000)
            return put("/load/users", self.users)
        if kind == "insert":
            step = self.new_step()
            self.steps.insert(at, step)
            return {"op": "insert", "path": path, "value": {
                "get": step["get"], "name": step["name"], "expect": {"status": 200}}}
        if kind == "remove" and len(self.steps) > 2:
            del self.steps[at]
            return {"op": "remove", "path": path}
        if kind == "duplicate" and not self.steps[at]["above"]:
            self.steps.insert(at + 1, dict(self.steps[at]))
            return {"op": "duplicate", "path": path}
        to = self.random.randrange(len(self.steps))
        self.steps.insert(to, self.steps.pop(at))
        return {"op": "move", "from": path, "path": "/steps/%d" % to}


def memory(api):
    with open("/proc/%d/status" % api.process.pid, encoding="ascii") as source:
        return int(re.search(r"VmRSS:\s+(\d+)", source.read()).group(1))


def alone(api, folder, count, seed=1):
    """Operations on a file of 2,000 lines, and their undos."""
    count = int(count)
    model = Model(500, seed)
    page = File(api, folder, model.text())
    began = time.monotonic()
    undos = []
    for i in range(count):
        if undos and model.random.random() < 0.1:
            undo, before = undos.pop()
            page.edit(*undo)
            model.users, model.steps = before
        else:
            before = model.users, [dict(step) for step in model.steps]
            undos = undos[-50:] + [(page.edit(model.change())["undo"], before)]
        assert page.text == model.text(), (seed, i)
        if i == count // 2:
            half = memory(api)
    took = time.monotonic() - began
    print("%d edits of %d lines in %.1f s, %d KiB after half of them and %d KiB at the end" % (
        count, model.text().count("\n"), took, half, memory(api)))
    # The history of a file has a limit of 8 MiB.
    assert os.environ.get("SANITIZED") or memory(api) < half + 10000


class OtherProgram(threading.Thread):
    """Adds steps and comments at random times, in place or as editors do, and sometimes to a
    text that it has read some time ago."""

    def __init__(self, path, seed, count):
        super().__init__()
        self.count = count
        self.path, self.random = path, random.Random(seed)
        self.tokens, self.ended = [], threading.Event()

    def run(self):
        while len(self.tokens) < self.count and not self.ended.wait(self.random.random() * 0.05):
            with open(self.path, encoding="utf-8") as source:
                lines = source.read().splitlines(keepends=True)
            if self.random.random() < 0.3:
                time.sleep(self.random.random() * 0.05)
            token = "other%d" % len(self.tokens)
            starts = [i for i, line in enumerate(lines) if line.startswith("  - ")]
            lines.insert(self.random.choice(starts), self.random.choice(
                ["  # %s\n", "  - get: /%s\n", "  - get: /x\n    name: %s\n"]) % token)
            self.write("".join(lines))
            self.tokens.append(token)

    def write(self, text):
        path = self.path if self.random.random() < 0.5 else self.path + "~"
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        if path != self.path:
            os.rename(path, self.path)


def beside(api, folder, count, seed=1):
    """Each change of both is in the file, exactly once, or was refused."""
    count = int(count)
    model = Model(60, seed)
    page = File(api, folder, model.text())
    other = OtherProgram(page.path, seed, count)
    expected, removed, refused, again = [], [], [], 0
    began = time.monotonic()
    other.start()
    try:
        for i in range(count):
            token = "own%d" % i
            if i % 4 == 3 and i // 4 < len(model.steps):
                # The file has each of these paths once.
                paths = re.findall(r"- get: (/\S*)|^  - ", page.text, re.M)
                path = model.steps[i // 4]["get"]
                if path not in paths:
                    continue
                removed.append(path)
                op = {"op": "remove", "path": "/steps/%d" % paths.index(path)}
            else:
                steps = len(re.findall(r"^  - ", page.text, re.M))
                if not steps:
                    # The server has read the file while the other program was writing it in place.
                    try_edit(page)
                    continue
                expected.append(token)
                op = {"op": "insert", "path": "/steps/%d" % model.random.randrange(steps),
                      "value": {"get": "/" + token}}
            answer = try_edit(page, op)
            refused += [c["op"] + " " + c["path"] for c in answer.get("conflicts", [])]
            again += len(answer.get("again", []))
            time.sleep(model.random.random() * 0.02)
    finally:
        other.ended.set()
        other.join()
    answer = try_edit(page)
    refused += [c["op"] + " " + c["path"] for c in answer.get("conflicts", [])]
    again += len(answer.get("again", []))
    text = page.disk()
    lost = [token for token in other.tokens if len(re.findall(token + r"\b", text)) != 1]
    assert not lost, (seed, lost)
    missing = ["insert " + token for token in expected if not re.search(token + r"\b", text)]
    missing += ["remove " + path for path in removed if re.search(path + r"\n", text)]
    twice = [token for token in expected if len(re.findall(token + r"\b", text)) > 1]
    assert not twice, (seed, twice)
    assert len(missing) <= len(refused), (seed, missing, refused)
    # Nothing else was changed: each step of the beginning is whole.
    for step in model.steps:
        whole = "  # about %(name)s\n" % step
        assert step["get"] in removed or whole in text, (seed, step)
        whole = "  - get: %(get)s\n    name: %(name)s\n    expect: {status: 200}\n" % step
        assert step["get"] in removed or whole in text, (seed, step)
    print("%d operations beside %d of another program in %.1f s: %d applied again, %d refused" % (
        count, len(other.tokens), time.monotonic() - began, again, len(refused)))


def try_edit(page, *ops):
    """The other program can write right after the operation, so that the file may be newer than
    the response."""
    for _ in range(100):
        status, answer = page.api.post("edits/shop.yaml",
                                       {"version": page.version, "ops": list(ops)})
        if status != 409 or answer["error"]["code"] != "changed":
            break
    assert status in (200, 409), answer
    page.version, page.text = answer["version"], answer["text"]
    return answer


if __name__ == "__main__":
    edit_api.perform(globals())
