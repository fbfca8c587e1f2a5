"""Files that other programs change while they are edited with the API of `reprise edit --api`.

edit_others.py REPRISE FOLDER TEST: starts the server for FOLDER, runs the test, and ends the server.
"""
import json
import os
import shutil

import edit_api
import jobs_client

BASE = """load: {users: 5}
steps:
  - get: /a
  - get: /b
    name: B   # the name
  - get: /c
"""


class File:
    """shop.yaml, as a page that shows it and as another program see it."""

    def __init__(self, api, folder, text=BASE):
        self.api = api
        self.path = os.path.join(folder, "shop.yaml")
        self.write(text)
        self.read()

    def read(self):
        status, document = self.api.get("files/shop.yaml")
        assert status == 200, document
        self.version, self.text = document["version"], document["text"]
        return document

    def write(self, text):
        with open(self.path, "w", encoding="utf-8", newline="") as out:
            out.write(text)

    def disk(self):
        with open(self.path, encoding="utf-8", newline="") as source:
            return source.read()

    def edit(self, *ops, status=200):
        """The response; the page has its text then."""
        result, document = self.api.post("edits/shop.yaml",
                                         {"version": self.version, "ops": list(ops)})
        assert result == status, document
        units = self.text.encode("utf-16-le")
        for patch in reversed(document["patches"]):
            units = units[:2 * patch["begin"]] + patch["text"].encode("utf-16-le") + \
                units[2 * patch["end"]:]
        assert units.decode("utf-16-le") == document["text"] == self.disk(), document
        self.version, self.text = document["version"], document["text"]
        return document


def put(path, value):
    return {"op": "set", "path": path, "value": value}


def merge(api, folder):
    page = File(api, folder)
    # The steps of the other program are before the one that the operation names.
    page.write(BASE.replace("steps:\n", "steps:\n  # new\n  - get: /new\n"))
    page.edit(put("/steps/1/name", "X"), put("/load/users", 6))
    assert page.text == BASE.replace("steps:\n", "steps:\n  # new\n  - get: /new\n").replace(
        "name: B ", "name: X ").replace("5", "6"), page.text
    # Only the operation that no longer fits is refused.
    page.write(page.text.replace("users: 6", "users: 7"))
    answer = page.edit(put("/load/users", 8), put("/steps/3/get", "/d"), status=409)
    assert answer["error"]["code"] == "conflict" and answer["error"]["path"] == "/load/users"
    assert answer["conflicts"] == [{
        "operation": 0, "op": "set", "path": "/load/users", "code": "conflict",
        "message": "'/load/users': it was changed in the file too"}], answer["conflicts"]
    assert "users: 7" in page.text and "get: /d" in page.text
    # An operation that does not fit the version of the page changes nothing.
    before = page.disk()
    page.write(before + "# more\n")
    status, answer = api.post("edits/shop.yaml", {"version": page.version, "ops": [
        put("/load/users", 1), put("/load/nothing", 1)]})
    assert status == 422 and answer["error"]["path"] == "/load/nothing", answer
    assert page.disk() == before + "# more\n"


def overwritten(api, folder):
    """An editor that has an older text saves it with its own changes."""
    page = File(api, folder)
    page.edit({"op": "insert", "path": "/steps/1", "value": {"think": "1s"}})
    page.edit(put("/load/users", 6))
    page.write(BASE.replace("/c", "/changed"))
    answer = page.edit(put("/steps/0/get", "/first"))
    assert [op["path"] for op in answer["again"]] == ["/steps/1", "/load/users"], answer["again"]
    assert page.text == ("load: {users: 6}\nsteps:\n  - get: /first\n  - think: 1s\n  - get: /b\n"
                         "    name: B   # the name\n  - get: /changed\n"), page.text
    # The same without a new operation; what was applied again is not applied twice.
    page.write(page.text.replace("think: 1s", "think: 1s   # a pause"))
    answer = page.edit()
    assert "again" not in answer and "think: 1s   # a pause\n" in page.text
    # A file that cannot be read yet.
    before = page.text
    page.edit(put("/load/users", 8))
    old = page.version, page.text
    page.write("[" + before)
    page.edit()
    page.write(before + "# more\n")
    page.version, page.text = old
    answer = page.edit()
    assert [op["path"] for op in answer["again"]] == ["/load/users"], answer
    assert page.text == before.replace("users: 6", "users: 8") + "# more\n", page.text
    # A page that has read the text accepts it.
    page.edit(put("/load/users", 9))
    page.write(page.text.replace("users: 9", "users: 6") + "# older\n")
    page.read()
    answer = page.edit(put("/steps/0/get", "/second"))
    assert "again" not in answer and "users: 6" in page.text
    # Another program restores an earlier text exactly: its user wants that, and the page is
    # informed.
    before = page.text
    page.edit(put("/load/users", 11))
    page.write(before)
    answer = page.edit(put("/steps/0/get", "/third"), status=409)
    assert [(c["op"], c["path"]) for c in answer["conflicts"]] == [("set", "/load/users")]
    assert "restored an earlier text" in answer["error"]["message"]
    assert "users: 6" in page.text and "/third" in page.text
    # A whole text that was saved is applied again too.
    status, saved = api.put("files/shop.yaml", {
        "version": page.version, "text": page.text.replace("think: 1s", "think: 2s")})
    assert status == 200
    page.write(page.text + "- get: /end\n")
    page.version, page.text = saved["version"], saved["text"]
    page.edit()
    assert "think: 2s" in page.text and "/end" in page.text, page.text


def undo(api, folder):
    """The undos of a session stay correct after a change of another program."""
    page = File(api, folder)
    undos = [page.edit(op)["undo"] for op in (
        put("/steps/0/get", "/x"), {"op": "remove", "path": "/steps/1"},
        put("/load/users", 9), {"op": "insert", "path": "/steps/0", "value": {"think": "1s"}})]
    page.write("# another program\n" + page.text + "  - get: /end\n")
    for undo_op in reversed(undos):
        page.edit(*undo_op)
    assert page.text == "# another program\n" + BASE + "  - get: /end\n", page.text
    # The lines of the undo were changed.
    undo_op = page.edit(put("/steps/0/get", "/y"))["undo"]
    page.write(page.text.replace("/y", "/z"))
    answer = page.edit(*undo_op, status=409)
    assert answer["conflicts"][0]["op"] == "undo" and "/z" in page.text, answer
    # The text of the undo is not known.
    unknown = [dict(undo_op[0], digest="0" * 64)]
    edit_api.refused(api.post("edits/shop.yaml", {"version": page.version, "ops": unknown}), 422,
                     "other-text")


def unusual(api, folder):
    """Files that are not as the page has left them."""
    page = File(api, folder)
    version = page.version
    ops = {"version": version, "ops": [put("/load/users", 6)]}
    os.remove(page.path)
    edit_api.refused(api.post("edits/shop.yaml", ops), 404, "no-file")
    edit_api.refused(api.put("files/shop.yaml", {"text": "x", "version": version}), 404, "no-file")
    os.mkdir(page.path)
    edit_api.refused(api.post("edits/shop.yaml", ops), 400, "path")
    edit_api.refused(api.get("files/shop.yaml"), 400, "path")
    edit_api.refused(api.put("files/shop.yaml", {"text": "x"}), 400, "path")
    os.rmdir(page.path)
    outside = os.path.join(folder, "..", "outside.yaml")
    with open(outside, "w", encoding="utf-8") as out:
        out.write(BASE)
    os.symlink(os.path.abspath(outside), page.path)
    edit_api.refused(api.post("edits/shop.yaml", ops), 403, "outside")
    with open(outside, encoding="utf-8") as source:
        assert source.read() == BASE
    # A link to nothing is not followed when a file is created.
    os.remove(outside)
    edit_api.refused(api.put("files/shop.yaml", {"text": "x"}), 409, "exists")
    assert not os.path.exists(outside)
    os.remove(page.path)
    page.write(BASE)
    os.chmod(page.path, 0)
    if os.geteuid() != 0:
        edit_api.refused(api.post("edits/shop.yaml", ops), 500, "not-read")
    os.chmod(page.path, 0o640)
    page.edit(put("/load/users", 6))
    assert os.stat(page.path).st_mode & 0o777 == 0o640
    page.write("a: " + "x" * (17 << 20) + "\n")
    edit_api.refused(api.post("edits/shop.yaml", ops), 500, "not-read")
    edit_api.refused(api.get("files/shop.yaml"), 500, "not-read")
    # Bytes that are not UTF-8 are kept; a text cannot be saved over them.
    raw = b"load: {users: 5}\nsteps:\n  - get: /\xff\xfe\n"
    with open(page.path, "wb") as out:
        out.write(raw)
    status, document = api.get("files/shop.yaml")
    assert status == 200 and document["errors"], document
    edit_api.refused(api.put("files/shop.yaml", {"text": document["text"],
                                                 "version": document["version"]}), 422, "encoding")
    status, document = api.post("edits/shop.yaml", dict(ops, version=document["version"]))
    assert status == 200, document
    with open(page.path, "rb") as source:
        assert source.read() == raw.replace(b"5", b"6")
    # Line ends and a byte order mark are kept.
    page.write("\ufeff" + BASE.replace("\n", "\r\n"))
    page.read()
    page.edit(put("/load/users", 6))
    page.write(page.text.replace("/c", "/d"))
    page.edit(put("/load/users", 7), {"op": "add", "path": "/steps/0/name", "value": "A"})
    assert page.text == "\ufeff" + BASE.replace("5", "7").replace("/c", "/d").replace(
        "/a\n", "/a\n    name: A\n").replace("\n", "\r\n"), json.dumps(page.text)


def watch(api, folder):
    events = jobs_client.Events(api)
    page = File(api, folder)
    while events.next()[0] != "folder":
        pass
    # An own change has the version that the page has got; one of another program has another one.
    page.edit(put("/load/users", 6))
    assert events.next() == ("file", {"path": "shop.yaml", "version": page.version,
                                           "change": "changed"})
    page.write(page.text + "# more\n")
    name, event = events.next()
    assert name == "file" and event["change"] == "changed", event
    assert event["version"] != page.version and event["version"] == page.read()["version"]
    # As editors do: a new file that is renamed.
    with open(page.path + ".new", "w", encoding="utf-8") as out:
        out.write(page.text + "# again\n")
    os.rename(page.path + ".new", page.path)
    names = []
    while not names or names[-1] != ("file", "shop.yaml", "changed"):
        name, event = events.next()
        names.append((name, event.get("path"), event.get("change")))
    # New and removed files, also in new folders.
    os.makedirs(os.path.join(folder, "new", "deep"))
    with open(os.path.join(folder, "new", "deep", "people.csv"), "w", encoding="utf-8") as out:
        out.write("a\n1\n")
    while True:
        name, event = events.next()
        if name == "file" and event["path"] == "new/deep/people.csv":
            break
    assert event == {"path": "new/deep/people.csv", "version": None, "change": "created"}, event
    assert events.next() == ("folder", {})
    shutil.rmtree(os.path.join(folder, "new"))
    assert events.next() == ("file", {"path": "new/deep/people.csv", "version": None,
                                           "change": "removed"})
    assert events.next() == ("folder", {})
    events.close()


if __name__ == "__main__":
    edit_api.perform(globals())
