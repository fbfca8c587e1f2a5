"""Jobs of `reprise edit --api`: runs, comparisons, wrong requests, the end of jobs; uploads.

See perform in jobs_client.py for the arguments.
"""
import os
import re
import signal
import stat
import sys
import time

from edit_api import Api, refused
from jobs_client import (children, Events, finished, is_running, job_of, start, wait_until, write,
                         perform)


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
        # A second request stops the users immediately, without a result.
        if stage != "second":
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
    for how, status in ((signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGKILL, -9)):
        other = Api(sys.argv[1], folder)
        page = Events(other)
        for i in range(2):
            start(other, kind="run", file="shop.yaml", out="results/%d-%d" % (how, i))
        while page.next_line()["event"] != "second":
            pass
        # Only SIGKILL leaves an upload.
        assert how == signal.SIGKILL or other.post("uploads", {"name": "a"})[0] == 201
        left = children(other)
        assert len(left) == 2, left
        other.process.send_signal(how)
        assert other.process.wait(timeout=20) == status
        wait_until(lambda: not [pid for pid in left if is_running(pid)], 20)
        # The children have written their results.
        for i in range(2):
            assert os.path.exists(os.path.join(folder, "results/%d-%d/summary.json" % (how, i)))
    assert os.listdir(os.environ["TMPDIR"]) == []


if __name__ == "__main__":
    perform(globals())
