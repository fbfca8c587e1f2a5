"""Calls the tools of `reprise mcp`, as an assistant does.

mcp_client.py REPRISE FOLDER URL: URL is that of a test server with the path /a.
"""
import json
import os
import subprocess
import sys
import threading
import time


class Client:
    def __init__(self, reprise, folder, *options):
        self.process = subprocess.Popen([reprise, "mcp", *options, folder], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.count = 0

    def send(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def read(self):
        return json.loads(self.process.stdout.readline())

    def request(self, method, params=None):
        self.count += 1
        self.send({"jsonrpc": "2.0", "id": self.count, "method": method, "params": params or {}})
        answer = self.read()
        assert answer["id"] == self.count and answer["jsonrpc"] == "2.0", answer
        return answer

    def call(self, tool, is_error=False, **arguments):
        result = self.request("tools/call", {"name": tool, "arguments": arguments})["result"]
        assert result["isError"] == is_error, result
        return result["content"][0]["text"]

    def end(self):
        self.process.stdin.close()
        return self.process.wait(timeout=20)


def protocol(client):
    answer = client.request("initialize", {"protocolVersion": "2025-03-26", "capabilities": {},
                                           "clientInfo": {"name": "test", "version": "1"}})
    assert answer["result"]["protocolVersion"] == "2025-03-26", answer
    assert answer["result"]["serverInfo"]["name"] == "reprise"
    client.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert client.request("ping")["result"] == {}
    assert client.request("resources/list")["error"]["code"] == -32601
    assert client.request("tools/call", {"name": "fly"})["error"]["code"] == -32602
    client.process.stdin.write("{\n")
    client.process.stdin.flush()
    assert client.read()["error"]["code"] == -32700
    client.send({"jsonrpc": "2.0", "id": "x"})
    answer = client.read()
    assert answer["error"]["code"] == -32600 and answer["id"] == "x", answer
    tools = {tool["name"]: tool for tool in client.request("tools/list")["result"]["tools"]}
    assert set(tools) == {"check", "explain", "forms", "import", "try", "show", "run_once", "run",
                          "results", "compare"}, tools
    for tool in tools.values():
        assert tool["description"] and tool["inputSchema"]["type"] == "object"
        assert set(tool["inputSchema"]["required"]) <= set(tool["inputSchema"]["properties"])
    assert tools["check"]["annotations"]["readOnlyHint"]
    assert not tools["run"]["annotations"]["readOnlyHint"]


def work(client, folder, url):
    broken = "target: %s\nload: {userz: 5, duration: 1s}\nsteps: [get: /a]\n" % url
    found = json.loads(client.call("check", text=broken).split("\nexit status: 2")[0])
    edit = found["diagnostics"][0]["edits"][0]
    assert broken[edit["begin"]:edit["end"]] == "userz" and edit["text"] == "users"
    with open(os.path.join(folder, "a.yaml"), "w", encoding="utf-8") as out:
        out.write(broken.replace("userz", "users"))
    assert json.loads(client.call("check", path="a.yaml"))["errors"] == 0
    assert "think" in client.call("forms") and "\"key\": \"think\"" in client.call("forms",
                                                                                 part="think")
    client.call("forms", is_error=True, part="nothing")
    assert "E204" in client.call("explain", word="E204")
    assert client.call("try", kind="jsonpath", expression="$.a", response="{\"a\": 7}") == "[7]\n"
    plan = json.loads(client.call("show", path="a.yaml"))["plan"]
    assert plan["loads"][0]["kind"] == "users" and plan["hosts"], plan
    with open(os.path.join(folder, "visit.txt"), "w", encoding="utf-8") as out:
        out.write("curl %s/a\n" % url)
    report = json.loads(client.call("import", path="visit.txt", output="visit.yaml", kind="curl"))
    assert report["steps"][0]["path"] == "/steps/0", report
    assert os.path.exists(os.path.join(folder, "visit.yaml"))
    client.call("import", is_error=True, path="visit.txt", output="visit.yaml", kind="curl")
    text = client.call("run_once", path="visit.yaml", until="/steps/0")
    steps = [json.loads(line) for line in text.split("\n") if line.startswith("{")]
    steps = [line for line in steps if line["event"] == "step"]
    assert [(step["name"], step["ok"]) for step in steps] == [("GET /a", True)], text
    text = client.call("run", path="a.yaml", users=3, duration="1s", output="runs/one")
    assert "PASSED" in text, text
    client.call("run", path="a.yaml", users=3, duration="1s", output="runs/two")
    result = json.loads(client.call("results", path="runs/one"))
    assert result["requests"]["started"] > 3, result["requests"]
    assert json.loads(client.call("compare", before="runs/one", after="runs/two")
                      .split("\nexit status")[0])


def limits(client, folder, url):
    for arguments in ({"users": 51}, {"duration": "61s"}, {"requests": 10001}):
        text = client.call("run", is_error=True, path="a.yaml", **arguments)
        assert "--allow-load" in text, text
    text = client.call("run", path="a.yaml", users=50, duration="5s", requests=100,
                       output="runs/limit")
    assert "--max-requests" in text, text
    assert json.loads(client.call("results", path="runs/limit"))["requests"]["started"] == 100
    # Other machines only if they are in the list; names that look like this machine are others.
    for target in ("http://shop.example", "http://127.0.0.1.shop.example", "http://localhost.example",
                   "http://127.1.example:80"):
        text = client.call("run_once", is_error=True, path="a.yaml", target=target)
        assert "ask the user" in text, text
    with open(os.path.join(folder, "far.yaml"), "w", encoding="utf-8") as out:
        out.write("target: %s\nallowed_hosts: [cdn.example]\nsteps: [get: /a]\n" % url)
    assert "cdn.example" in client.call("run", is_error=True, path="far.yaml")
    client.call("run_once", path="far.yaml", hosts=["cdn.example"])
    # Another machine instead of a local name.
    for key, name in (("resolve: {\"localhost:1\": 192.0.2.1}", "192.0.2.1"),
                      ("proxy: \"http://user:canary@proxy.example:3128\"", "proxy.example:3128"),
                      ("proxy: \"socks5h://proxy.example\"", "proxy.example"),
                      ("unix_socket: /var/run/other.sock", "/var/run/other.sock")):
        with open(os.path.join(folder, "detour.yaml"), "w", encoding="utf-8") as out:
            out.write("target: http://localhost:1\ndefaults: {%s}\nsteps: [get: /a]\n" % key)
        text = client.call("run_once", is_error=True, path="detour.yaml")
        assert name in text and "ask the user" in text and "canary" not in text, text
    with open(os.path.join(folder, "six.yaml"), "w", encoding="utf-8") as out:
        out.write("target: \"http://[::1]\"\nallowed_hosts: [\"::1\"]\nsteps: [get: /a]\n")
    text = client.call("run_once", is_error=True, path="six.yaml")
    assert "ask the user" not in text, text
    # Files outside the folder.
    for path in ("../outside.yaml", "/etc/passwd", "up/outside.yaml"):
        assert "outside the folder" in client.call("check", is_error=True, path=path), path
    for path in ("../new.yaml", "up/new.yaml", "/tmp/new.yaml"):
        text = client.call("import", is_error=True, path="visit.txt", output=path)
        assert "outside the folder" in text, text
    for kind in ("../visit.txt", "up/visit.txt"):
        text = client.call("import", is_error=True, path="visit.txt", output="new.yaml", kind=kind)
        assert "outside the folder" in text, text
    os.mkdir(os.path.join(folder, "runs", "link"))
    os.symlink(os.path.abspath(os.path.join(folder, "..", "outside.yaml")),
               os.path.join(folder, "runs", "link", "summary.json"))
    assert "outside the folder" in client.call("results", is_error=True, path="runs/link")
    os.makedirs(os.path.join(folder, "runs", "pipe"))
    os.mkfifo(os.path.join(folder, "runs", "pipe", "summary.json"))
    assert "not a regular file" in client.call("results", is_error=True, path="runs/pipe")
    assert "missing" in client.call("results", is_error=True)
    # A value that begins with a dash is not an option.
    client.call("show", is_error=True, path="a.yaml", target="--help")
    client.call("explain", is_error=True, word="--help")


def cancel(client):
    began = time.monotonic()
    client.send({"jsonrpc": "2.0", "id": "long", "method": "tools/call",
                 "params": {"name": "run", "arguments": {"path": "a.yaml", "duration": "50s",
                                                         "users": 1, "requests": 10000}}})
    threading.Timer(0.5, client.send, [{"jsonrpc": "2.0", "method": "notifications/cancelled",
                                        "params": {"requestId": "long"}}]).start()
    answer = client.read()
    assert answer["id"] == "long" and time.monotonic() - began < 30, answer
    assert client.request("ping")["result"] == {}


def main():
    reprise, folder, url = sys.argv[1:]
    os.makedirs(os.path.join(folder, "runs"))
    with open(os.path.join(folder, "..", "outside.yaml"), "w", encoding="utf-8") as out:
        out.write("steps: [get: /]\n")
    with open(os.path.join(folder, "..", "visit.txt"), "w", encoding="utf-8") as out:
        out.write("curl http://127.0.0.1/outside\n")
    os.symlink(os.path.abspath(os.path.join(folder, "..")), os.path.join(folder, "up"))
    client = Client(reprise, folder)
    protocol(client)
    work(client, folder, url)
    limits(client, folder, url)
    with open(os.path.join(folder, "a.yaml"), "a", encoding="utf-8") as out:
        out.write("defaults: {think: 200ms}\n")
    cancel(client)
    status = client.end()
    assert status == 0, status
    client = Client(reprise, folder, "--allow-load")
    assert "PASSED" in client.call("run", path="a.yaml", users=51, duration="1s")
    assert client.end() == 0


main()
