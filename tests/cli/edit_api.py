"""Talks to the API of `reprise edit --api`, as a page or an assistant does.

edit_api.py REPRISE FOLDER TEST: starts the server for FOLDER, runs the test, and ends the server.
"""
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse


class Api:
    def __init__(self, reprise, folder, *options):
        self.process = subprocess.Popen([reprise, "edit", "--api", *options, folder],
                                        stdout=subprocess.PIPE, text=True)
        address = self.process.stdout.readline()
        self.host, port = re.match(r"address: http://([^/]+):(\d+)/api/1/$", address).groups()
        self.port = int(port)
        self.token = re.match(r"token: +([0-9a-f]{64})$", self.process.stdout.readline()).group(1)

    def request(self, method, path, body=None, headers=None, token=True):
        """The status and the JSON of the response."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        given = {"X-Reprise-Token": self.token} if token else {}
        given.update(headers or {})
        text = None if body is None else body if isinstance(body, (bytes, str)) else \
            json.dumps(body)
        connection.request(method, path if path.startswith("/") else "/api/1/" + path, text, given)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, json.loads(data) if data else None

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body, **more):
        return self.request("POST", path, body, **more)

    def put(self, path, body, **more):
        return self.request("PUT", path, body, **more)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=20)


def refused(result, status, code):
    assert result[0] == status, result
    assert result[1]["error"]["code"] == code, result
    assert result[1]["error"]["message"], result


def security(api, folder):
    refused(api.get("about", token=False), 401, "token")
    refused(api.get("about", headers={"X-Reprise-Token": "0" * 64}), 401, "token")
    refused(api.get("about", headers={"X-Reprise-Token": api.token[:-1]}), 401, "token")
    refused(api.get("about", headers={"Host": "evil.example:%d" % api.port}), 403, "host")
    refused(api.get("about", headers={"Host": "127.0.0.1.evil.example"}), 403, "host")
    refused(api.get("about", headers={"Origin": "http://evil.example"}), 403, "origin")
    refused(api.get("about", headers={"Origin": "null"}), 403, "origin")
    refused(api.get("about", headers={"Origin": "http://127.0.0.1:1"}), 403, "origin")
    # A name in the Host header can be that of another site; a numeric address cannot.
    assert api.get("about", headers={"Host": "192.0.2.1:%d" % api.port})[0] == 200
    own = {"Origin": "http://127.0.0.1:%d" % api.port}
    assert api.get("about", headers=own)[0] == 200
    refused(api.get("/"), 404, "no-route")
    refused(api.get("nothing"), 404, "no-route")
    refused(api.post("about", {}), 405, "method")
    # Paths that lead out of the folder, in all their spellings, and through links.
    with open(os.path.join(folder, "..", "outside.yaml"), "w", encoding="utf-8") as out:
        out.write("target: http://127.0.0.1\nsteps: [get: /]\n")
    os.symlink(os.path.abspath(os.path.join(folder, "..")), os.path.join(folder, "up"))
    os.symlink(os.path.abspath(os.path.join(folder, "..", "outside.yaml")),
               os.path.join(folder, "link.yaml"))
    for path in ("../outside.yaml", "%2e%2e/outside.yaml", "..%2foutside.yaml", "up/outside.yaml",
                 "link.yaml", "./../outside.yaml", "up/../outside.yaml"):
        status, answer = api.get("files/" + path)
        assert status in (403, 404), (path, status)
        assert "outside.yaml" not in json.dumps(answer.get("text", "")), path
    # Reading from a pipe would wait for another program.
    os.mkfifo(os.path.join(folder, "pipe.csv"))
    for path in ("%2Fetc/passwd", "a%00b", "folder/", "deep", "pipe.csv"):
        refused(api.get("files/" + path), 400, "path")
        refused(api.get("rows/" + path), 400, "path")
    refused(api.put("files/up/new.yaml", {"text": "x"}), 403, "outside")
    assert not os.path.exists(os.path.join(folder, "..", "new.yaml"))
    # Bodies that are not what they should be.
    for body in ("", "{", "[]", "\"x\"", b"\xff\xfe", "{\"text\": 5}", "{\"ops\": {}}"):
        for path in ("check/shop.yaml", "edits/shop.yaml"):
            status, answer = api.post(path, body)
            assert status == 400, (path, body, status)
    assert api.get("about")[0] == 200


def listen(api, folder):
    for where, host in (("0.0.0.0:0", "127.0.0.1"), ("127.0.0.1:0", "127.0.0.1")):
        other = Api(sys.argv[1], folder, "--listen", where, "--allow-host", "editor.example")
        assert other.host == host, other.host
        assert other.get("about")[0] == 200
        assert other.get("about", headers={"Host": "editor.example:1"})[0] == 200
        refused(other.get("about", headers={"Host": "other.example"}), 403, "host")
        assert other.end() == 0


def files(api, folder):
    status, about = api.get("about")
    assert status == 200 and about["api"] == 1 and about["folder"] == os.path.realpath(folder)
    status, language = api.get("language")
    assert status == 200 and language["steps"] and language["groups"]
    status, listing = api.get("folder")
    kinds = {entry["path"]: entry["kind"] for entry in listing["files"]}
    assert kinds["shop.yaml"] == "scenario" and kinds["people.csv"] == "data", kinds
    assert kinds["deep/other.yaml"] == "other" and kinds["runs/first"] == "result", kinds
    assert ".hidden.yaml" not in kinds and listing["complete"]
    status, document = api.get("files/shop.yaml")
    assert status == 200, document
    text = document["text"]
    with open(os.path.join(folder, "shop.yaml"), encoding="utf-8", newline="") as source:
        assert text == source.read()
    tree = document["tree"]
    units = text.encode("utf-16-le")

    def slice_of(node):
        return units[2 * node["begin"]:2 * node["end"]].decode("utf-16-le")

    pairs = {pair["key"]: pair["value"] for pair in tree["pairs"]}
    assert pairs["name"]["value"] == "Sh\U0001f6d2p", pairs["name"]
    assert slice_of(pairs["name"]) == "\"Sh\U0001f6d2p\"", slice_of(pairs["name"])
    assert slice_of(pairs["target"]) == pairs["target"]["value"]
    assert pairs["steps"]["kind"] == "list" and len(pairs["steps"]["items"]) == 2
    assert document["errors"] == 1, document["diagnostics"]
    diagnostic = document["diagnostics"][0]
    assert diagnostic["path"] == "/load/userz" and diagnostic["certain"]
    edit = diagnostic["edits"][0]
    assert slice_of(edit) == "userz" and edit["text"] == "users"
    # A text that is not saved.
    fixed = text.replace("userz", "users")
    status, checked = api.post("check/shop.yaml", {"text": fixed})
    assert status == 200 and checked["errors"] == 0 and checked["text"] == fixed
    assert api.get("files/shop.yaml")[1]["version"] == document["version"] != checked["version"]
    # Saving: only over the version that was seen.
    refused(api.put("files/shop.yaml", {"text": fixed, "version": checked["version"]}), 409,
            "changed")
    refused(api.put("files/shop.yaml", {"text": fixed}), 409, "exists")
    status, saved = api.put("files/shop.yaml", {"text": fixed, "version": document["version"]})
    assert status == 200 and saved["version"] == checked["version"]
    status, created = api.put("files/new.yaml", {"text": "steps: [get: /]\n"})
    assert status == 200 and os.path.exists(os.path.join(folder, "new.yaml"))
    refused(api.put("files/none/new.yaml", {"text": "x"}), 404, "no-file")
    refused(api.get("files/gone.yaml"), 404, "no-file")
    # A text that is repeated by many aliases.
    with open(os.path.join(folder, "aliases.yaml"), "w", encoding="utf-8") as out:
        out.write("a: &a %s\nb: [%s]\n" % ("x" * 500000, "*a, " * 300))
    refused(api.get("files/aliases.yaml"), 422, "too-large")
    with open(os.path.join(folder, "aliases.yaml"), encoding="utf-8") as source:
        text = source.read()
    refused(api.put("files/copy.yaml", {"text": text}), 422, "too-large")
    assert not os.path.exists(os.path.join(folder, "copy.yaml"))
    refused(api.put("files/other.yaml", {"version": "1"}), 400, "text")


def edits(api, folder):
    status, document = api.get("files/shop.yaml")
    ops = [{"op": "rename", "path": "/load/userz", "key": "users"},
           {"op": "set", "path": "/load/users", "value": 7}]
    refused(api.post("edits/shop.yaml", {"version": "0", "ops": ops}), 409, "changed")
    refused(api.post("edits/shop.yaml", {"version": document["version"]}), 400, "ops")
    refused(api.post("edits/shop.yaml", {"version": document["version"],
                                         "ops": [{"op": "fly", "path": "/"}]}), 400, "ops")
    wrong = [{"op": "set", "path": "/load/nothing", "value": 7}]
    result = api.post("edits/shop.yaml", {"version": document["version"], "ops": wrong})
    refused(result, 422, "no-path")
    assert result[1]["error"]["path"] == "/load/nothing"
    status, edited = api.post("edits/shop.yaml", {"version": document["version"], "ops": ops})
    assert status == 200 and edited["errors"] == 0, edited
    assert "users: 7   # many" in edited["text"]
    # The patches, in UTF-16 units, make the new text from the old one.
    units = document["text"].encode("utf-16-le")
    for patch in reversed(edited["patches"]):
        units = units[:2 * patch["begin"]] + patch["text"].encode("utf-16-le") + \
            units[2 * patch["end"]:]
    assert units.decode("utf-16-le") == edited["text"]
    status, undone = api.post("edits/shop.yaml", {"version": edited["version"],
                                                  "ops": edited["undo"]})
    assert status == 200 and undone["text"] == document["text"]
    with open(os.path.join(folder, "shop.yaml"), encoding="utf-8", newline="") as source:
        assert source.read() == document["text"]
    # A step that is turned off is in the document, and can be turned on again.
    status, off = api.post("edits/shop.yaml", {"version": undone["version"], "ops": [
        {"op": "disable", "path": "/steps/1"}]})
    assert status == 200 and len(off["disabled"]) == 1, off
    disabled = off["disabled"][0]
    assert disabled["list"] == "/steps" and disabled["before"] == 1, disabled
    assert disabled["value"]["pairs"][0]["key"] == "get", disabled
    status, on = api.post("edits/shop.yaml", {"version": off["version"], "ops": [
        {"op": "enable", "path": "/steps", "item": 0}]})
    assert status == 200 and on["text"] == document["text"], on
    # An empty file is refused with no operation too.
    status, empty = api.put("files/empty.yaml", {"text": ""})
    assert status == 200, empty
    refused(api.post("edits/empty.yaml", {"version": empty["version"], "ops": []}), 422, "broken")
    # Changed by another program in the meantime.
    with open(os.path.join(folder, "shop.yaml"), "a", encoding="utf-8") as out:
        out.write("# a comment\n")
    status, merged = api.post("edits/shop.yaml", {"version": on["version"], "ops": ops})
    assert status == 200 and merged["text"] == edited["text"] + "# a comment\n", merged


def rows(api, folder):
    status, window = api.get("rows/people.csv?from=1&count=2")
    assert status == 200 and window["columns"] == ["user", "full name"], window
    assert window["row_count"] == 4 and window["from"] == 1
    assert window["rows"] == [["ben", "Ben \"B\" Best"], ["cho", "Cho; Li"]], window
    assert api.get("rows/people.csv?from=99")[1]["rows"] == []
    assert len(api.get("rows/people.csv?count=x")[1]["rows"]) == 4
    result = api.get("rows/wrong.csv")
    refused(result, 422, "table")
    assert result[1]["error"]["line"] == 2
    refused(api.get("rows/gone.csv"), 404, "no-file")


def prepare(folder):
    os.makedirs(os.path.join(folder, "deep"))
    os.makedirs(os.path.join(folder, "runs", "first"))

    def write(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as out:
            out.write(text)

    write("shop.yaml", "name: \"Sh\U0001f6d2p\"\ntarget: http://127.0.0.1:8080\n"
          "load:\n  userz: 5   # many\n  duration: 1m\nsteps:\n  - get: /\n  - get: /cart\n")
    write("people.csv", "user;full name\nann;Ann A\nben;\"Ben \"\"B\"\" Best\"\n"
          "cho;\"Cho; Li\"\ndan;Dan D\n")
    write("wrong.csv", "a,b\n1,2,3\n")
    write("deep/other.yaml", "version: 2\nservices: {}\n")
    write(".hidden.yaml", "steps: [get: /]\n")
    write("runs/first/summary.json", "{}\n")


def perform(tests, make_folder=os.makedirs):
    """Starts the server for the folder of the command line, performs the test, and ends the server."""
    reprise, folder, test, *more = sys.argv[1:]
    make_folder(folder)
    api = Api(reprise, folder)
    try:
        tests[test](api, folder, *more)
    finally:
        status = api.end()
    assert status == 0, status


if __name__ == "__main__":
    perform(globals(), prepare)
