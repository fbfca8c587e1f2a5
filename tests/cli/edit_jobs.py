"""Jobs, uploads and events of `reprise edit --api`, as a page uses them.

edit_jobs.py REPRISE FOLDER TEST [URL]: starts the server for FOLDER, runs the test, and ends the
server. URL is that of the sample shop.
"""
import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time

from edit_api import Api, refused


class Events:
    """The event stream of a page."""

    def __init__(self, api):
        self.connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
        self.connection.request("GET", "/api/1/events", headers={"X-Reprise-Token": api.token})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.status
        assert self.response.getheader("Content-Type").startswith("text/event-stream")
        assert self.response.readline() == b": reprise\n"

    def next(self):
        """The name and the data of the next event; comments are skipped."""
        name = data = None
        while True:
            line = self.response.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif not line and name:
                return name, data

    def next_line(self):
        """The next line of any job."""
        while True:
            name, data = self.next()
            if name == "job":
                return data["line"]

    def until_end(self, job):
        """The lines of the job up to its end, and the data of the end."""
        lines = []
        while True:
            name, data = self.next()
            if data.get("job") != job:
                continue
            if name == "job-end":
                return lines, data
            assert name == "job" and data["number"] == len(lines), data
            lines.append(data["line"])

    def close(self):
        self.connection.sock.close()
        self.response.close()
        self.connection.close()


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, condition
        time.sleep(0.02)


def start(api, **body):
    status, answer = api.post("jobs", body)
    assert status == 201, answer
    return answer["job"]


def job_of(api, job):
    status, answer = api.get("jobs/" + job)
    assert status == 200 and answer["job"] == job, answer
    return answer


def finished(api, job):
    wait_until(lambda: job_of(api, job)["state"] != "running")
    return job_of(api, job)


def children(api):
    """The processes that the server has started and that have not ended."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % name, encoding="ascii") as source:
                fields = source.read().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[1]) == api.process.pid and fields[0] != "Z":
            found.append(int(name))
    return found


def is_running(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as source:
            return source.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def events(api, folder):
    pages = [Events(api) for _ in range(16)]
    refused(api.get("events"), 429, "pages")
    refused(api.get("events", token=False), 401, "token")
    refused(api.post("events", {}), 405, "method")
    # A page that has disconnected makes room for another.
    pages[3].close()
    pages[4].close()
    for i in (3, 4):
        pages[i] = Events(api)
    refused(api.get("events"), 429, "pages")
    assert api.get("about")[0] == 200


def uploads(api, folder):
    temp = os.environ["TMPDIR"]
    assert os.listdir(temp) == []
    status, upload = api.post("uploads", {"name": "shop.har"})
    assert status == 201 and upload["size"] == 0, upload
    path = "uploads/" + upload["upload"]
    for name in (None, "", "..", ".har", "a/b.har", "-x", "a\0b", "x" * 201):
        refused(api.post("uploads", {"name": name}), 400, "name")
    # Pieces in their order only.
    piece = b"x" * (1 << 20)
    refused(api.post(path, piece), 409, "offset")
    refused(api.post(path + "?offset=1", piece), 409, "offset")
    assert api.post(path + "?offset=0", piece)[1]["size"] == 1 << 20
    refused(api.post(path + "?offset=0", piece), 409, "offset")
    refused(api.post(path + "?offset=1048576", piece + b"x"), 413, "too-large")
    assert api.post(path + "?offset=1048576", b"end")[1]["size"] == (1 << 20) + 3
    # Only this user can read it, and it keeps its name.
    (top,) = os.listdir(temp)
    top = os.path.join(temp, top)
    (inner,) = os.listdir(top)
    file = os.path.join(top, inner, "shop.har")
    assert stat.S_IMODE(os.stat(top).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    with open(file, "rb") as source:
        assert source.read() == piece + b"end"
    refused(api.post("uploads/0?offset=0", b""), 404, "no-upload")
    refused(api.request("DELETE", "uploads/../shop.har"), 404, "no-upload")
    refused(api.get(path), 405, "method")
    for _ in range(31):
        assert api.post("uploads", {"name": "a"})[0] == 201
    refused(api.post("uploads", {"name": "a"}), 429, "uploads")
    assert api.request("DELETE", path)[0] == 200
    assert not os.path.exists(file)
    refused(api.request("DELETE", path), 404, "no-upload")
    assert api.post("uploads", {"name": "a"})[0] == 201


def read_view(url, method="GET", headers=None):
    """The response of the second address, and its body."""
    host, path = re.match(r"http://([^/]+)(/view/[0-9a-f]{64})$", url).groups()
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request(method, path, headers=headers or {})
    response = connection.getresponse()
    return response, response.read()


SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def reports(api, folder):
    write(folder, "results/a b/report.html", "<p>The report</p>")
    status, answer = api.post("results/results/a%20b/view", b"")
    assert status == 200, answer
    url = answer["url"]
    assert not url.startswith("http://127.0.0.1:%d/" % api.port), url
    # Neither another method nor a request with the name of another site uses it up.
    assert read_view(url, method="POST")[0].status == 405
    assert read_view(url, headers={"Host": "evil.example"})[0].status == 403
    response, body = read_view(url)
    assert response.status == 200 and body == b"<p>The report</p>", (response.status, body)
    assert response.getheader("Content-Type") == "text/html; charset=utf-8"
    assert response.getheader("Content-Security-Policy") == \
        "sandbox allow-scripts; " + SANDBOX + "; script-src 'unsafe-inline'"
    assert response.getheader("Cache-Control") == "no-store"
    # Only once, and the second address has nothing else.
    assert read_view(url)[0].status == 404
    assert read_view(url[:-64] + api.token)[0].status == 404
    host = url.split("/")[2]
    for path in ("/", "/view/", "/api/1/about"):
        connection = http.client.HTTPConnection(host, timeout=20)
        connection.request("GET", path, headers={"X-Reprise-Token": api.token})
        assert connection.getresponse().status == 404, path
    refused(api.post("results/none/view", b""), 404, "no-file")
    refused(api.post("results/results/view", b""), 404, "no-file")
    refused(api.post("results/results/a%20b", b""), 404, "no-route")
    refused(api.post("results/../outside/view", b""), 404, "no-file")
    # Few are kept.
    urls = [api.post("results/results/a%20b/view", b"")[1]["url"] for _ in range(33)]
    assert read_view(urls[0])[0].status == 404
    assert read_view(urls[1])[0].status == 200
    assert len(set(urls)) == 33


SHOP = """target: %s
load: {users: 2, duration: %s}
defaults: {think: 50ms}
steps:
  - get: /
    name: Home
"""


def runs(api, folder, url):
    write(folder, "deep/shop.yaml", SHOP % (url, "1s"))
    first, second = Events(api), Events(api)
    job = start(api, kind="run", file="deep/shop.yaml", out="results/a",
                options={"users": 3, "think": "off", "fail_fast": True})
    running = job_of(api, job)
    assert running["kind"] == "run" and running["file"] == "deep/shop.yaml", running
    assert running["out"] == "results/a" and running["began"], running
    # Both pages get the same lines, which are kept too.
    lines, end = first.until_end(job)
    assert second.until_end(job) == (lines, end)
    assert end == {"job": job, "state": "done", "exit": 0}, end
    assert [line["event"] for line in lines][0::len(lines) - 1] == ["start", "end"], lines
    done = job_of(api, job)
    assert done["result"] == lines[-1] and done["result"]["verdict"] == "pass", done
    assert done["ended"] >= done["began"] and done["lines"] == len(lines) and "error" not in done
    status, kept = api.get("jobs/%s/lines" % job)
    assert kept == {"from": 0, "lines": lines, "next": len(lines)}, kept
    status, kept = api.get("jobs/%s/lines?from=%d" % (job, len(lines) - 1))
    assert kept["lines"] == lines[-1:] and kept["from"] == len(lines) - 1, kept
    assert api.get("jobs/%s/lines?from=99" % job)[1]["lines"] == []
    assert os.path.exists(os.path.join(folder, "results/a/summary.json"))
    # The folder gets a name; a failed threshold is a result.
    write(folder, "deep/shop.yaml", SHOP % (url, "1s") + "thresholds: [p95 < 1us]\n")
    job = start(api, kind="run", file="deep/shop.yaml")
    out = job_of(api, job)["out"]
    assert re.match(r"results/shop-\d{8}T\d{6}Z$", out), out
    failed = finished(api, job)
    assert failed["state"] == "done" and failed["exit"] == 1, failed
    assert failed["result"]["verdict"] == "fail" and failed["result"]["out"] == out, failed
    # A text that is not saved; its paths are relative to its file, and a variable is a parameter.
    write(folder, "deep/people.csv", "name\nann\n")
    text = ("target: %s\nparameters: {WORD: none}\ndata: {people: {file: people.csv}}\n"
            "steps:\n  - get: \"/search?q=${WORD}-${people.name}\"\n"
            "    expect: {body: {contains: hat-ann}}\n" % url)
    unsaved = finished(api, start(api, kind="run", file="deep/none.yaml", text=text,
                                  variables={"WORD": "hat"}, out="results/unsaved"))
    assert unsaved["state"] == "done" and unsaved["exit"] == 0, unsaved
    assert unsaved["file"] == "deep/none.yaml" and unsaved["out"] == "results/unsaved", unsaved
    assert os.path.exists(os.path.join(folder, "results/unsaved/summary.json"))
    assert sorted(os.listdir(os.path.join(folder, "deep"))) == ["people.csv", "shop.yaml"]
    # Two results are compared.
    compared = finished(api, start(api, kind="compare", before="results/a", after=out))
    assert compared["state"] == "done", compared
    assert compared["result"]["verdict"] in ("pass", "regression"), compared
    wrong = finished(api, start(api, kind="compare", before="results/a", after="deep"))
    assert wrong["state"] == "failed" and wrong["exit"] == 2 and "result" not in wrong, wrong
    assert wrong["error"]["code"] == "exit" and "deep" in wrong["error"]["message"], wrong
    # The file has errors; nothing is sent.
    write(folder, "wrong.yaml", "target: %s\nsteps: [got: /]\n" % url)
    wrong = finished(api, start(api, kind="run", file="wrong.yaml", out="results/wrong"))
    assert wrong["state"] == "failed" and wrong["exit"] == 2, wrong
    assert "wrong.yaml:2" in wrong["error"]["message"], wrong
    listed = api.get("jobs")[1]["jobs"]
    assert [entry["kind"] for entry in listed] == ["run", "run", "run", "compare", "compare", "run"]


VISIT = """target: %s
parameters: {WORD: hat}
steps:
  - get: /login
    name: Login
    extract: {csrf: {form_field: csrf_token}}
  - get: "/search?q=${WORD}"
    name: Search
  - get: /nowhere?${csrf}
    name: Nowhere
"""


def tries(api, folder, url):
    write(folder, "shop.yaml", VISIT % url)
    page = Events(api)
    job = start(api, kind="try", file="shop.yaml", until="/steps/1", variables={"WORD": "coat"})
    lines, end = page.until_end(job)
    assert end["state"] == "done" and end["exit"] == 0, end
    steps = [line for line in lines if line["event"] == "step"]
    assert [step["path"] for step in steps] == ["/steps/0", "/steps/1"], steps
    assert steps[0]["ok"] and len(steps[0]["variables"]["csrf"]) == 32, steps[0]
    assert lines[-1]["event"] == "end" and lines[-1]["verdict"] == "pass", lines[-1]
    # The exchanges: a list, one of them, and its body from another address.
    path = "jobs/%s/exchanges" % job
    listed = api.get(path)[1]["exchanges"]
    assert [(row["n"], row["path"], row["method"], row["status"]) for row in listed] == \
        [(1, "/steps/0", "GET", 200), (2, "/steps/1", "GET", 200)], listed
    assert listed[1]["url"] == url + "/search?q=coat" and "response" not in listed[1], listed
    status, exchange = api.get(path + "/1")
    assert status == 200 and exchange["response"]["status"] == 200, exchange
    assert exchange["response"]["cookies"][0]["value"] == "***", exchange["response"]["cookies"]
    text = exchange["response"]["body"]["text"]
    assert "csrf_token" in text
    status, answer = api.post(path + "/1/view", b"")
    response, body = read_view(answer["url"])
    assert response.status == 200 and body.decode() == text
    assert response.getheader("Content-Security-Policy") == "sandbox; " + SANDBOX
    assert response.getheader("Content-Type") == "text/html; charset=utf-8"
    for rest in ("/3", "/0", "/99999999999999999999"):
        assert api.get(path + rest)[0] == 404, rest
    for rest in ("/-1", "/+1", "/1x", "/1/view", "/..", "/"):
        assert api.get(path + rest)[0] == 404 or rest == "/", rest
    refused(api.post(path + "/1", b""), 404, "no-route")
    # A text that is not saved, with a step that fails.
    text = (VISIT % url).replace("csrf_token", "nothing")
    job = start(api, kind="try", file="deep.yaml", text=text, until=None, variables={})
    done = finished(api, job)
    assert done["state"] == "done" and done["exit"] == 1, done
    assert not os.path.exists(os.path.join(folder, "deep.yaml"))
    lines = api.get("jobs/%s/lines" % job)[1]["lines"]
    failed = [line for line in lines if line["event"] == "step" and not line["ok"]][0]
    assert failed["path"] == "/steps/0" and failed["at"].startswith("deep.yaml:"), failed
    assert failed["failures"][0]["message"], failed
    refused(api.post("jobs", {"kind": "try", "file": "none.yaml"}), 404, "no-file")
    wrong = finished(api, start(api, kind="try", file="shop.yaml", until="/steps/9"))
    assert wrong["state"] == "failed" and wrong["exit"] == 2, wrong
    assert "/steps/9" in wrong["error"]["message"], wrong
    # Other hosts are contacted only after the user has confirmed them.
    other = VISIT % "http://shop.invalid"
    result = api.post("jobs", {"kind": "try", "file": "shop.yaml", "text": other})
    refused(result, 403, "hosts")
    assert result[1]["error"]["needed"][0]["host"] == "shop.invalid", result
    assert api.post("hosts", {"host": "shop.invalid"})[0] == 200
    assert finished(api, start(api, kind="try", file="shop.yaml", text=other))["exit"] == 3
    # The files of a try are removed with it, and it can be cancelled.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = VISIT % ("http://127.0.0.1:%d" % silent.getsockname()[1])
        job = start(api, kind="try", file="shop.yaml", text=slow)
        wait_until(lambda: job_of(api, job)["lines"] > 0)
        api.request("DELETE", "jobs/" + job)
        api.request("DELETE", "jobs/" + job)
        assert finished(api, job)["state"] == "cancelled"


def memory(api):
    with open("/proc/%d/status" % api.process.pid, encoding="ascii") as source:
        return int(re.search(r"VmRSS:\s+(\d+)", source.read()).group(1))


def many_tries(api, folder, url):
    write(folder, "shop.yaml", VISIT % url)
    page = Events(api)
    count, before = int(os.environ.get("TRIES", "30")), 0
    for i in range(count):
        job = start(api, kind="try", file="shop.yaml", until="/steps/1")
        assert page.until_end(job)[1]["state"] == "done"
        status, answer = api.post("jobs/%s/exchanges/1/view" % job, b"")
        assert status == 200 and read_view(answer["url"])[0].status == 200
        # The first ones fill what is kept.
        before = memory(api) if i == 19 else before
    print("%d tries, %d KiB, then %d KiB" % (count, before, memory(api)))
    assert memory(api) < before + 4000, (before, memory(api))
    temp = os.environ["TMPDIR"]
    assert len(os.listdir(os.path.join(temp, os.listdir(temp)[0]))) <= 17
    assert len(os.listdir("/proc/%d/fd" % api.process.pid)) < 40


def records(api, folder, url):
    page = Events(api)
    job = start(api, kind="record", to="visit.har", options={"browser": "none"})
    ready = page.next_line()
    assert ready["event"] == "ready" and ready["browser"] is None, ready
    assert os.path.exists(ready["certificate"]), ready

    def visit(path):
        proxy = http.client.HTTPConnection("127.0.0.1", ready["port"], timeout=20)
        proxy.request("GET", url + path)
        assert proxy.getresponse().read()

    visit("/?secret=1")
    assert api.post("jobs/%s/input" % job, {"line": "Look around"})[0] == 200
    for line in (None, 5, "a\nb", "x" * 1001):
        refused(api.post("jobs/%s/input" % job, {"line": line}), 400, "line")
    wait_until(lambda: job_of(api, job)["lines"] == 3)
    visit("/search?q=hat")
    wait_until(lambda: job_of(api, job)["lines"] == 4)
    assert api.request("DELETE", "jobs/" + job)[1]["state"] == "running"
    done = finished(api, job)
    lines = api.get("jobs/%s/lines" % job)[1]["lines"]
    assert done["state"] == "done" and done["exit"] == 0 and done["to"] == "visit.har", done
    assert [line["event"] for line in lines] == ["ready", "request", "step", "request", "end"]
    # The values of a query can be secret.
    assert lines[1]["url"] == url + "/?..." and lines[1]["status"] == 200, lines[1]
    assert lines[2]["name"] == "Look around", lines[2]
    assert done["result"] == {"event": "end", "requests": 2, "steps": 1,
                              "recording": "visit.har", "scenario": "visit.yaml"}, done
    assert stat.S_IMODE(os.stat(os.path.join(folder, "visit.har")).st_mode) == 0o600
    assert os.path.exists(os.path.join(folder, "visit.yaml"))
    # Files that exist are kept, and a recording without requests writes none.
    exists = finished(api, start(api, kind="record", to="visit.har"))
    assert exists["exit"] == 2 and "visit.yaml already exists" in exists["error"]["message"]
    refused(api.post("jobs", {"kind": "record", "to": "visit.yaml"}), 400, "to")
    refused(api.post("jobs", {"kind": "record", "to": "../visit.har"}), 403, "outside")
    job = start(api, kind="record", to="b.har", url=url, options={"browser": "none"})
    wait_until(lambda: job_of(api, job)["lines"] == 1)
    api.request("DELETE", "jobs/" + job)
    assert finished(api, job)["state"] == "cancelled"
    assert not [name for name in os.listdir(folder) if name.startswith("b.")]


def hostile(api, folder, url):
    write(folder, "shop.yaml", SHOP % (url, "1m"))
    for body in (b"", b"{", b"[]", b"{\"kind\": 5}", b"\xff", b"{\"kind\": \"rm\"}"):
        assert api.post("jobs", body)[0] == 400, body
    refused(api.post("jobs", {"kind": "run"}), 400, "file")
    refused(api.post("jobs", {"kind": "run", "file": "none.yaml"}), 404, "no-file")
    for file in ("../x.yaml", "/etc/passwd", "", "shop.yaml/", "a\0b"):
        status, answer = api.post("jobs", {"kind": "run", "file": file})
        assert status in (400, 403, 404), (file, status, answer)
    for out in ("../out", "/tmp/out", "shop.yaml", ""):
        status, answer = api.post("jobs", {"kind": "run", "file": "shop.yaml", "out": out})
        assert status in (400, 403, 404, 409), (out, status, answer)
    for options in ([], {"config": "x"}, {"users": {}}, {"users": [[]]},
                    {"users": "1\0"}, {"fail_fast": "yes"}, {"--out": "x"}):
        refused(api.post("jobs", {"kind": "run", "file": "shop.yaml", "options": options}), 400,
                "options")
    for variables in ([], {"a": []}, {"": "x"}, {"a=b": "x"}):
        refused(api.post("jobs", {"kind": "run", "file": "shop.yaml", "variables": variables}),
                400, "variables")
    # A value that looks like an option is a value.
    job = finished(api, start(api, kind="run", file="shop.yaml", options={"users": "--help"}))
    assert job["exit"] == 2 and "--help" in job["error"]["message"], job
    write(folder, "-n.yaml", SHOP % (url, "1s"))
    job = finished(api, start(api, kind="run", file="-n.yaml", options={"duration": "1s"}))
    assert job["state"] == "done", job
    for path in ("jobs/0", "jobs/0/lines", "jobs/0/exchanges/1", "jobs/%2e%2e"):
        refused(api.get(path), 404, "no-job")
        refused(api.request("DELETE", path), 404, "no-job")
    path = "jobs/" + job["job"]
    for rest in ("/x", "/exchanges/x", "/exchanges/../1", "/lines/1"):
        refused(api.get(path + rest), 404, "no-route")
        refused(api.post(path + rest, {}), 404, "no-route")
    refused(api.get(path + "/exchanges/1"), 404, "no-exchange")
    refused(api.post(path + "/exchanges/1/view", {}), 404, "no-exchange")
    refused(api.post(path + "/input", {"line": "x"}), 409, "input")
    refused(api.put(path, {}), 405, "method")
    assert api.get(path + "/exchanges")[1]["exchanges"] == []
    # At most four at a time.
    running, others = [], 0
    for i in range(100):
        status, answer = api.post("jobs", {"kind": "run", "file": "shop.yaml",
                                           "out": "results/%d" % i})
        if status == 201:
            running.append(answer["job"])
        else:
            others += status == 429 and answer["error"]["code"] == "jobs"
    assert len(running) == 4 and others == 96, (running, others)
    assert len(children(api)) == 4
    for job in running:
        assert api.request("DELETE", "jobs/" + job)[0] == 200
    for job in running:
        assert finished(api, job)["state"] == "cancelled"
    assert not children(api)
    # Only the last jobs are kept.
    for _ in range(20):
        finished(api, start(api, kind="compare", before="results/0", after="results/1"))
    assert len(api.get("jobs")[1]["jobs"]) == 16
    refused(api.get("jobs/" + running[0]), 404, "no-job")


def cancels(api, folder, url):
    write(folder, "shop.yaml", SHOP % (url, "1m"))
    page = Events(api)
    # Immediately, after the first line, and after a second of the load.
    for stage in (None, "start", "second"):
        job = start(api, kind="run", file="shop.yaml", out="results/%s" % stage)
        while stage and page.next_line()["event"] != stage:
            pass
        status, answer = api.request("DELETE", "jobs/" + job)
        assert status == 200 and answer["state"] in ("running", "cancelled"), answer
        assert api.request("DELETE", "jobs/" + job)[0] == 200
        cancelled = finished(api, job)
        assert cancelled["state"] == "cancelled", cancelled
        assert cancelled["error"]["code"] in ("cancelled", "signal"), cancelled
        while page.next()[0] != "job-end":
            pass
        if stage == "second":
            assert cancelled["exit"] == 130, cancelled
            assert cancelled["result"]["verdict"], cancelled
            assert os.path.exists(os.path.join(folder, "results/second/summary.json"))
    # While it ends: it has been done.
    job = start(api, kind="compare", before="results/second", after="results/second")
    done = finished(api, job)
    assert done["state"] == "done", done
    assert api.request("DELETE", "jobs/" + job)[1]["state"] == "done"
    # A child that is killed, and one that does not react.
    job = start(api, kind="run", file="shop.yaml", out="results/killed")
    wait_until(lambda: job_of(api, job)["lines"] > 0)
    (pid,) = children(api)
    with open("/proc/%d/environ" % pid, "rb") as source:
        assert api.token.encode() not in source.read()
    with open("/proc/%d/cmdline" % pid, "rb") as source:
        assert api.token.encode() not in source.read()
    listening = {line.split()[9] for line in open("/proc/net/tcp", encoding="ascii")
                 if line.split()[3] == "0A"}
    for link in os.listdir("/proc/%d/fd" % pid):
        target = os.readlink("/proc/%d/fd/%s" % (pid, link))
        assert target[8:-1] not in listening, target
    os.kill(pid, signal.SIGKILL)
    killed = finished(api, job)
    assert killed["state"] == "failed" and killed["exit"] == 137, killed
    assert killed["error"]["code"] == "signal" and "9" in killed["error"]["message"], killed
    job = start(api, kind="run", file="shop.yaml", out="results/stopped")
    wait_until(lambda: job_of(api, job)["lines"] > 0)
    (pid,) = children(api)
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    api.request("DELETE", "jobs/" + job)
    stopped = finished(api, job)
    assert stopped["state"] == "cancelled" and stopped["exit"] == 137, stopped
    assert 9 < time.monotonic() - began < 20
    # A page that disconnects in the middle does not disturb the job.
    job = start(api, kind="run", file="shop.yaml", out="results/last",
                options={"duration": "1s"})
    page.close()
    assert finished(api, job)["state"] == "done"


def server_ends(api, folder, url):
    write(folder, "shop.yaml", SHOP % (url, "1m"))
    for how, status in ((signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)):
        other = Api(sys.argv[1], folder)
        page = Events(other)
        for i in range(2):
            start(other, kind="run", file="shop.yaml", out="results/%d-%d" % (how, i))
        while page.next_line()["event"] != "second":
            pass
        left = children(other)
        assert len(left) == 2, left
        other.process.send_signal(how)
        assert other.process.wait(timeout=20) == status
        wait_until(lambda: not [pid for pid in left if is_running(pid)], 20)
        # The children have written their results.
        for i in range(2):
            assert os.path.exists(os.path.join(folder, "results/%d-%d/summary.json" % (how, i)))
    assert os.listdir(os.environ["TMPDIR"]) == []


def main():
    reprise, folder, test = sys.argv[1:4]
    os.makedirs(folder)
    os.environ["XDG_DATA_HOME"] = os.path.realpath(os.path.join(folder, "..", "data"))
    temp = os.environ["TMPDIR"] = os.path.realpath(os.path.join(folder, "..", "temp"))
    os.mkdir(temp)
    api = Api(reprise, folder)
    try:
        globals()[test](api, folder, *sys.argv[4:])
    finally:
        status = api.end()
    assert status == 0, status
    assert os.listdir(temp) == [], os.listdir(temp)


if __name__ == "__main__":
    main()
