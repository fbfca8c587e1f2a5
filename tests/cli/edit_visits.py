"""Jobs of `reprise edit --api` on the way to a scenario: recordings, imports, tries; and views.

See perform in jobs_client.py for the arguments.
"""
import http.client
import json
import os
import socket
import stat

from edit_api import refused
from jobs_client import (Events, finished, job_of, memory, read_view, SANDBOX, start, upload,
                         wait_until, write, perform)


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


def reports(api, folder):
    write(folder, "results/a b/report.html", "<p>The report</p>")
    status, answer = api.post("results/results/a%20b/view", b"")
    assert status == 200, answer
    url = answer["url"]
    assert url.startswith("http://127.0.0.1:%d/view/" % api.port), url
    # A container may publish the port under another number.
    mapped = api.post("results/results/a%20b/view", b"", headers={"Host": "localhost:9999"})[1]["url"]
    assert mapped.startswith("http://localhost:9999/view/"), mapped
    # Neither another method nor a request with the name of another site uses it up.
    assert read_view(url, method="POST")[0].status == 405
    assert read_view(url, headers={"Host": "evil.example"})[0].status == 403
    response, body = read_view(url)
    assert response.status == 200 and body == b"<p>The report</p>", (response.status, body)
    assert response.getheader("Content-Type") == "text/html; charset=utf-8"
    assert response.getheader("Content-Security-Policy") == \
        "sandbox allow-scripts; " + SANDBOX + "; script-src 'unsafe-inline'"
    assert response.getheader("Cache-Control") == "no-store"
    # Only once, and the token is not such an address.
    assert read_view(url)[0].status == 404
    assert read_view(url[:-64] + api.token)[0].status == 404
    refused(api.get("/view", token=False), 401, "token")
    refused(api.post("results/none/view", b""), 404, "no-file")
    refused(api.post("results/results/view", b""), 404, "no-file")
    refused(api.post("results/results/a%20b", b""), 404, "no-route")
    refused(api.post("results/../outside/view", b""), 404, "no-file")
    # Few are kept.
    urls = [api.post("results/results/a%20b/view", b"")[1]["url"] for _ in range(33)]
    assert read_view(urls[0])[0].status == 404
    assert read_view(urls[1])[0].status == 200
    assert len(set(urls)) == 33


def shape(value):
    """The members of an object and of the objects in it. Whether a result has reasons depends on the machine."""
    return {key: "list" if key == "reasons" else shape(inner) for key, inner in value.items()} if isinstance(value, dict) else \
        [shape(value[0])] if isinstance(value, list) and value else \
        None if value is None else {int: "number", float: "number", str: "text"}.get(
            type(value), type(value).__name__)


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
    # The members of the responses, on which the page relies.
    print(json.dumps({
        "POST jobs": shape(api.post("jobs", {"kind": "compare", "before": ".", "after": "."})[1]),
        "GET jobs/ID": shape(job_of(api, job)), "GET jobs/ID/lines": list(
            api.get("jobs/%s/lines" % job)[1]),
        "line of a step": shape(steps[0]), "GET jobs/ID/exchanges": shape(listed[0]),
        "GET jobs/ID/exchanges/N": shape(exchange), "POST jobs/ID/exchanges/N/view": list(answer),
    }, indent=1))
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


def imports(api, folder, url):
    source = upload(api, "visit.sh", ("curl '%s/login'\ncurl '%s/search?q=hat'\n" %
                                      (url, url)).encode())
    job = finished(api, start(api, kind="import", source=source, to="shop.yaml"))
    assert job["state"] == "done" and job["exit"] == 0 and job["to"] == "shop.yaml", job
    assert job["result"]["scenario"] == "shop.yaml" and job["result"]["exit"] == 0, job["result"]
    with open(os.path.join(folder, "shop.yaml"), encoding="utf-8") as written:
        text = written.read()
    assert api.get("jobs/%s/scenario" % job["job"])[1] == {"text": text}
    assert api.get("jobs/%s/lines" % job["job"])[1]["lines"] == []
    # An existing file is replaced only with force.
    kept = finished(api, start(api, kind="import", source=source, to="shop.yaml"))
    assert kept["state"] == "failed" and "shop.yaml" in kept["error"]["message"], kept
    replaced = finished(api, start(api, kind="import", source=source, to="shop.yaml",
                                   options={"force": True, "verify": "once"}))
    assert replaced["state"] == "done" and replaced["result"]["verify"], replaced
    # Without a name it is written into the folder of the job; a file of the folder is a source.
    write(folder, "deep/visit.sh", "curl '%s/login'\n" % url)
    private = start(api, kind="import", source={"file": "deep/visit.sh"}, to=None, **{"as": "curl"})
    assert finished(api, private)["state"] == "done"
    assert "get: /login" in api.get("jobs/%s/scenario" % private)[1]["text"]
    assert sorted(os.listdir(folder)) == ["deep", "shop.yaml"], os.listdir(folder)
    # --verify contacts only hosts that the user has confirmed.
    other = upload(api, "other.sh", b"curl http://shop.invalid/\n")
    body = {"kind": "import", "source": other, "options": {"verify": "once"}}
    refusal = finished(api, start(api, **body))
    assert refusal["state"] == "failed" and refusal["error"]["code"] == "hosts", refusal
    assert api.post("hosts", {"host": "shop.invalid"})[0] == 200
    assert finished(api, start(api, **body))["exit"] == 3
    refused(api.post("jobs", {"kind": "import"}), 400, "source")
    for source, status, code in (({}, 400, "file"), ({"file": "none.har"}, 404, "no-file"),
                                 ({"file": "../x"}, 403, "outside"), ({"upload": "0"}, 404,
                                                                      "no-upload")):
        refused(api.post("jobs", {"kind": "import", "source": source}), status, code)
    wrong = upload(api, "wrong.har", b"{\"log\": [")
    broken = finished(api, start(api, kind="import", source=wrong))
    assert broken["state"] == "failed" and broken["exit"] == 2, broken
    assert "wrong.har" in broken["error"]["message"], broken
    refused(api.get("jobs/%s/scenario" % broken["job"]), 404, "no-file")


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
    for word in ("ca", "finish", "--help", "file:///etc/passwd", ""):
        refused(api.post("jobs", {"kind": "record", "to": "b.har", "url": word}), 400, "url")
    job = start(api, kind="record", to="b.har", url=url, options={"browser": "none"})
    wait_until(lambda: job_of(api, job)["lines"] == 1)
    api.request("DELETE", "jobs/" + job)
    assert finished(api, job)["state"] == "cancelled"
    assert not [name for name in os.listdir(folder) if name.startswith("b.")]


if __name__ == "__main__":
    perform(globals())
